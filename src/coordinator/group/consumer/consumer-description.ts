/** ConsumerGroupDescribe: a consumer group as tools see it. */
import { ErrorCode } from '../../../../protocol/errors'
import type { GroupShard } from '../group-shard'
import type { ConsumerGroup } from './consumer-group'
import type { ConsumerMember } from './consumer-member'
import type { TopicMetadata } from './topic-metadata'

interface DescribedAssignment {
  readonly topicPartitions: readonly {
    readonly topicId: string
    readonly topicName: string
    readonly partitions: readonly number[]
  }[]
}

export interface DescribedConsumerGroup {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly groupId: string
  readonly groupState: string
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  readonly assignorName: string
  readonly members: readonly {
    readonly memberId: string
    readonly instanceId: string | null
    readonly rackId: string | null
    readonly memberEpoch: number
    readonly clientId: string
    readonly clientHost: string
    readonly subscribedTopicNames: readonly string[]
    readonly subscribedTopicRegex: string | null
    readonly assignment: DescribedAssignment
    readonly targetAssignment: DescribedAssignment
    /** 0: of the classic protocol. 1: of the consumer protocol. */
    readonly memberType: number
  }[]
}

export const describeConsumerGroup = (shard: GroupShard, groupId: string): DescribedConsumerGroup => {
  const group = shard.groups.get(groupId)
  if (group?.type !== 'consumer') {
    const message = group ? `Group ${groupId} is not a consumer group.` : `Group ${groupId} not found.`
    return undescribed(groupId, ErrorCode.GROUP_ID_NOT_FOUND, message)
  }
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: group.preferredAssignor() ?? shard.defaultAssignor,
    members: Array.from(group.members.values(), member => describeMember(group, member, shard.topics)),
  }
}

export const undescribed = (
  groupId: string,
  errorCode: number,
  errorMessage: string | null,
): DescribedConsumerGroup => ({
  errorCode,
  errorMessage,
  groupId,
  groupState: '',
  groupEpoch: 0,
  assignmentEpoch: 0,
  assignorName: '',
  members: [],
})

const describeMember = (group: ConsumerGroup, member: ConsumerMember, topics: TopicMetadata) => ({
  memberId: member.memberId,
  instanceId: member.instanceId,
  rackId: member.rackId,
  memberEpoch: member.memberEpoch,
  clientId: member.clientId,
  clientHost: member.clientHost,
  subscribedTopicNames: [...member.subscribedTopicNames],
  subscribedTopicRegex: member.subscribedTopicRegex,
  assignment: described(topics, held(member)),
  targetAssignment: described(topics, group.target(member.memberId)),
  memberType: member.classic ? 0 : 1,
})

/** What a member has, also what it still has to give up. */
const held = ({ assigned, pendingRevocation }: ConsumerMember): Map<string, number[]> => {
  const partitions = new Map<string, number[]>()
  for (const part of [assigned, pendingRevocation]) {
    for (const [topicId, epochs] of part) {
      partitions.set(
        topicId,
        [...(partitions.get(topicId) ?? []), ...epochs.keys()].sort((a, b) => a - b),
      )
    }
  }
  return partitions
}

/** Topics that do not exist any more are left out. */
const described = (topics: TopicMetadata, partitions: ReadonlyMap<string, readonly number[]>): DescribedAssignment => ({
  topicPartitions: Array.from(partitions).flatMap(([topicId, of]) => {
    const topicName = topics.image.topicById(topicId)?.name
    return topicName === undefined ? [] : [{ topicId, topicName, partitions: of }]
  }),
})

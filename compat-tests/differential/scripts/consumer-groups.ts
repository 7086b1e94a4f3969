import { DescribeGroups } from '../../../protocol/messages/15-describe-groups'
import { ListGroups } from '../../../protocol/messages/16-list-groups'
import { DeleteGroups } from '../../../protocol/messages/42-delete-groups'
import { ConsumerGroupHeartbeat } from '../../../protocol/messages/68-consumer-group-heartbeat'
import { ConsumerGroupDescribe } from '../../../protocol/messages/69-consumer-group-describe'
import type { InputOf, MessageOf } from '../../../protocol/schema/message'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic, type Topic } from '../steps'
import { commit } from './commits'
import { join, stableGroup } from './group-steps'

type HeartbeatRequest = InputOf<typeof ConsumerGroupHeartbeat.request>
type HeartbeatResponse = MessageOf<typeof ConsumerGroupHeartbeat.response>

const VERSIONS = [0, 1]
const LEAVE_EPOCH = -1
const STATIC_LEAVE_EPOCH = -2
/** A member chooses its id from version 1 on; in version 0 the broker does when it is empty. */
const MEMBER_ID = 'AAAAAAAAAAAAAAAAAAABAQ'

const firstHeartbeat = (stage: Stage, topicNames: readonly string[]): HeartbeatRequest => ({
  groupId: stage.name('group'),
  memberId: MEMBER_ID,
  memberEpoch: 0,
  rebalanceTimeoutMs: 30_000,
  subscribedTopicNames: topicNames,
  topicPartitions: [],
})

const beat = (stage: Stage, version: number, request: HeartbeatRequest) =>
  stage.send(ConsumerGroupHeartbeat, version, request)

/** A member that has joined and been given the partitions of a topic. */
const joined = async (stage: Stage, version: number, request: HeartbeatRequest = {}) => {
  const topic = await newTopic(stage, { partitions: 2 })
  const first = { ...firstHeartbeat(stage, [topic.name]), ...request }
  const answer = await stage.settle(ConsumerGroupHeartbeat, version, first, isAssigned)
  return { topic, memberId: answer.memberId!, memberEpoch: answer.memberEpoch }
}

const isAssigned = ({ assignment }: HeartbeatResponse) => (assignment?.topicPartitions.length ?? 0) > 0

/** Says that it has what it was given. */
const acknowledge = (stage: Stage, version: number, member: { topic: Topic; memberId: string; memberEpoch: number }) =>
  beat(stage, version, {
    groupId: stage.name('group'),
    memberId: member.memberId,
    memberEpoch: member.memberEpoch,
    topicPartitions: [{ topicId: member.topic.topicId, partitions: [0, 1] }],
  })

/** Requests that are refused as they are, and what they have that is wrong. */
const BAD_FIRST_HEARTBEATS: Readonly<Record<string, HeartbeatRequest>> = {
  'no group': { groupId: '' },
  'no member id': { memberId: '' },
  'no rebalance timeout': { rebalanceTimeoutMs: -1 },
  'no subscription': { subscribedTopicNames: null },
  'partitions that are owned already': { topicPartitions: [{ topicId: MEMBER_ID, partitions: [0] }] },
  'an unknown assignor': { serverAssignor: 'unknown' },
  'an empty assignor': { serverAssignor: '' },
  'an empty instance id': { instanceId: '' },
  'an empty rack': { rackId: '' },
  'an epoch below all': { memberEpoch: -3 },
  'an epoch of nobody': { memberEpoch: 5 },
  'leaving a group that nobody has joined': { memberEpoch: LEAVE_EPOCH },
}

export const consumerGroups = area(
  'consumer groups',
  script('a member joins', VERSIONS, async (stage, version) => {
    await joined(stage, version)
  }),
  script('a member takes what it was given', VERSIONS, async (stage, version) => {
    const member = await joined(stage, version)
    await acknowledge(stage, version, member)
    await beat(stage, version, {
      groupId: stage.name('group'),
      memberId: member.memberId,
      memberEpoch: member.memberEpoch,
    })
  }),
  ...Object.entries(BAD_FIRST_HEARTBEATS).map(([about, request]) =>
    script(about, VERSIONS, (stage, version) => beat(stage, version, { ...firstHeartbeat(stage, ['t']), ...request })),
  ),
  script('a member without topics', VERSIONS, (stage, version) => beat(stage, version, firstHeartbeat(stage, []))),
  script('a member of a topic that does not exist', VERSIONS, (stage, version) =>
    beat(stage, version, firstHeartbeat(stage, [stage.name('unknown')])),
  ),
  script('a member with the assignor range', VERSIONS, async (stage, version) => {
    await joined(stage, version, { serverAssignor: 'range' })
  }),
  script('a member that asks for topics by a pattern', [1], async (stage, version) => {
    await joined(stage, version, { subscribedTopicNames: [], subscribedTopicRegex: `${stage.prefix}-to.*` })
  }),
  script('a pattern that is none', [1], (stage, version) =>
    beat(stage, version, { ...firstHeartbeat(stage, []), subscribedTopicRegex: '[' }),
  ),
  script('a member with an epoch to come', VERSIONS, async (stage, version) => {
    const member = await joined(stage, version)
    await acknowledge(stage, version, { ...member, memberEpoch: 99 })
  }),
  script('a member with an epoch that is over', VERSIONS, async (stage, version) => {
    const member = await joined(stage, version)
    await acknowledge(stage, version, member)
    await acknowledge(stage, version, { ...member, memberEpoch: 0 })
  }),
  script('an unknown member', VERSIONS, async (stage, version) => {
    const member = await joined(stage, version)
    await acknowledge(stage, version, { ...member, memberId: 'unknown' })
  }),
  script('a member leaves', VERSIONS, async (stage, version) => {
    const { memberId } = await joined(stage, version)
    const groupId = stage.name('group')
    await beat(stage, version, { groupId, memberId, memberEpoch: LEAVE_EPOCH })
    await beat(stage, version, { groupId, memberId, memberEpoch: LEAVE_EPOCH })
  }),
  script('a static member leaves and comes back', VERSIONS, async (stage, version) => {
    const { topic, memberId } = await joined(stage, version, { instanceId: 'i' })
    const groupId = stage.name('group')
    await beat(stage, version, { groupId, memberId, memberEpoch: STATIC_LEAVE_EPOCH, instanceId: 'i' })
    const again = { ...firstHeartbeat(stage, [topic.name]), memberId: 'AAAAAAAAAAAAAAAAAAACAg', instanceId: 'i' }
    await beat(stage, version, again)
  }),
  script('a static member whose place is taken', VERSIONS, async (stage, version) => {
    const { topic } = await joined(stage, version, { instanceId: 'i' })
    const other = { ...firstHeartbeat(stage, [topic.name]), memberId: 'AAAAAAAAAAAAAAAAAAACAg', instanceId: 'i' }
    await beat(stage, version, other)
  }),
  script('a member that is not static leaves as if it were', VERSIONS, async (stage, version) => {
    const { memberId } = await joined(stage, version)
    await beat(stage, version, {
      groupId: stage.name('group'),
      memberId,
      memberEpoch: STATIC_LEAVE_EPOCH,
      instanceId: 'i',
    })
  }),
  script('a group is described', VERSIONS, async (stage, version) => {
    const member = await joined(stage, version)
    await acknowledge(stage, version, member)
    await stage.send(ConsumerGroupDescribe, version, { groupIds: [stage.name('group')] })
  }),
  script('a group is described with its operations', VERSIONS, async (stage, version) => {
    await joined(stage, version)
    const groupIds = [stage.name('group'), stage.name('unknown')]
    await stage.send(ConsumerGroupDescribe, version, { groupIds, includeAuthorizedOperations: true })
  }),
  script('an unknown group is described', VERSIONS, (stage, version) =>
    stage.send(ConsumerGroupDescribe, version, { groupIds: [stage.name('unknown'), ''] }),
  ),
  script('a classic group is described as a consumer group', VERSIONS, async (stage, version) => {
    const { groupId } = await stableGroup(stage, { protocolType: 'other' })
    await stage.send(ConsumerGroupDescribe, version, { groupIds: [groupId] })
  }),
  script('a group is described by the older API', [0, 5, 6], async (stage, version) => {
    await joined(stage, 1)
    await stage.send(DescribeGroups, version, { groups: [stage.name('group')] })
  }),
  script('a group is listed', [0, 4, 5], async (stage, version) => {
    await acknowledge(stage, 1, await joined(stage, 1))
    await stage.send(ListGroups, version, {}, answer => ({
      ...answer,
      groups: answer.groups.filter(({ groupId }) => groupId.startsWith(`${stage.prefix}-`)),
    }))
  }),
  script('a group with a member is deleted', [0, 2], async (stage, version) => {
    await joined(stage, 1)
    await stage.send(DeleteGroups, version, { groupsNames: [stage.name('group')] })
  }),
  script('a group whose member has left is deleted', [0, 2], async (stage, version) => {
    const { memberId } = await joined(stage, 1)
    const groupId = stage.name('group')
    await beat(stage, 1, { groupId, memberId, memberEpoch: LEAVE_EPOCH })
    await stage.send(DeleteGroups, version, { groupsNames: [groupId] })
  }),
  script('a member commits', [8, 9, 10], async (stage, version) => {
    const { topic, memberId, memberEpoch } = await joined(stage, 1)
    await commit(stage, version, topic, { memberId, generationId: memberEpoch })
    await commit(stage, version, topic, { memberId, generationId: memberEpoch + 5 })
    await commit(stage, version, topic, { memberId: 'unknown', generationId: memberEpoch })
  }),
  script('somebody outside of the group commits', [8, 9, 10], async (stage, version) => {
    const { topic } = await joined(stage, 1)
    await commit(stage, version, topic)
  }),
  script('a classic member of an unlike kind joins', [5, 9], async (stage, version) => {
    await joined(stage, 1)
    await join(stage.another(), version, { protocolType: 'other' })
  }),
  script('a consumer joins a classic group of an unlike kind', VERSIONS, async (stage, version) => {
    await stableGroup(stage, { protocolType: 'other' })
    await beat(stage.another(), version, firstHeartbeat(stage, ['t']))
  }),
)

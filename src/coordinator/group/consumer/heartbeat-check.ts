/** What a member of a consumer group may say. The messages are Kafka's: clients and people know them. */
import { ErrorCode } from '../../../../protocol/errors'
import { CoordinatorFailure } from '../../coordinator-shard'
import type { ServerAssignor } from '../assignor/server-assignor'
import { type ConsumerMember, LEAVE_EPOCH, STATIC_LEAVE_EPOCH } from './consumer-member'
import type { OwnedPartitions } from './current-assignment'

/** ConsumerGroupHeartbeat. Null: as before. */
export interface ConsumerHeartbeat {
  readonly groupId: string
  readonly memberId: string
  /** 0: the member joins. -1: it leaves. -2: a static member leaves for a while. */
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  /** -1: as before. */
  readonly rebalanceTimeoutMs: number
  readonly subscribedTopicNames: readonly string[] | null
  readonly subscribedTopicRegex: string | null
  readonly serverAssignor: string | null
  readonly topicPartitions: OwnedPartitions | null
  readonly clientId: string
  readonly clientHost: string
  /** ConsumerGroupHeartbeat 1 and later: members make their ids themselves (KIP-1082). */
  readonly knowsItsId: boolean
}

/** @throws CoordinatorFailure INVALID_REQUEST, UNSUPPORTED_ASSIGNOR */
export const checkHeartbeat = (heartbeat: ConsumerHeartbeat, assignors: () => readonly ServerAssignor[]): void => {
  const { memberEpoch, serverAssignor } = heartbeat
  if (heartbeat.knowsItsId || memberEpoch > 0 || memberEpoch === LEAVE_EPOCH) {
    refuseEmpty(heartbeat.memberId, 'MemberId')
  }
  refuseEmpty(heartbeat.groupId, 'GroupId')
  refuseEmpty(heartbeat.instanceId, 'InstanceId')
  refuseEmpty(heartbeat.rackId, 'RackId')
  if (memberEpoch === 0) checkJoin(heartbeat)
  else if (memberEpoch === STATIC_LEAVE_EPOCH && heartbeat.instanceId === null) refuse("InstanceId can't be null.")
  else if (memberEpoch < STATIC_LEAVE_EPOCH) refuse('MemberEpoch is invalid.')
  if (serverAssignor !== null && !assignors().some(({ name }) => name === serverAssignor)) {
    const supported = Array.from(assignors(), ({ name }) => name).join(', ')
    throw new CoordinatorFailure(
      ErrorCode.UNSUPPORTED_ASSIGNOR,
      `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${supported}.`,
    )
  }
}

/**
 * A member that did not get the last answer may come with the epoch before, if it has nothing that it should not have.
 * @throws CoordinatorFailure FENCED_MEMBER_EPOCH
 */
export const checkEpoch = (member: ConsumerMember, epoch: number, owned: OwnedPartitions | null): void => {
  const { memberEpoch, previousMemberEpoch, assigned } = member
  if (epoch === 0 || epoch === memberEpoch) return
  const isAssigned = owned?.every(({ topicId, partitions }) => {
    const epochs = assigned.get(topicId)
    return epochs !== undefined && partitions.every(partition => epochs.has(partition))
  })
  if (epoch === previousMemberEpoch && epoch < memberEpoch && isAssigned) return
  const relation = epoch > memberEpoch ? 'greater' : 'smaller'
  throw new CoordinatorFailure(
    ErrorCode.FENCED_MEMBER_EPOCH,
    `The consumer group member has a ${relation} member epoch (${epoch}) than the one known by the group coordinator (${memberEpoch}). ` +
      'The member must abandon all its partitions and rejoin.',
  )
}

/** @throws CoordinatorFailure UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID when another member has the instance id */
export function checkInstance(
  holder: ConsumerMember | undefined,
  memberId: string,
  instanceId: string,
): asserts holder is ConsumerMember {
  if (!holder) throw new CoordinatorFailure(ErrorCode.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`)
  if (holder.memberId === memberId) return
  throw new CoordinatorFailure(
    ErrorCode.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${holder.memberId}.`,
  )
}

const checkJoin = (heartbeat: ConsumerHeartbeat): void => {
  if (heartbeat.rebalanceTimeoutMs === -1) refuse('RebalanceTimeoutMs must be provided in first request.')
  if (heartbeat.topicPartitions === null || heartbeat.topicPartitions.length > 0) {
    refuse('TopicPartitions must be empty when (re-)joining.')
  }
  if (heartbeat.subscribedTopicNames === null && heartbeat.subscribedTopicRegex === null) {
    refuse('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.')
  }
}

const refuseEmpty = (value: string | null, field: string): void => {
  if (value !== null && value.trim() === '') refuse(`${field} can't be empty.`)
}

const refuse = (message: string): never => {
  throw new CoordinatorFailure(ErrorCode.INVALID_REQUEST, message)
}

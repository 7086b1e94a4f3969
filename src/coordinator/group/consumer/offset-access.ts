/** Who may commit and fetch the offsets of a consumer group. Error codes. */
import { ErrorCode } from '../../../../protocol/errors'
import type { ConsumerGroup } from './consumer-group'
import { assignmentEpochOf, type ConsumerMember } from './consumer-member'

export interface OffsetAccess {
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** Of a member of the classic protocol: its generation. Below 0: of nobody. */
  readonly memberEpoch: number
}

export interface CommitAccess extends OffsetAccess {
  readonly isTransactional: boolean
  /** The client knows that there are member epochs (OffsetCommit 9 and later). */
  readonly knowsEpochs: boolean
  readonly partitions: Iterable<{ readonly topicId: string; readonly partition: number }>
}

/** A member may commit for what it has had since the epoch that it knows, so that a commit that overtakes a heartbeat counts (KIP-1251). */
export const commitRefusal = (group: ConsumerGroup, access: CommitAccess): number => {
  const { memberId, groupInstanceId, memberEpoch, isTransactional, knowsEpochs } = access
  if (memberEpoch < 0 && group.isEmpty) return ErrorCode.NONE
  if (isTransactional && memberEpoch === -1 && memberId === '' && groupInstanceId === null) return ErrorCode.NONE
  const member = group.members.get(memberId)
  if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
  if (!isTransactional && !member.classic && !knowsEpochs) return ErrorCode.UNSUPPORTED_VERSION
  if (memberEpoch === member.memberEpoch) return ErrorCode.NONE
  const stale = isTransactional ? ErrorCode.ILLEGAL_GENERATION : staleEpoch(member)
  if (memberEpoch > member.memberEpoch) return stale
  for (const { topicId, partition } of access.partitions) {
    const since = assignmentEpochOf(member, topicId, partition)
    if (since === undefined || memberEpoch < since) return stale
  }
  return ErrorCode.NONE
}

/** Without member id and epoch it is somebody who only looks. */
export const fetchRefusal = (group: ConsumerGroup, memberId: string | null, memberEpoch: number): number => {
  if (memberId === null && memberEpoch < 0) return ErrorCode.NONE
  const member = memberId === null ? undefined : group.members.get(memberId)
  if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
  return memberEpoch === member.memberEpoch ? ErrorCode.NONE : staleEpoch(member)
}

const staleEpoch = ({ classic }: ConsumerMember): number =>
  classic ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH

/** What may be asked of committed offsets: commit, fetch, delete, and the deletion of a whole group. */
import { ErrorCode } from '../../../protocol/errors'
import { ZERO_TOPIC_ID } from '../../metadata/topic-id'
import type { CoordinatorRecord, Transition, VerifiedProducer } from '../coordinator-shard'
import type { MemberIdentity } from './classic-member'
import { NO_RECORDS } from './classic-rebalance'
import { type CommitAccess, fetchRefusal } from './consumer/offset-access'
import { endOf } from './group-end'
import { type CommittedOffset, offsetRecord, offsetTombstone } from './group-records'
import type { GroupShard } from './group-shard'
import { hasConsumers, subscriptionOf } from './subscribed-topics'

export interface OffsetsOfTopic<Partition> {
  readonly topic: string
  /** Left out when it is not known: an offset is not compared then with the topic that it was committed for. */
  readonly topicId?: string
  readonly partitions: readonly Partition[]
}

export interface OffsetToCommit {
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string | null
}

export interface PartitionError {
  readonly partition: number
  readonly errorCode: number
}

export interface Committing extends MemberIdentity {
  readonly groupId: string
  readonly generationId: number
  /** The client knows that there are member epochs (OffsetCommit 9 and later). Default true. */
  readonly knowsEpochs?: boolean
  /** Milliseconds that the offsets shall be kept; below 0: as long as the broker keeps those of a group. */
  readonly retentionMs: number
  readonly topics: readonly OffsetsOfTopic<OffsetToCommit>[]
  readonly transaction?: VerifiedProducer
}

export interface FetchedOffset {
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  readonly errorCode: number
}

const NO_OFFSET = -1

/** Error codes by topic and partition, in the order of the request. `metadataLengthMax`: in UTF-16 units, as Java counts. */
export const commitOffsets = (
  shard: GroupShard,
  request: Committing,
  metadataLengthMax: number,
  now: number,
): Transition<OffsetsOfTopic<PartitionError>[]> => {
  const { groupId, retentionMs, topics, transaction } = request
  const refusal = shard.checkCommit(groupId, accessOf(shard, request))
  const records: CoordinatorRecord[] = []
  const commit = (topic: string, topicId: string, wanted: OffsetToCommit): PartitionError => {
    const { partition, offset, leaderEpoch } = wanted
    const metadata = wanted.metadata ?? ''
    if (refusal !== ErrorCode.NONE) return { partition, errorCode: refusal }
    if (metadata.length > metadataLengthMax) {
      return { partition, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE }
    }
    const expireTimestamp = retentionMs < 0 ? -1 : now + retentionMs
    const committed: CommittedOffset = { offset, leaderEpoch, metadata, commitTimestamp: now, expireTimestamp, topicId }
    records.push(offsetRecord(groupId, topic, partition, committed))
    return { partition, errorCode: ErrorCode.NONE }
  }
  const response = topics.map(({ topic, topicId = ZERO_TOPIC_ID, partitions }) => ({
    topic,
    partitions: partitions.map(wanted => commit(topic, topicId, wanted)),
  }))
  return { records, response, ...(transaction && records.length > 0 && { transaction }) }
}

export interface Fetching {
  readonly groupId: string
  /** Null: all that the group has. */
  readonly topics: readonly OffsetsOfTopic<number>[] | null
  /** Only what no open transaction is going to change. */
  readonly requireStable: boolean
  /** Of a member that says who it is (OffsetFetch 9 and later). */
  readonly memberId?: string | null
  readonly memberEpoch?: number
}

/**
 * Committed offsets. What was never committed, or for an earlier topic of the same name, is -1 and no
 * error.
 */
export const fetchOffsets = (
  shard: GroupShard,
  { groupId, topics, requireStable, memberId = null, memberEpoch = -1 }: Fetching,
): { errorCode: number; topics: OffsetsOfTopic<FetchedOffset>[] } => {
  const { offsets } = shard
  const group = shard.groups.get(groupId)
  const refusal = group?.type === 'consumer' ? fetchRefusal(group, memberId, memberEpoch) : ErrorCode.NONE
  if (refusal !== ErrorCode.NONE) return { errorCode: refusal, topics: [] }
  const wanted: readonly OffsetsOfTopic<number>[] =
    topics ?? Array.from(offsets.ofGroup(groupId) ?? [], ([topic, of]) => ({ topic, partitions: [...of.keys()] }))
  const find = (topic: string, topicId: string, partition: number): FetchedOffset => {
    const isUnstable = requireStable && offsets.isPending(groupId, topic, partition)
    const committed = isUnstable ? undefined : offsets.find(groupId, topic, partition)
    const errorCode = isUnstable ? ErrorCode.UNSTABLE_OFFSET_COMMIT : ErrorCode.NONE
    if (!committed || areDifferent(topicId, committed.topicId))
      return { partition, offset: NO_OFFSET, leaderEpoch: -1, metadata: '', errorCode }
    return {
      partition,
      offset: committed.offset,
      leaderEpoch: committed.leaderEpoch,
      metadata: committed.metadata,
      errorCode,
    }
  }
  const fetched = wanted.map(({ topic, topicId = ZERO_TOPIC_ID, partitions }) => ({
    topic,
    partitions: partitions.map(partition => find(topic, topicId, partition)),
  }))
  return { errorCode: ErrorCode.NONE, topics: fetched }
}

const areDifferent = (topicId: string, other: string): boolean =>
  topicId !== ZERO_TOPIC_ID && other !== ZERO_TOPIC_ID && topicId !== other

/** Removes offsets of topics that no member is subscribed to (KIP-496). */
export const deleteOffsets = (
  shard: GroupShard,
  groupId: string,
  topics: readonly OffsetsOfTopic<number>[],
): Transition<{ errorCode: number; topics: OffsetsOfTopic<PartitionError>[] }> => {
  const group = shard.groups.get(groupId)
  const refused = (errorCode: number) => ({ records: NO_RECORDS, response: { errorCode, topics: [] } })
  if (!group) return refused(ErrorCode.GROUP_ID_NOT_FOUND)
  if (group.members.size > 0 && !hasConsumers(group)) return refused(ErrorCode.NON_EMPTY_GROUP)
  const isRead = subscriptionOf(group)
  const records: CoordinatorRecord[] = []
  const response = topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(partition => {
      if (isRead(topic)) return { partition, errorCode: ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC }
      const { offsets } = shard
      const isKnown = offsets.find(groupId, topic, partition) || offsets.isPending(groupId, topic, partition)
      if (isKnown) records.push(offsetTombstone(groupId, topic, partition))
      return { partition, errorCode: ErrorCode.NONE }
    }),
  }))
  return { records, response: { errorCode: ErrorCode.NONE, topics: response } }
}

/** Removes a group without members, with its offsets. */
export const deleteGroup = (shard: GroupShard, groupId: string): Transition<number> => {
  const group = shard.groups.get(groupId)
  if (!group) return { records: NO_RECORDS, response: ErrorCode.GROUP_ID_NOT_FOUND }
  if (group.state !== 'Empty') return { records: NO_RECORDS, response: ErrorCode.NON_EMPTY_GROUP }
  const records = [...tombstonesOf(shard, groupId, () => true), ...endOf(group)]
  return { records, response: ErrorCode.NONE, isAtomic: false }
}

/** Tombstones for the offsets that every group has committed for topics that were deleted. */
export const forgetTopics = (shard: GroupShard, topics: ReadonlySet<string>): Transition<void> => ({
  records: [...shard.groups.keys()].flatMap(groupId => tombstonesOf(shard, groupId, topic => topics.has(topic))),
  response: undefined,
  isAtomic: false,
})

const accessOf = ({ topics }: GroupShard, { generationId, transaction, ...request }: Committing): CommitAccess => ({
  memberId: request.memberId,
  groupInstanceId: request.groupInstanceId,
  memberEpoch: generationId,
  isTransactional: transaction !== undefined,
  knowsEpochs: request.knowsEpochs ?? true,
  partitions: request.topics.flatMap(
    ({ topic, topicId = topics.image.topic(topic)?.id ?? ZERO_TOPIC_ID, partitions }) =>
      partitions.map(({ partition }) => ({ topicId, partition })),
  ),
})

const tombstonesOf = (
  { offsets }: GroupShard,
  groupId: string,
  isWanted: (topic: string) => boolean,
): CoordinatorRecord[] =>
  Array.from(offsets.partitionsOf(groupId)).flatMap(([topic, partitions]) =>
    isWanted(topic) ? Array.from(partitions, partition => offsetTombstone(groupId, topic, partition)) : [],
  )

/** What may be asked of committed offsets: commit, fetch, delete, and the deletion of a whole group. */
import { ErrorCode } from '../../../protocol/errors'
import { ZERO_TOPIC_ID } from '../../metadata/topic-id'
import type { CoordinatorRecord, Transition, VerifiedProducer } from '../coordinator-shard'
import { NO_RECORDS } from './classic-rebalance'
import { type CommittedOffset, groupTombstone, offsetRecord, offsetTombstone } from './group-records'
import type { GroupShard, MemberIdentity } from './group-shard'
import { isConsumerGroup, subscriptionOf } from './subscribed-topics'

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
  const { groupId, generationId, retentionMs, topics, transaction } = request
  const refusal = shard.checkCommit(groupId, request, generationId, transaction !== undefined)
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

/**
 * Committed offsets; `topics` null: all that the group has. What was never committed, or for an earlier topic of the same name, is -1 and no
 * error.
 */
export const fetchOffsets = (
  shard: GroupShard,
  groupId: string,
  topics: readonly OffsetsOfTopic<number>[] | null,
  requireStable: boolean,
): OffsetsOfTopic<FetchedOffset>[] => {
  const { offsets } = shard
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
  return wanted.map(({ topic, topicId = ZERO_TOPIC_ID, partitions }) => ({
    topic,
    partitions: partitions.map(partition => find(topic, topicId, partition)),
  }))
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
  if (group.members.size > 0 && !isConsumerGroup(group)) return refused(ErrorCode.NON_EMPTY_GROUP)
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
  if (!group.is('Empty')) return { records: NO_RECORDS, response: ErrorCode.NON_EMPTY_GROUP }
  const records = [...tombstonesOf(shard, groupId, () => true), groupTombstone(groupId)]
  return { records, response: ErrorCode.NONE, isAtomic: false }
}

/** Tombstones for the offsets that every group has committed for topics that were deleted. */
export const forgetTopics = (shard: GroupShard, topics: ReadonlySet<string>): Transition<void> => ({
  records: [...shard.groups.keys()].flatMap(groupId => tombstonesOf(shard, groupId, topic => topics.has(topic))),
  response: undefined,
  isAtomic: false,
})

const tombstonesOf = (
  { offsets }: GroupShard,
  groupId: string,
  isWanted: (topic: string) => boolean,
): CoordinatorRecord[] =>
  Array.from(offsets.partitionsOf(groupId)).flatMap(([topic, partitions]) =>
    isWanted(topic) ? Array.from(partitions, partition => offsetTombstone(groupId, topic, partition)) : [],
  )

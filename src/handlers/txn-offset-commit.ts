/**
 * TxnOffsetCommit (28), versions 0-5: offsets of a group that count when the producer's transaction is committed (KIP-98).
 *
 * 2: leader epochs. 3: the member and its generation, which fences members that left the group (KIP-447). 4: TRANSACTION_ABORTABLE, which is
 * INVALID_TXN_STATE below. 5: the group's partition of `__consumer_offsets` joins the transaction by this (KIP-890 part 2);
 * CONCURRENT_TRANSACTIONS, which is COORDINATOR_LOAD_IN_PROGRESS below.
 */
import { ErrorCode } from '../../protocol/errors'
import { TxnOffsetCommit, type TxnOffsetCommitRequest } from '../../protocol/messages/28-txn-offset-commit'
import { CONSUMER_OFFSETS, type GroupCoordinator } from '../coordinator/group/group-coordinator'
import type { OffsetsOfTopic, OffsetToCommit } from '../coordinator/group/offset-requests'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { Partitions } from '../replication/partitions'
import type { Admission, TransactionGate } from '../replication/transaction-gate'
import { handler } from './handler'
import type { RequestContext } from './request-context'
import { appendRefusal } from './transaction-errors'

export interface TxnOffsetCommitDependencies {
  readonly groups: GroupCoordinator
  /** The partition of `__consumer_offsets` of a group; -1 while the topic does not exist. */
  readonly offsetsPartitionOf: (groupId: string) => number
  readonly partitions: Partitions
  readonly gate: TransactionGate
  /** Whether the coordinator of the transaction has to know of it (`transaction.partition.verification.enable`). */
  readonly isVerified: () => boolean
  readonly cache: MetadataCache
}

type Topics = TxnOffsetCommitRequest['topics']

const ABORTABLE_VERSION = 4
const JOINING_VERSION = 5
const REFUSALS = {
  abortable: ABORTABLE_VERSION,
  concurrent: JOINING_VERSION,
  retriable: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
}
/** The offsets are kept as long as the broker keeps those of a group. */
const NO_RETENTION_TIME = -1

export const txnOffsetCommit = (dependencies: TxnOffsetCommitDependencies) =>
  handler(
    TxnOffsetCommit,
    {
      versions: [0, 5],
      errorResponse: (errorCode, _message, { topics }) => ({ topics: answers(topics, () => errorCode) }),
    },
    async (request, context) => {
      // As it is now: a partition that appears while this waits was not committed.
      const image = dependencies.cache.current
      const isPresent = (topic: string, partition: number) => image.partition(topic, partition) !== undefined
      const topics = request.topics.map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.filter(({ partitionIndex }) => isPresent(name, partitionIndex)).map(offsetOf),
      }))
      const errorCodes = await commit(dependencies, request, topics, context)
      let next = 0
      return {
        topics: answers(request.topics, (topic, partition) =>
          isPresent(topic, partition) ? errorCodes[next++]! : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        ),
      }
    },
  )

/** Returns an error code for each of the offsets, in order. */
const commit = async (
  dependencies: TxnOffsetCommitDependencies,
  request: TxnOffsetCommitRequest,
  topics: readonly OffsetsOfTopic<OffsetToCommit>[],
  { apiVersion }: RequestContext,
): Promise<number[]> => {
  const refused = (errorCode: number) => topics.flatMap(({ partitions }) => partitions.map(() => errorCode))
  const { groupId, memberId, groupInstanceId, generationId, producerId, producerEpoch } = request
  if (groupId === '') return refused(ErrorCode.INVALID_GROUP_ID)
  const { errorCode, guard } = await admit(dependencies, request, apiVersion)
  if (errorCode !== ErrorCode.NONE) return refused(appendRefusal(errorCode, apiVersion, REFUSALS))
  const transaction = { producerId, producerEpoch, verification: guard }
  const identity = { groupId, memberId, groupInstanceId, generationId }
  const committed = await dependencies.groups.commit({
    ...identity,
    retentionMs: NO_RETENTION_TIME,
    topics,
    transaction,
  })
  return committed.flatMap(({ partitions }) => partitions.map(({ errorCode: code }) => code))
}

const admit = async (
  { gate, partitions, offsetsPartitionOf, isVerified }: TxnOffsetCommitDependencies,
  { groupId, transactionalId, producerId, producerEpoch }: TxnOffsetCommitRequest,
  apiVersion: number,
): Promise<Admission | { readonly errorCode: number; readonly guard: undefined }> => {
  const joins = apiVersion >= JOINING_VERSION
  const partition = partitions.find(CONSUMER_OFFSETS, offsetsPartitionOf(groupId))
  if (!partition?.isLeader) return { errorCode: ErrorCode.NOT_COORDINATOR, guard: undefined }
  if (!joins && !isVerified()) return { errorCode: ErrorCode.NONE, guard: undefined }
  return gate.admit(partition, { producerId, producerEpoch }, { transactionalId, joins })
}

const answers = (topics: Topics, errorCodeOf: (topic: string, partition: number) => number) =>
  topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({
      partitionIndex,
      errorCode: errorCodeOf(name, partitionIndex),
    })),
  }))

const offsetOf = (partition: Topics[number]['partitions'][number]): OffsetToCommit => ({
  partition: partition.partitionIndex,
  offset: partition.committedOffset,
  leaderEpoch: partition.committedLeaderEpoch,
  metadata: partition.committedMetadata,
})

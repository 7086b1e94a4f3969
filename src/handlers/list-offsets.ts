/**
 * ListOffsets (2), versions 1-11.
 *
 * 2: isolation level. 4: leader epochs (KIP-320). 7: -3 = offset of the record with the largest timestamp (KIP-734). 8: -4 = earliest
 * offset on local disk. 9: -5 = latest offset in tiered storage. 10: timeout for tiered reads. 11: -6 = earliest offset that still
 * waits to be tiered (KIP-1023). Nothing is tiered here, so -4 is -2, and -5 and -6 find nothing.
 *
 * A client never learns of offsets it could not read: everything is looked up below the high watermark, or the last stable offset.
 */
import { ErrorCode } from '../../protocol/errors'
import { ListOffsets, type ListOffsetsRequest, type ListOffsetsResponse } from '../../protocol/messages/02-list-offsets'
import type { InputOf } from '../../protocol/schema/message'
import type { Partition } from '../replication/partition'
import type { Partitions } from '../replication/partitions'
import { handler } from './handler'

/** Timestamps that are questions (ListOffsetsRequest in the Java client), and the first version that may ask them. */
const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5
const EARLIEST_PENDING_UPLOAD = -6
const FIRST_VERSION = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
])
const READ_COMMITTED = 1

interface FoundOffset {
  readonly timestamp: number
  readonly offset: number
  readonly leaderEpoch: number
}
const NOTHING: FoundOffset = { timestamp: -1, offset: -1, leaderEpoch: -1 }

type TopicRequest = ListOffsetsRequest['topics'][number]
type PartitionRequest = TopicRequest['partitions'][number]
type PartitionResponse = NonNullable<
  NonNullable<InputOf<typeof ListOffsetsResponse>['topics']>[number]['partitions']
>[number]

export const listOffsets = (dependencies: { readonly partitions: Partitions }) =>
  handler(
    ListOffsets,
    {
      versions: [1, 11],
      errorResponse: (errorCode, _message, request) => ({
        topics: request.topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
        })),
      }),
    },
    async (request, { apiVersion }) => {
      const committedOnly = request.isolationLevel === READ_COMMITTED
      const duplicates = duplicatesOf(request)
      const answer = (topic: string, wanted: PartitionRequest): Promise<PartitionResponse> | PartitionResponse => {
        const { partitionIndex, timestamp } = wanted
        if (duplicates.has(`${topic}/${partitionIndex}`))
          return { partitionIndex, errorCode: ErrorCode.INVALID_REQUEST }
        if (timestamp < 0 && !(apiVersion >= (FIRST_VERSION.get(timestamp) ?? Number.POSITIVE_INFINITY))) {
          return { partitionIndex, errorCode: ErrorCode.UNSUPPORTED_VERSION }
        }
        const partition = dependencies.partitions.find(topic, partitionIndex)
        if (!partition) return { partitionIndex, errorCode: dependencies.partitions.absence(topic, partitionIndex) }
        const errorCode = partition.checkLeader(wanted.currentLeaderEpoch)
        if (errorCode !== ErrorCode.NONE) return { partitionIndex, errorCode }
        return find(partition, timestamp, committedOnly).then(found => {
          // The disk may have failed, or the leadership gone, while the log was searched.
          const lost = partition.checkLeader(-1)
          return lost === ErrorCode.NONE ? { partitionIndex, ...found } : { partitionIndex, errorCode: lost }
        })
      }
      return {
        topics: await Promise.all(
          request.topics.map(async ({ name, partitions }) => ({
            name,
            partitions: await Promise.all(uniquePartitions(partitions).map(wanted => answer(name, wanted))),
          })),
        ),
      }
    },
  )

/** A partition that is asked for several times is answered once. */
const uniquePartitions = (partitions: readonly PartitionRequest[]): readonly PartitionRequest[] => [
  ...new Map(partitions.map(partition => [partition.partitionIndex, partition])).values(),
]

const duplicatesOf = (request: ListOffsetsRequest): ReadonlySet<string> => {
  const seen = new Set<string>()
  const duplicates = new Set<string>()
  for (const { name, partitions } of request.topics) {
    for (const { partitionIndex } of partitions) {
      const key = `${name}/${partitionIndex}`
      if (seen.has(key)) duplicates.add(key)
      seen.add(key)
    }
  }
  return duplicates
}

/** Resolves when all that has been appended is written: a client shall find what it sent before, even if it did not wait for an answer. */
const written = async (partition: Partition): Promise<void> => {
  const { nextOffset, logEndOffset } = partition.log
  if (nextOffset === logEndOffset) return
  await new Promise(resolve => partition.whenAcknowledged(nextOffset - 1, 1, resolve))
}

const find = async (partition: Partition, timestamp: number, committedOnly: boolean): Promise<FoundOffset> => {
  const { log } = partition
  await written(partition)
  const end = partition.visibleEnd(committedOnly)
  switch (timestamp) {
    case LATEST:
      return { timestamp: -1, offset: end, leaderEpoch: log.latestLeaderEpoch }
    case EARLIEST:
    case EARLIEST_LOCAL:
      return { timestamp: -1, offset: log.logStartOffset, leaderEpoch: log.leaderEpochAt(log.logStartOffset) }
    case MAX_TIMESTAMP:
      return (await log.maxTimestampOffset(end)) ?? NOTHING
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return NOTHING
    default:
      return (await log.offsetForTimestamp(timestamp, end)) ?? NOTHING
  }
}

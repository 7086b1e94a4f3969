/**
 * DeleteRecords (21), versions 0-2: moves the log start offset of partitions up (KIP-107); -1 means the high watermark.
 *
 * Internal topics are refused with INVALID_TOPIC_EXCEPTION, topics that are only compacted with POLICY_VIOLATION.
 */
import { ErrorCode } from '../../protocol/errors'
import { DeleteRecords } from '../../protocol/messages/21-delete-records'
import { isInternalTopic } from '../metadata/topic-name'
import type { Partition } from '../replication/partition'
import type { Partitions } from '../replication/partitions'
import { handler } from './handler'

const TO_HIGH_WATERMARK = -1

export const deleteRecords = ({ partitions: hosted }: { readonly partitions: Partitions }) =>
  handler(DeleteRecords, { versions: [0, 2] }, request => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) => {
        const partition = hosted.find(name, partitionIndex)
        const errorCode = partition ? deleteBefore(partition, offset) : hosted.absence(name, partitionIndex)
        const lowWatermark = partition && errorCode === ErrorCode.NONE ? partition.log.logStartOffset : -1
        return { partitionIndex, errorCode, lowWatermark }
      }),
    })),
  }))

const deleteBefore = (partition: Partition, offset: number): number => {
  if (isInternalTopic(partition.topic)) return ErrorCode.INVALID_TOPIC_EXCEPTION
  const refusal = partition.checkLeader(-1)
  if (refusal !== ErrorCode.NONE) return refusal
  const { cleanupPolicy } = partition.log.config
  if (cleanupPolicy.compact && !cleanupPolicy.delete) return ErrorCode.POLICY_VIOLATION
  const { highWatermark } = partition
  const target = offset === TO_HIGH_WATERMARK ? highWatermark : offset
  if (target < 0 || target > highWatermark) return ErrorCode.OFFSET_OUT_OF_RANGE
  return partition.log.deleteRecordsBefore(target)
}

import { ErrorCode } from '../../protocol/errors'
import {
  type BatchHeader,
  compressionOf,
  isControl,
  patchBaseOffset,
  patchLeaderEpoch,
  patchLogAppendTime,
  readBatchHeader,
} from '../../protocol/records/batch-header'
import { type EndTransactionMarker, readEndTransactionMarker } from '../../protocol/records/control-record'
import { InvalidBatch } from '../../protocol/records/invalid-batch'
import { recompress, targetCompression } from './batch-recompression'
import { refusalOf, tooLarge, type ValidationOptions, validateBatch } from './batch-validation'
import { AppendRefusal } from './log-append'
import type { ProducerState } from './producer-state'
import type { ProducerBatch } from './producer-state-entry'

/** A batch that a leader may append as far as the batch itself goes. */
export interface LeaderBatch {
  readonly bytes: Buffer
  /** As sent: before offsets, epoch and time of the log are set. */
  readonly header: BatchHeader
  /** null unless it ends a transaction. */
  readonly marker: EndTransactionMarker | null
}

/** Validates the one batch in `records` and brings it into the codec of the topic. */
export const prepareBatch = (records: Buffer, options: ValidationOptions): LeaderBatch | AppendRefusal => {
  const header = validateBatch(records, options)
  if (header instanceof AppendRefusal) return header
  const { config } = options
  const target = targetCompression(header, config)
  const isKept = target === compressionOf(header.attributes)
  try {
    const bytes = isKept ? records.subarray(0, header.sizeInBytes) : recompress(records, header, target, config)
    if (bytes.length > config.maxMessageBytes) return tooLarge(bytes.length, config)
    if (bytes.length > config.segmentBytes) {
      return new AppendRefusal(
        ErrorCode.RECORD_LIST_TOO_LARGE,
        `A batch of ${bytes.length} bytes does not fit into a segment of ${config.segmentBytes}.`,
      )
    }
    const marker = isControl(header.attributes) && header.producerId >= 0 ? readEndTransactionMarker(bytes, 0) : null
    return { bytes, header: isKept ? header : readBatchHeader(bytes, 0), marker }
  } catch (error) {
    if (error instanceof InvalidBatch) return refusalOf(error)
    throw error
  }
}

/** The batch that this one repeats, why its producer may not append it, or null when all is well. */
export const checkProducer = (
  { header, marker }: LeaderBatch,
  producers: ProducerState,
  isClient: boolean,
  verification?: number,
): ProducerBatch | AppendRefusal | null => {
  if (header.producerId < 0) return null
  const origin = isClient ? 'client' : 'coordinator'
  if (marker) return producers.checkMarker(header, marker, origin)
  return (isClient ? producers.duplicateOf(header) : null) ?? producers.check(header, origin, verification)
}

/** Gives the batch its place in the log. `logAppendTimeMs` is -1 unless the log sets the time. */
export const place = (bytes: Buffer, baseOffset: number, leaderEpoch: number, logAppendTimeMs: number): void => {
  patchBaseOffset(bytes, 0, baseOffset)
  patchLeaderEpoch(bytes, 0, leaderEpoch)
  if (logAppendTimeMs >= 0) patchLogAppendTime(bytes, 0, logAppendTimeMs)
}

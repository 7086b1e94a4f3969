import { ErrorCode } from '../../protocol/errors'
import { type BatchHeader, isBatchCrcValid, isControl, readBatchHeader } from '../../protocol/records/batch-header'
import { type EndTransactionMarker, readEndTransactionMarker } from '../../protocol/records/control-record'
import { InvalidBatch } from '../../protocol/records/invalid-batch'
import { batchEndAt } from '../../protocol/records/record-batch'
import { AppendRefusal } from './log-append'

export interface ReplicatedBatch {
  readonly bytes: Buffer
  readonly header: BatchHeader
  /** null unless it ends a transaction. */
  readonly marker: EndTransactionMarker | null
}

/**
 * The whole batches of what a leader sent, in the order of their offsets; a piece at the end is left out. CORRUPT_MESSAGE when one is
 * damaged, OFFSET_OUT_OF_RANGE when one begins below `nextOffset` or the end of the one before.
 */
export const splitReplicated = (records: Buffer, nextOffset: number): readonly ReplicatedBatch[] | AppendRefusal => {
  const batches: ReplicatedBatch[] = []
  let expected = nextOffset
  try {
    for (let at = 0, end = batchEndAt(records, 0); end >= 0; at = end, end = batchEndAt(records, at)) {
      const header = readBatchHeader(records, at)
      if (!isBatchCrcValid(records, at))
        return corrupt(`The checksum of the batch at ${header.baseOffset} does not fit.`)
      if (header.baseOffset < expected || header.lastOffsetDelta < 0) {
        return new AppendRefusal(
          ErrorCode.OFFSET_OUT_OF_RANGE,
          `A batch begins at ${header.baseOffset}, where ${expected} or more is expected.`,
        )
      }
      expected = header.baseOffset + header.lastOffsetDelta + 1
      const isMarker = isControl(header.attributes) && header.producerId >= 0
      const marker = isMarker ? readEndTransactionMarker(records, at) : null
      batches.push({ bytes: records.subarray(at, end), header, marker })
    }
  } catch (error) {
    if (error instanceof InvalidBatch) return corrupt(error.message)
    throw error
  }
  return batches
}

const corrupt = (message: string): AppendRefusal => new AppendRefusal(ErrorCode.CORRUPT_MESSAGE, message)

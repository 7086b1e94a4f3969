/** Rebuilds what a log knows of its producers from a snapshot and the batches behind it. */
import { type BatchHeader, isControl } from '../../protocol/records/batch-header'
import { readEndTransactionMarker } from '../../protocol/records/control-record'
import type { LogSegment, ScanOptions } from './log-segment'
import type { ProducerSnapshots } from './producer-snapshots'
import type { CompletedTransaction, ProducerState } from './producer-state'
import type { SegmentList } from './segment-list'

/** Takes note of a batch that is in the log; returns the transaction that it ends. */
export const replayBatch = (
  producers: ProducerState,
  batch: BatchHeader,
  bytes: Buffer,
  at: number,
): CompletedTransaction | null => {
  if (batch.producerId < 0) return null
  if (!isControl(batch.attributes)) {
    producers.apply(batch, batch.baseOffset, batch.maxTimestamp)
    return null
  }
  const marker = readEndTransactionMarker(bytes, at)
  return marker && producers.applyMarker(batch, marker, batch.baseOffset, batch.maxTimestamp)
}

/** Keeps an aborted transaction for readers of committed records. */
export const indexCompleted = (segment: LogSegment, transaction: CompletedTransaction | null): void => {
  if (transaction?.isAborted) segment.transactionIndex.append(transaction)
}

export interface RebuildOptions {
  readonly producers: ProducerState
  readonly snapshots: ProducerSnapshots
  readonly segments: SegmentList
  readonly logStartOffset: number
  /** Where the state is to end; what lies above is not in the segments. */
  readonly endOffset: number
  readonly now: number
  readonly expirationMs: number
  readonly afterSlice?: ScanOptions['afterSlice']
}

/** Drops snapshots outside of the log, loads the newest and applies the batches behind it. */
export const rebuildProducers = async (options: RebuildOptions): Promise<void> => {
  const { producers, snapshots, segments, logStartOffset, endOffset, now, expirationMs, afterSlice } = options
  snapshots.removeWhere(offset => offset > endOffset || offset <= logStartOffset)
  const snapshot = snapshots.load()
  producers.load(snapshot.producers, now, expirationMs)
  const from = Math.max(snapshot.offset, logStartOffset)
  const visit: ScanOptions['visit'] = (batch, bytes, at) => {
    replayBatch(producers, batch, bytes, at)
  }
  for (const segment of segments.overlapping(from, endOffset)) {
    await segment.scan(Math.max(from, segment.baseOffset), { visit, ...(afterSlice && { afterSlice }) })
  }
}

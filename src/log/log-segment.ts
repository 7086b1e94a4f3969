import type { BatchHeader } from '../../protocol/records/batch-header'
import type { Disk } from '../io/disk'
import type { IndexMemory } from './index-memory'
import type { SegmentFileSuffix } from './log-file-names'
import type { OffsetIndex } from './offset-index'
import type { TimeIndex } from './time-index'
import type { TransactionIndex } from './transaction-index'

export interface LogSegmentOptions {
  readonly disk: Disk
  /** Folder of the log. */
  readonly directory: string
  readonly baseOffset: number
  /** `index.interval.bytes` and `segment.index.bytes`: fixed for the life of the segment. */
  readonly indexIntervalBytes: number
  readonly segmentIndexBytes: number
  /** Taken off `segment.ms`: random, from 0 to `segment.jitter.ms`. */
  readonly rollJitterMs: number
  /** Wall-clock time now, from which a segment without timestamps is aged. */
  readonly createdMs: number
  readonly indexMemory: IndexMemory
  readonly suffix?: SegmentFileSuffix
}

export interface RollOptions {
  readonly segmentBytes: number
  readonly segmentMs: number
  /** What is about to be appended. */
  readonly incomingBytes: number
  readonly incomingLastOffset: number
  readonly incomingMaxTimestamp: number
  readonly now: number
}

/** Where a batch lies in the .log file. */
export interface BatchPosition {
  readonly baseOffset: number
  readonly position: number
  readonly sizeInBytes: number
}

export interface SegmentReadOptions {
  readonly offset: number
  readonly maxBytes: number
  /** Batches whose last offset is not below it are not returned. */
  readonly upTo: number
  /** Whether the first batch is returned even if it alone exceeds `maxBytes`. */
  readonly minOneBatch: boolean
}

export interface SegmentRead {
  /** Whole batches; empty when the limits leave none. */
  readonly records: Buffer
  /** Base offset of the first batch, -1 when there is none. */
  readonly firstOffset: number
  /** Offset behind the last batch; the offset asked for when there is none. */
  readonly nextOffset: number
}

/**
 * Called for each batch, in order. `bytes` holds the whole batch at `at`; it is reused, copy what must be kept.
 * Return `false` to stop.
 */
export type BatchVisitor = (header: BatchHeader, bytes: Buffer, at: number) => boolean | void

export interface ScanOptions {
  readonly visit: BatchVisitor
  /** Awaited between slices of about 1 MiB: the place to let others run and to report progress. */
  readonly afterSlice?: (scannedBytes: number) => Promise<void>
}

export interface SegmentRecovery {
  readonly validBytes: number
  /** Bytes cut off at the end. */
  readonly truncatedBytes: number
  /** Why they were cut off, null when nothing was. */
  readonly reason: string | null
  /** Offset behind the last batch; the base offset when there is none. */
  readonly nextOffset: number
}

/** A piece of a log: the .log file with batches from `baseOffset` on, and its indexes. */
export declare class LogSegment {
  /** A new segment with an empty .log file; what lay there under the same names is removed. */
  static create(options: LogSegmentOptions): LogSegment
  /** An existing segment; nothing but the size of the .log file is looked at. Throws `DiskError` ENOENT when that is not there. */
  static open(options: LogSegmentOptions): LogSegment

  readonly baseOffset: number
  readonly rollJitterMs: number
  /** Loaded on first use. */
  readonly offsetIndex: OffsetIndex
  readonly timeIndex: TimeIndex
  readonly transactionIndex: TransactionIndex
  /** Bytes of all batches taken, also of those not written yet. */
  readonly sizeInBytes: number
  /** Bytes that the disk has: what can be read. */
  readonly writtenBytes: number
  /** Largest timestamp of a batch, -1 when there is none. */
  readonly largestTimestamp: number
  /** Last offset of the first batch that has the largest timestamp; the base offset when there is none. */
  readonly offsetOfLargestTimestamp: number
  /** Timestamp by which retention ages the segment: the largest one, or when the file was changed last. */
  readonly retentionTimestamp: number
  /** Largest timestamp of the first batch (compaction lag); null when there is none. */
  readonly firstBatchTimestamp: number | null

  /** Whether what comes must go into a new segment (size, age, full index, offset out of reach). Queued bytes count. */
  shouldRoll(options: RollOptions): boolean
  /**
   * Takes validated batches whose offsets are assigned and above all before, and keeps the books (size, indexes, largest timestamp).
   * Nothing is written before `write`. The buffer must not change afterwards. Returns the position of the first batch.
   */
  append(records: Buffer): number
  /** Writes all that was taken with one gathered write. Throws `DiskError`; the segment is of no use then. */
  writeSync(): void
  /** The same through the thread pool; what is taken meanwhile waits for the next one. One at a time. */
  write(): Promise<void>
  /** Drops what was taken and is not written (for `truncateTo`, which does it itself, and for a directory that failed). */
  dropUnwritten(): void
  /**
   * Ends appending (Kafka: onBecomeInactiveSegment): adds the last entry of the time index and saves the indexes. All must be written.
   * Idempotent.
   */
  seal(): void

  /** The first batch whose last offset is `offset` or above; null past the end of what is written. */
  translate(offset: number): BatchPosition | null
  /** Reads whole batches from the one that holds `offset`, or the next; null past the end. */
  read(options: SegmentReadOptions): Promise<SegmentRead | null>
  /**
   * The first record from `startingOffset` on with a timestamp of at least `timestamp`; null when there is none. `leaderEpoch` is that of
   * its batch.
   */
  findOffsetByTimestamp(
    timestamp: number,
    startingOffset: number,
  ): Promise<{ timestamp: number; offset: number; leaderEpoch: number } | null>
  /** Offset behind the last batch; the base offset when empty. Reads from the last index entry on. */
  readNextOffset(): number

  /** Visits batches from the one that holds `fromOffset` on, trusting them (no CRC). */
  scan(fromOffset: number, options: ScanOptions): Promise<void>
  /**
   * Checks every batch (size, magic, CRC, offsets going up), cuts the file at the first bad byte and rebuilds all indexes. The transaction
   * index starts empty: `visit` fills it. Stopping is not possible here.
   */
  recover(options: ScanOptions): Promise<SegmentRecovery>

  /**
   * Drops the batch that holds `offset` and all above, also what is not written, in log and indexes. `now` is the creation time of a
   * segment left empty. Returns the number of bytes dropped. The segment is open for appending again.
   */
  truncateTo(offset: number, now: number): number
  /**
   * Makes the log durable; of a sealed segment the indexes, too. The indexes of the segment being written to are rebuilt after an unclean
   * stop, so the recovery point must not leave a segment behind that was not flushed after `seal`.
   */
  flush(): Promise<void>
  /** Seals if anything was appended, and closes the files. A later use opens them again. */
  close(): void
  /** Closes the files and writes nothing: the directory has failed, or the files are about to go. */
  abandon(): void
  /** Renames all files: '' to '.deleted', '.cleaned' to '.swap', '.swap' to ''. */
  changeSuffix(suffix: SegmentFileSuffix): void
  /** The folder has been renamed or moved. */
  moveTo(directory: string): void
  /** Removes all files. */
  remove(): void
}

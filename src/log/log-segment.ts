import { batchSizeAt, lastOffsetAt, maxTimestampAt } from '../../protocol/records/batch-header'
import { DiskError } from '../io/disk'
import { BatchFile } from './batch-file'
import type { BatchPosition, SegmentRead, SegmentReadOptions } from './batch-lookup'
import { type SegmentFileSuffix, segmentFileName } from './log-file-names'
import type { TimestampOffset } from './log-read'
import { LogSegmentIndexes } from './log-segment-indexes'
import type { LogSegmentOptions, RollOptions } from './log-segment-options'
import { LogSegmentReader } from './log-segment-reader'
import { recoverBatches, type ScanOptions, type SegmentRecovery } from './log-segment-recovery'
import { MAX_RELATIVE_OFFSET, type OffsetIndex } from './offset-index'
import type { TimeIndex } from './time-index'
import type { TransactionIndex } from './transaction-index'

export type { LogSegmentOptions, RollOptions } from './log-segment-options'
export type { BatchVisitor, ScanOptions, SegmentRecovery } from './log-segment-recovery'

const UNKNOWN = -1

/**
 * A piece of a log (Kafka's LogSegment): the .log file with batches from `baseOffset` on, and its indexes.
 *
 * - One owner, whose calls do not overlap, but for reads: they may run while the rest goes on, and see only what is written.
 * - `append` takes batches and keeps the books at once, `write` hands all that was taken to the disk. A write that failed leaves the segment
 *   unusable: the log directory is offline.
 * - The indexes of the segment being written to are in memory only, until `seal` or `close`; after an unclean stop `recover` makes them
 *   anew. Hence the recovery point must not leave a segment behind that was not flushed after `seal`.
 */
export class LogSegment {
  readonly baseOffset: number
  readonly #options: LogSegmentOptions
  readonly #log: BatchFile
  readonly #indexes: LogSegmentIndexes
  readonly #reader: LogSegmentReader
  #directory: string
  #createdMs: number
  #firstBatchTimestamp: number | null = null
  /** Offset behind the last batch taken; UNKNOWN in a segment that was opened. */
  #nextOffset: number
  #isSealed: boolean
  /** There are files whose names a power failure could take away. */
  #hasUnsyncedNames = true

  private constructor(options: LogSegmentOptions, sizeInBytes: number, isNew: boolean) {
    const { disk, directory, baseOffset, suffix } = options
    this.baseOffset = baseOffset
    this.#options = options
    this.#directory = directory
    this.#createdMs = options.createdMs
    this.#log = new BatchFile(disk, `${directory}/${segmentFileName(baseOffset, 'log', suffix)}`, sizeInBytes)
    this.#indexes = new LogSegmentIndexes(options, isNew)
    this.#reader = new LogSegmentReader(this.#log, this.#indexes, options)
    this.#nextOffset = isNew ? baseOffset : UNKNOWN
    this.#isSealed = !isNew
  }

  /** A new segment with an empty .log file; what lay there under the same names is removed. */
  static create(options: LogSegmentOptions): LogSegment {
    const segment = new LogSegment(options, 0, true)
    segment.remove()
    options.disk.open(segment.#log.path, 'create').close()
    return segment
  }

  /** An existing segment; nothing but the size of the .log file is looked at. Throws `DiskError` ENOENT when that is not there. */
  static open(options: LogSegmentOptions): LogSegment {
    const path = `${options.directory}/${segmentFileName(options.baseOffset, 'log', options.suffix)}`
    const stat = options.disk.stat(path)
    if (stat === null) throw new DiskError('ENOENT', path, `there is no log segment at ${path}`)
    return new LogSegment(options, stat.size, false)
  }

  /** Path of the .log file. */
  get path(): string {
    return this.#log.path
  }

  /** Bytes of all batches taken, also of those not written yet. */
  get sizeInBytes(): number {
    return this.#log.sizeInBytes
  }

  /** Bytes that the disk has: what can be read. */
  get writtenBytes(): number {
    return this.#log.writtenBytes
  }

  get offsetIndex(): OffsetIndex {
    return this.#indexes.offset
  }

  get timeIndex(): TimeIndex {
    return this.#indexes.time
  }

  get transactionIndex(): TransactionIndex {
    return this.#indexes.transaction
  }

  /** Largest timestamp of a batch, -1 when there is none. */
  get largestTimestamp(): number {
    return this.#indexes.largestTimestamp
  }

  /** Last offset of the first batch that has the largest timestamp; the base offset when there is none. */
  get offsetOfLargestTimestamp(): number {
    return this.#indexes.offsetOfLargestTimestamp
  }

  /** Timestamp by which retention ages the segment: the largest one, or when the file was changed last. */
  get retentionTimestamp(): number {
    if (this.largestTimestamp >= 0) return this.largestTimestamp
    return this.#options.disk.stat(this.#log.path)?.modifiedMs ?? this.#createdMs
  }

  /** Largest timestamp of the first batch; null when there is none. */
  get firstBatchTimestamp(): number | null {
    if (this.#firstBatchTimestamp === null && this.writtenBytes > 0) {
      this.#reader.visitHeaders(this.baseOffset, (bytes, at) => {
        this.#firstBatchTimestamp = maxTimestampAt(bytes, at)
        return true
      })
    }
    return this.#firstBatchTimestamp === -1 ? null : this.#firstBatchTimestamp
  }

  /** Whether what comes must go into a new segment: size, age, full index, offset out of reach. What is not written yet counts. */
  shouldRoll(options: RollOptions): boolean {
    if (options.incomingLastOffset - this.baseOffset > MAX_RELATIVE_OFFSET) return true
    if (this.sizeInBytes === 0) return false
    if (this.sizeInBytes > options.segmentBytes - options.incomingBytes) return true
    const first = this.firstBatchTimestamp
    const age = first === null ? options.now - this.#createdMs : options.incomingMaxTimestamp - first
    return age > options.segmentMs - this.#options.rollJitterMs || this.#indexes.isFull
  }

  /**
   * Takes validated batches whose offsets are assigned and above all before, and keeps the books: size, indexes, largest timestamp.
   * Nothing is written before `write`. The buffer must not change afterwards. Returns the position of the first batch.
   */
  append(records: Buffer): number {
    const position = this.sizeInBytes
    for (let at = 0; at < records.length; at += batchSizeAt(records, at)) {
      const lastOffset = lastOffsetAt(records, at)
      if (lastOffset - this.baseOffset > MAX_RELATIVE_OFFSET) throw new RangeError(`offset ${lastOffset} is too high`)
      this.#indexes.account(lastOffset, maxTimestampAt(records, at), position + at, batchSizeAt(records, at))
      this.#nextOffset = lastOffset + 1
    }
    if (position === 0) this.#firstBatchTimestamp = maxTimestampAt(records, 0)
    this.#isSealed = false
    this.#log.append(records)
    return position
  }

  /** Writes all that was taken with one gathered write. Throws `DiskError`. */
  writeSync(): void {
    this.#log.writeSync()
  }

  /** The same through the thread pool; what is taken meanwhile waits for the next one. One at a time. */
  write(): Promise<void> {
    return this.#log.write()
  }

  /** Ends appending (Kafka: onBecomeInactiveSegment): adds the last entry of the time index and saves the indexes. All must be written. */
  seal(): void {
    if (this.#isSealed) return
    this.#indexes.seal()
    this.#indexes.save()
    this.#hasUnsyncedNames = true
    this.#isSealed = true
  }

  /** The first batch whose last offset is `offset` or above; null past the end of what is written. */
  translate(offset: number): BatchPosition | null {
    if (this.#nextOffset !== UNKNOWN && offset >= this.#nextOffset) return null
    return this.#reader.translate(offset)
  }

  /** Reads whole batches from the one that holds `offset`, or the next; null past the end of what is written. */
  read(options: SegmentReadOptions): Promise<SegmentRead | null> {
    return this.#reader.read(options)
  }

  /** The first record with an offset of at least `startingOffset` and a timestamp of at least `timestamp`; null when there is none. */
  async findOffsetByTimestamp(timestamp: number, startingOffset: number): Promise<TimestampOffset | null> {
    return timestamp > this.largestTimestamp ? null : this.#reader.findOffsetByTimestamp(timestamp, startingOffset)
  }

  /** Offset behind the last batch written; the base offset when there is none. Reads from the last index entry on. */
  readNextOffset(): number {
    return this.#reader.readNextOffset()
  }

  /** Visits the written batches from the one that holds `fromOffset` on, trusting them (no checksums). Throws `DamagedFile`. */
  scan(fromOffset: number, options: ScanOptions): Promise<void> {
    return this.#reader.scan(fromOffset, options)
  }

  /**
   * Checks every batch, cuts the file at the first bad byte and makes all indexes anew. The transaction index begins empty: `visit` is to
   * fill it. Throws `DamagedFile` for messages of a format before magic 2.
   */
  async recover({ visit, afterSlice }: ScanOptions): Promise<SegmentRecovery> {
    this.#reader.logWasCut()
    this.#indexes.reset()
    this.#forgetBatches()
    const recovery = await recoverBatches(
      this.#log.handle,
      { baseOffset: this.baseOffset, end: this.writtenBytes },
      (header, bytes, at, position) => {
        const lastOffset = header.baseOffset + header.lastOffsetDelta
        this.#indexes.account(lastOffset, header.maxTimestamp, position, header.sizeInBytes)
        visit(header, bytes, at)
      },
      afterSlice,
    )
    this.#log.truncate(recovery.validBytes)
    this.#nextOffset = recovery.nextOffset
    this.#indexes.seal()
    return recovery
  }

  /**
   * Drops the batch that holds `offset` and all above from log and indexes. `now` is the creation time of a segment left empty. Returns the
   * number of bytes dropped. The segment is open for appending again.
   */
  truncateTo(offset: number, now: number): number {
    this.#log.writeSync()
    const batch = this.translate(offset)
    if (batch === null) return 0
    const droppedBytes = this.sizeInBytes - batch.position
    this.#reader.logWasCut()
    this.#indexes.truncateTo(offset)
    this.#log.truncate(batch.position)
    this.#forgetBatches()
    this.#reader.visitHeaders(this.#indexes.offsetOfLargestTimestamp, (bytes, at) => {
      this.#indexes.sawTimestamp(maxTimestampAt(bytes, at), lastOffsetAt(bytes, at))
      return false
    })
    if (this.sizeInBytes === 0) this.#createdMs = now
    return droppedBytes
  }

  /** Makes durable what is written of the log and, after `seal`, of the indexes. */
  async flush(): Promise<void> {
    await this.#log.sync()
    await this.#indexes.sync()
    if (!this.#hasUnsyncedNames) return
    this.#hasUnsyncedNames = false
    this.#options.disk.syncDirectory(this.#directory)
  }

  /** Seals if there was a change, and closes the .log file; a later use opens it again. */
  close(): void {
    this.seal()
    this.#log.close()
  }

  /** Closes the files and writes nothing: the directory has failed, or the files are about to go. The segment is of no use afterwards. */
  abandon(): void {
    this.#log.close()
    this.#indexes.abandon()
  }

  /** Null when the indexes are there, otherwise why they must be made anew by `recover`. */
  sanityCheck(): string | null {
    return this.#indexes.sanityCheck()
  }

  /** Renames all files: '' to '.deleted', '.cleaned' to '.swap', '.swap' to ''. */
  changeSuffix(suffix: SegmentFileSuffix): void {
    this.#log.rename(`${this.#directory}/${segmentFileName(this.baseOffset, 'log', suffix)}`)
    this.#indexes.changeSuffix(suffix)
    this.#hasUnsyncedNames = true
  }

  /** The folder has been renamed to `directory`. */
  moveTo(directory: string): void {
    const name = this.#log.path.slice(this.#directory.length)
    this.#directory = directory
    this.#log.moveTo(directory + name)
    this.#indexes.moveTo(directory)
  }

  /** Removes all files. */
  remove(): void {
    this.#log.remove()
    this.#indexes.remove()
  }

  /** What was known of the first and the last batch is no longer so. */
  #forgetBatches(): void {
    this.#isSealed = false
    this.#nextOffset = UNKNOWN
    this.#firstBatchTimestamp = null
  }
}

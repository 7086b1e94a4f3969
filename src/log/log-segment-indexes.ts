import type { Disk } from '../io/disk'
import type { IndexFile, IndexFileOptions } from './index-file'
import type { IndexMemory } from './index-memory'
import { type SegmentFileKind, type SegmentFileSuffix, segmentFileName } from './log-file-names'
import { OffsetIndex } from './offset-index'
import { TimeIndex } from './time-index'
import { TransactionIndex } from './transaction-index'

export interface LogSegmentIndexesOptions {
  readonly disk: Disk
  readonly directory: string
  readonly baseOffset: number
  readonly indexIntervalBytes: number
  readonly segmentIndexBytes: number
  readonly indexMemory: IndexMemory
  readonly suffix?: SegmentFileSuffix
}

type IndexKind = Extract<SegmentFileKind, 'index' | 'timeindex' | 'txnindex'>

/**
 * The three indexes of a segment, made when they are first asked for: most segments of most partitions are never looked at. Offset and time
 * index get an entry for the first batch behind each `index.interval.bytes`.
 */
export class LogSegmentIndexes {
  readonly #options: LogSegmentIndexesOptions
  readonly #isNew: boolean
  #directory: string
  #suffix: SegmentFileSuffix
  #offset: OffsetIndex | null = null
  #time: TimeIndex | null = null
  #transaction: TransactionIndex | null = null
  #bytesSinceEntry = 0
  /** Until it is asked for, it is not: it comes from the time index. */
  #isLargestTimestampKnown = false
  #largestTimestamp = -1
  #offsetOfLargestTimestamp = -1

  /** `isNew`: none of the files is there. */
  constructor(options: LogSegmentIndexesOptions, isNew: boolean) {
    this.#options = options
    this.#isNew = isNew
    this.#directory = options.directory
    this.#suffix = options.suffix ?? ''
  }

  get offset(): OffsetIndex {
    const { baseOffset, segmentIndexBytes: maxBytes } = this.#options
    this.#offset ??= new OffsetIndex({ ...this.#fileOptions('index'), baseOffset, maxBytes })
    return this.#offset
  }

  get time(): TimeIndex {
    const { baseOffset, segmentIndexBytes: maxBytes } = this.#options
    this.#time ??= new TimeIndex({ ...this.#fileOptions('timeindex'), baseOffset, maxBytes })
    return this.#time
  }

  get transaction(): TransactionIndex {
    const { baseOffset } = this.#options
    this.#transaction ??= new TransactionIndex({ ...this.#fileOptions('txnindex'), baseOffset })
    return this.#transaction
  }

  get isFull(): boolean {
    return this.offset.isFull || this.time.isFull
  }

  /** Largest timestamp of a batch, -1 when there is none. */
  get largestTimestamp(): number {
    if (!this.#isLargestTimestampKnown) this.#readLargestTimestamp()
    return this.#largestTimestamp
  }

  /** Last offset of the first batch that has the largest timestamp; the base offset when there is none. */
  get offsetOfLargestTimestamp(): number {
    if (!this.#isLargestTimestampKnown) this.#readLargestTimestamp()
    return this.#offsetOfLargestTimestamp
  }

  /** Takes note of a batch at the end of the log. */
  account(lastOffset: number, maxTimestamp: number, position: number, sizeInBytes: number): void {
    this.sawTimestamp(maxTimestamp, lastOffset)
    if (this.#bytesSinceEntry > this.#options.indexIntervalBytes && !this.isFull) {
      this.offset.append(lastOffset, position)
      this.time.maybeAppend(this.#largestTimestamp, this.#offsetOfLargestTimestamp)
      this.#bytesSinceEntry = 0
    }
    this.#bytesSinceEntry += sizeInBytes
  }

  /** A batch that ends at `lastOffset` has `maxTimestamp`. */
  sawTimestamp(maxTimestamp: number, lastOffset: number): void {
    if (maxTimestamp <= this.largestTimestamp) return
    this.#largestTimestamp = maxTimestamp
    this.#offsetOfLargestTimestamp = lastOffset
  }

  /** Adds the last entry of the time index. */
  seal(): void {
    this.time.maybeAppend(this.largestTimestamp, this.offsetOfLargestTimestamp)
  }

  reset(): void {
    for (const index of this.#all()) index.reset()
    this.#forgetBatches()
  }

  /** Drops entries with this offset or a higher one. The largest timestamp is then that of the last entry: batches behind it may have more. */
  truncateTo(offset: number): void {
    for (const index of [this.offset, this.time, this.transaction]) index.truncateTo(offset)
    this.#forgetBatches()
  }

  save(): void {
    for (const index of this.#all()) index.save()
  }

  async sync(): Promise<void> {
    for (const index of [this.#offset, this.#time, this.#transaction]) await index?.sync()
  }

  /** Gives up what is in memory without saving it. */
  abandon(): void {
    for (const index of [this.#offset, this.#time, this.#transaction]) index?.abandon()
  }

  changeSuffix(suffix: SegmentFileSuffix): void {
    const indexes = this.#all()
    this.#suffix = suffix
    for (const [n, kind] of KINDS.entries()) indexes[n]!.rename(this.#path(kind))
  }

  /** The folder has been renamed. */
  moveTo(directory: string): void {
    this.#directory = directory
    this.#offset?.moveTo(this.#path('index'))
    this.#time?.moveTo(this.#path('timeindex'))
    this.#transaction?.moveTo(this.#path('txnindex'))
  }

  remove(): void {
    this.abandon()
    for (const kind of KINDS) this.#options.disk.remove(this.#path(kind))
  }

  /** What is wrong with the files as they lie there, null when nothing is; like Apache Kafka it looks at what costs little only. */
  sanityCheck(): string | null {
    for (const kind of ['index', 'timeindex'] as const) {
      if (this.#options.disk.stat(this.#path(kind)) === null) return `${this.#path(kind)} is missing`
    }
    return this.#options.disk.stat(this.#path('txnindex')) && this.transaction.sanityCheck()
  }

  #forgetBatches(): void {
    this.#bytesSinceEntry = 0
    this.#isLargestTimestampKnown = false
  }

  #readLargestTimestamp(): void {
    const { timestamp, offset } = this.time.lastEntry
    this.#largestTimestamp = timestamp
    this.#offsetOfLargestTimestamp = offset
    this.#isLargestTimestampKnown = true
  }

  /** In the order of `KINDS`. */
  #all(): readonly IndexFile[] {
    return [this.offset, this.time, this.transaction]
  }

  #fileOptions(kind: IndexKind): IndexFileOptions {
    const { disk, indexMemory: memory } = this.#options
    return { disk, memory, path: this.#path(kind), isNew: this.#isNew }
  }

  #path(kind: IndexKind): string {
    return `${this.#directory}/${segmentFileName(this.#options.baseOffset, kind, this.#suffix)}`
  }
}

const KINDS: readonly IndexKind[] = ['index', 'timeindex', 'txnindex']

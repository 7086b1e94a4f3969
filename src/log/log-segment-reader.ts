import { lastOffsetAt, readBatchHeader } from '../../protocol/records/batch-header'
import type { BatchFile } from './batch-file'
import {
  type BatchPosition,
  findBatch,
  findRecordByTimestamp,
  readBatches,
  type SegmentRead,
  type SegmentReadOptions,
} from './batch-lookup'
import { damagedAt, type FileRange, type HeaderVisitor, walkBatches, walkHeaders } from './batch-walk'
import type { TimestampOffset } from './log-read'
import type { LogSegmentIndexes } from './log-segment-indexes'
import type { LogSegmentOptions } from './log-segment-options'
import type { ScanOptions } from './log-segment-recovery'

/**
 * What reads a segment: its indexes say from which byte on, its .log file the rest. Only what is written is seen. Reads that take their
 * time may run beside appends; one during which the log was cut begins anew, since its bytes may be from before and after.
 */
export class LogSegmentReader {
  readonly #log: BatchFile
  readonly #indexes: LogSegmentIndexes
  readonly #baseOffset: number
  readonly #indexIntervalBytes: number
  #cuts = 0

  constructor(
    log: BatchFile,
    indexes: LogSegmentIndexes,
    options: Pick<LogSegmentOptions, 'baseOffset' | 'indexIntervalBytes'>,
  ) {
    this.#log = log
    this.#indexes = indexes
    this.#baseOffset = options.baseOffset
    this.#indexIntervalBytes = options.indexIntervalBytes
  }

  /** To be called when the log is cut. */
  logWasCut(): void {
    this.#cuts += 1
  }

  /** The first batch whose last offset is `offset` or above; null when there is none. */
  translate(offset: number): BatchPosition | null {
    const range = this.#rangeFrom(offset)
    return range && findBatch(this.#log.handle, range, offset)
  }

  /** Visits headers, from the last indexed batch at or below `offset` on, until `visit` returns true. */
  visitHeaders(offset: number, visit: HeaderVisitor): void {
    const range = this.#rangeFrom(offset)
    if (range) walkHeaders(this.#log.handle, range, visit)
  }

  /** Reads whole batches from the one that holds `offset`, or the next; null when there is none. */
  read(options: SegmentReadOptions): Promise<SegmentRead | null> {
    return this.#uncut(async () => {
      const range = this.#rangeFrom(options.offset)
      return range && readBatches(this.#log.handle, range, options, this.#indexIntervalBytes)
    })
  }

  /** The first record with an offset of at least `startingOffset` and a timestamp of at least `timestamp`; null when there is none. */
  findOffsetByTimestamp(timestamp: number, startingOffset: number): Promise<TimestampOffset | null> {
    return this.#uncut(async () => {
      const range = this.#rangeFrom(Math.max(this.#indexes.time.lookup(timestamp).offset, startingOffset))
      return range && findRecordByTimestamp(this.#log.handle, range, timestamp, startingOffset)
    })
  }

  /** Offset behind the last batch; the base offset when there is none. Reads from the last index entry on. */
  readNextOffset(): number {
    const end = this.#log.writtenBytes
    let nextOffset = this.#baseOffset
    if (end === 0) return nextOffset
    // The index may know batches that are not written yet.
    const from = this.#indexes.offset.lookupBefore(end).position
    walkHeaders(this.#log.handle, { from, end }, (bytes, at) => {
      nextOffset = lastOffsetAt(bytes, at) + 1
      return false
    })
    return nextOffset
  }

  /** Visits batches from the one that holds `fromOffset` on, trusting them (no checksums). Throws `DamagedFile`. */
  async scan(fromOffset: number, { visit, afterSlice }: ScanOptions): Promise<void> {
    const first = this.translate(fromOffset)
    if (first === null) return
    const { handle, writtenBytes } = this.#log
    const step = (bytes: Buffer, at: number): null => {
      visit(readBatchHeader(bytes, at), bytes, at)
      return null
    }
    const { position, reason } = await walkBatches(
      handle,
      { from: first.position, end: writtenBytes },
      step,
      afterSlice,
    )
    if (reason !== null) throw damagedAt(handle, position, reason)
  }

  /** What is written, from the last indexed batch at or below `offset` on; null when that is nothing, which spares opening the file. */
  #rangeFrom(offset: number): FileRange | null {
    const end = this.#log.writtenBytes
    if (end === 0) return null
    const from = this.#indexes.offset.lookup(offset).position
    return from < end ? { from, end } : null
  }

  async #uncut<Result>(read: () => Promise<Result>): Promise<Result> {
    for (;;) {
      const cuts = this.#cuts
      try {
        const result = await read()
        if (cuts === this.#cuts) return result
      } catch (error) {
        if (cuts === this.#cuts) throw error
      }
    }
  }
}

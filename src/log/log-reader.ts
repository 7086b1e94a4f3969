import { ErrorCode } from '../../protocol/errors'
import type { Logger } from '../io/logger'
import { readBatches } from './batch-read'
import { DamagedFile } from './damaged-file'
import type { LocalLog } from './local-log'
import type { AbortedTransaction, ReadOptions, ReadResult, TimestampOffset } from './log-read'
import { findByTimestamp, findLargestTimestamp } from './timestamp-search'

/** What of a log may be read now. */
export interface ReadableBounds {
  readonly isOffline: boolean
  readonly logStartOffset: number
  readonly logEndOffset: number
}

export interface LogReaderOptions {
  readonly local: LocalLog
  readonly logger: Logger
  readonly bounds: ReadableBounds
  /** The disk failed. */
  readonly onFailed: (error: unknown) => void
}

/** Reads and lookups in the files of a log, within its bounds. A damaged file hinders only those who read it. */
export class LogReader {
  readonly #local: LocalLog
  readonly #logger: Logger
  readonly #bounds: ReadableBounds
  readonly #onFailed: (error: unknown) => void

  constructor(options: LogReaderOptions) {
    this.#local = options.local
    this.#logger = options.logger
    this.#bounds = options.bounds
    this.#onFailed = options.onFailed
  }

  read(options: ReadOptions): ReadResult | Promise<ReadResult> {
    const { offset } = options
    const { isOffline, logStartOffset, logEndOffset } = this.#bounds
    if (isOffline) return this.#nothing(ErrorCode.KAFKA_STORAGE_ERROR, offset)
    if (offset < logStartOffset || offset > logEndOffset) return this.#nothing(ErrorCode.OFFSET_OUT_OF_RANGE, offset)
    const upTo = Math.min(options.upTo, logEndOffset)
    if (offset >= upTo) return this.#nothing(ErrorCode.NONE, offset)
    try {
      const found = readBatches(this.#local, upTo === options.upTo ? options : { ...options, upTo })
      return found instanceof Promise
        ? found.then(
            batches => ({ errorCode: ErrorCode.NONE, logStartOffset: this.#bounds.logStartOffset, ...batches }),
            error => this.#failed(error, offset),
          )
        : { errorCode: ErrorCode.NONE, logStartOffset, ...found }
    } catch (error) {
      return this.#failed(error, offset)
    }
  }

  offsetForTimestamp(timestamp: number, upTo: number): Promise<TimestampOffset | null> {
    const from = this.#bounds.logStartOffset
    return this.#lookUp(() => findByTimestamp(this.#local, timestamp, { from, upTo }))
  }

  maxTimestampOffset(upTo: number): Promise<TimestampOffset | null> {
    const from = this.#bounds.logStartOffset
    return this.#lookUp(() => findLargestTimestamp(this.#local, { from, upTo }))
  }

  /** Throws when an index cannot be read: an empty answer would make aborted records look committed. */
  abortedTransactions(fromOffset: number, toOffset: number): readonly AbortedTransaction[] {
    try {
      return this.#collectAborted(fromOffset, toOffset)
    } catch (error) {
      this.#report(error)
      throw error
    }
  }

  #collectAborted(fromOffset: number, toOffset: number): AbortedTransaction[] {
    const { segments } = this.#local
    const aborted: AbortedTransaction[] = []
    let segment = segments.floor(fromOffset) ?? segments.first
    while (segment) {
      const { transactions, isComplete } = segment.transactionIndex.collect(fromOffset, toOffset)
      aborted.push(...transactions)
      segment = isComplete ? undefined : segments.higher(segment.baseOffset)
    }
    return aborted
  }

  #nothing(errorCode: number, offset: number): ReadResult {
    const { logStartOffset } = this.#bounds
    return { errorCode, records: [], sizeInBytes: 0, logStartOffset, firstOffset: -1, nextOffset: offset }
  }

  /** The segment may have been deleted while it was read. */
  #failed(error: unknown, offset: number): ReadResult {
    if (offset < this.#bounds.logStartOffset) return this.#nothing(ErrorCode.OFFSET_OUT_OF_RANGE, offset)
    this.#report(error)
    return this.#nothing(
      error instanceof DamagedFile ? ErrorCode.CORRUPT_MESSAGE : ErrorCode.KAFKA_STORAGE_ERROR,
      offset,
    )
  }

  async #lookUp(search: () => Promise<TimestampOffset | null>): Promise<TimestampOffset | null> {
    while (!this.#bounds.isOffline) {
      const { truncations } = this.#local
      try {
        return await search()
      } catch (error) {
        // Files that were cut or replaced meanwhile have nothing to say.
        if (this.#local.truncations === truncations) {
          this.#report(error)
          return null
        }
      }
    }
    return null
  }

  #report(error: unknown): void {
    if (!(error instanceof DamagedFile)) this.#onFailed(error)
    else this.#logger.error('a file of a log is damaged and cannot be read', { folder: this.#local.folder, error })
  }
}

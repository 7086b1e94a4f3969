/**
 * One pass of a fetch over several partitions: reads them in order, within the byte limits.
 *
 * Invariants
 * - At least one batch is returned when there is one, however small the limits.
 * - Nothing above the high watermark, or for read_committed above the last stable offset, is returned to a client.
 */
import { ErrorCode } from '../../protocol/errors'
import { DiskError } from '../io/disk'
import { DamagedFile } from '../log/damaged-file'
import type { AbortedTransaction, ReadResult } from '../log/log-read'
import type { FetchTarget } from './fetch-session'
import type { Partition } from './partition'

export interface ReadPassOptions {
  readonly maxBytes: number
  /** read_committed (KIP-98). */
  readonly committedOnly: boolean
}

export interface FetchedPartition {
  readonly target: FetchTarget
  readonly partition: Partition | null
  readonly errorCode: number
  readonly records: readonly Buffer[]
  readonly sizeInBytes: number
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  /** null unless read_committed. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  /** Where the fetcher's log parts from ours (KIP-595); null when it does not or did not ask. */
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | null
}

/** A partition to read, or the error code that says why it cannot be. */
export interface FetchRead {
  readonly target: FetchTarget
  readonly partition: Partition | null
  readonly errorCode: number
}

const NO_RECORDS: readonly Buffer[] = []

const failedFetch = (read: FetchRead, errorCode: number): FetchedPartition => ({
  target: read.target,
  partition: read.partition,
  errorCode,
  records: NO_RECORDS,
  sizeInBytes: 0,
  highWatermark: -1,
  lastStableOffset: -1,
  logStartOffset: -1,
  abortedTransactions: null,
  divergingEpoch: null,
})

/** A promise only when something has to come from the disk. */
export const readPartitions = (
  reads: readonly FetchRead[],
  options: ReadPassOptions,
): FetchedPartition[] | Promise<FetchedPartition[]> => new FetchPass(reads, options).run()

/** Nobody will look at the records of these any more. */
export const giveBack = (results: readonly FetchedPartition[]): void => {
  for (const { partition, records } of results) partition?.log.giveBack(records)
}

/** One pass over the partitions of a fetch, in order, each within what the ones before left of the limit. */
class FetchPass {
  readonly #reads: readonly FetchRead[]
  readonly #options: ReadPassOptions
  readonly #results: FetchedPartition[] = []
  #remaining: number
  /** Until something was found: a batch over the limit is returned all the same, or its reader could never pass it. */
  #minOneBatch = true

  constructor(reads: readonly FetchRead[], options: ReadPassOptions) {
    this.#reads = reads
    this.#options = options
    this.#remaining = options.maxBytes
  }

  run(): FetchedPartition[] | Promise<FetchedPartition[]> {
    while (this.#results.length < this.#reads.length) {
      const result = this.#readNext(this.#reads[this.#results.length]!)
      if (result instanceof Promise) return result.then(value => this.#take(value).run())
      this.#take(result)
    }
    return this.#results
  }

  #take(result: FetchedPartition): this {
    this.#results.push(result)
    if (result.sizeInBytes > 0) {
      this.#minOneBatch = false
      this.#remaining = Math.max(0, this.#remaining - result.sizeInBytes)
    }
    return this
  }

  #readNext(read: FetchRead): FetchedPartition | Promise<FetchedPartition> {
    const { target, partition } = read
    if (read.errorCode !== ErrorCode.NONE || !partition) return failedFetch(read, read.errorCode)
    const refusal = partition.checkLeader(target.currentLeaderEpoch)
    if (refusal !== ErrorCode.NONE) return failedFetch(read, refusal)
    const { log } = partition
    if (target.lastFetchedEpoch >= 0) {
      const end = log.endOffsetForEpoch(target.lastFetchedEpoch)
      if (end.endOffset < 0) return failedFetch(read, ErrorCode.OFFSET_OUT_OF_RANGE)
      if (end.leaderEpoch < target.lastFetchedEpoch || end.endOffset < target.fetchOffset) {
        return this.#fetched(read, NO_RECORDS, 0, null, { epoch: end.leaderEpoch, endOffset: end.endOffset })
      }
    }
    if (target.fetchOffset > log.logEndOffset || target.fetchOffset < log.logStartOffset) {
      return failedFetch(read, ErrorCode.OFFSET_OUT_OF_RANGE)
    }
    const upTo = partition.visibleEnd(this.#options.committedOnly)
    const maxBytes = Math.min(target.maxBytes, this.#remaining)
    if (target.fetchOffset >= upTo || (maxBytes <= 0 && !this.#minOneBatch)) {
      return this.#fetched(read, NO_RECORDS, 0, this.#options.committedOnly ? [] : null, null)
    }
    const minOneBatch = this.#minOneBatch
    const result = log.read({ offset: target.fetchOffset, maxBytes, upTo, minOneBatch })
    return result instanceof Promise
      ? result.then(value => this.#withAborted(read, value))
      : this.#withAborted(read, result)
  }

  #withAborted(read: FetchRead, { errorCode, records, sizeInBytes, nextOffset }: ReadResult): FetchedPartition {
    if (errorCode !== ErrorCode.NONE) return failedFetch(read, errorCode)
    if (!this.#options.committedOnly) return this.#fetched(read, records, sizeInBytes, null, null)
    const { log } = read.partition!
    try {
      const aborted = log.abortedTransactions(read.target.fetchOffset, nextOffset)
      return this.#fetched(read, records, sizeInBytes, aborted, null)
    } catch (error) {
      if (error instanceof DamagedFile) return failedFetch(read, ErrorCode.CORRUPT_MESSAGE)
      if (error instanceof DiskError) return failedFetch(read, ErrorCode.KAFKA_STORAGE_ERROR)
      throw error
    }
  }

  #fetched(
    read: FetchRead,
    records: readonly Buffer[],
    sizeInBytes: number,
    abortedTransactions: readonly AbortedTransaction[] | null,
    divergingEpoch: FetchedPartition['divergingEpoch'],
  ): FetchedPartition {
    const { log } = read.partition!
    return {
      target: read.target,
      partition: read.partition,
      errorCode: ErrorCode.NONE,
      records,
      sizeInBytes,
      highWatermark: log.highWatermark,
      lastStableOffset: log.lastStableOffset,
      logStartOffset: log.logStartOffset,
      abortedTransactions,
      divergingEpoch,
    }
  }
}

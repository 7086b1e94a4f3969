import { ErrorCode } from '../../protocol/errors'
import { DiskError } from '../io/disk'
import type { LogContext } from './log-context'
import { createFutureLog } from './log-creation'
import type { LogDirectory } from './log-directory'
import type { PartitionLog } from './partition-log'

const CHUNK_BYTES = 1024 * 1024

export interface LogMoveOptions {
  readonly log: PartitionLog
  readonly from: LogDirectory
  readonly to: LogDirectory
  readonly context: LogContext
}

/**
 * Moves a log to another directory (KIP-113; Kafka: ReplicaAlterLogDirsThread). It is copied into a folder `-future` while it is in use; when
 * the copy has caught up, appends are refused for the moment that the rest takes, and the log goes on there. A crash leaves the log in one
 * of the two directories.
 */
export class LogMove {
  readonly log: PartitionLog
  readonly to: LogDirectory
  readonly #from: LogDirectory
  readonly #context: LogContext
  #future: PartitionLog | null = null
  #truncations = 0
  #isCancelled = false

  constructor({ log, from, to, context }: LogMoveOptions) {
    this.log = log
    this.to = to
    this.#from = from
    this.#context = context
  }

  /** The log stays where it is, unless it has moved already. */
  cancel(): void {
    this.#isCancelled = true
  }

  /** Ends when the log has moved, the move was cancelled or is not possible: a directory failed, or the log is gone. */
  async run(): Promise<void> {
    while (this.#isPossible) {
      try {
        const isOutdated = await this.#attempt()
        this.#discard()
        if (!isOutdated) return
      } catch (error) {
        if (!(error instanceof DiskError)) throw error
        this.to.fail(error)
      }
    }
    this.#discard()
  }

  get #isPossible(): boolean {
    return !this.#isCancelled && !this.log.isOffline && !this.to.isOffline
  }

  /** Returns true when the log was cut at its end or its beginning meanwhile, so that the copy is worth nothing. */
  async #attempt(): Promise<boolean> {
    const { log } = this
    this.#truncations = log.truncations
    const first = await log.read({ ...CHUNK, offset: log.logStartOffset, maxBytes: 1, upTo: log.logEndOffset })
    const startOffset = first.firstOffset < 0 ? log.logStartOffset : first.firstOffset
    const future = createFutureLog(log, startOffset, this.#context, this.to)
    this.#future = future
    this.to.futures.add(future)
    let isCopied = await this.#copy(future)
    if (isCopied) {
      await future.flush()
      const copyRest = async () => {
        isCopied = await this.#copy(future)
        return isCopied
      }
      await log.switchTo(future, copyRest, left => this.#switched(left.parts.local.folder))
    }
    if (isCopied || !this.#isPossible) return false
    const isOutdated = log.truncations !== this.#truncations || future.nextOffset < log.logStartOffset
    if (!isOutdated)
      this.#context.logger.warn('cannot copy a log to another directory', { folder: log.folder, to: this.to.path })
    return isOutdated
  }

  /** Copies up to the end of what is written, and writes it; false when that is not possible. */
  async #copy(future: PartitionLog): Promise<boolean> {
    const { log } = this
    while (future.nextOffset < log.logEndOffset || future.logEndOffset < future.nextOffset) {
      if (!(await this.#copyChunk(future))) return false
      await new Promise<void>(resolve => this.#context.timers.endOfTurn(resolve))
    }
    return this.#isUpToDate
  }

  async #copyChunk(future: PartitionLog): Promise<boolean> {
    const { log } = this
    const offset = future.nextOffset
    const upTo = log.logEndOffset
    if (!this.#isUpToDate || offset === upTo) return this.#isUpToDate
    const { records } = await log.read({ ...CHUNK, offset, upTo })
    if (!this.#isUpToDate || records.length === 0) return false
    const options = { origin: 'replication', leaderEpoch: -1, now: this.#context.clock.now() } as const
    return records.every(batches => future.append(batches, options).errorCode === ErrorCode.NONE)
  }

  get #isUpToDate(): boolean {
    return this.#isPossible && this.log.truncations === this.#truncations
  }

  #switched(folderLeft: string): void {
    const { log, to } = this
    const { disk, removals, logger } = this.#context
    to.futures.delete(this.#future!)
    this.#future = null
    to.entered(log)
    const path = this.#from.left(log, folderLeft)
    if (path !== null) {
      removals.add(log.config.fileDeleteDelayMs, { description: path, remove: () => disk.removeTree(path) })
    }
    logger.info('moved a log to another directory', { folder: log.folder, from: this.#from.path })
  }

  #discard(): void {
    const future = this.#future
    if (!future) return
    this.#future = null
    this.to.futures.delete(future)
    future.abandon()
    if (this.to.isOffline) return
    const { disk, removals } = this.#context
    removals.add(0, { description: future.folder, remove: () => disk.removeTree(future.folder) })
  }
}

const CHUNK = { maxBytes: CHUNK_BYTES, minOneBatch: true, keepEmptyBatches: true } as const

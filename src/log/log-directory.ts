import type { Logger } from '../io/logger'
import { writeCleanShutdown } from './clean-shutdown'
import type { LogContext } from './log-context'
import { suffixedLogFolderName } from './log-file-names'
import {
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  type OffsetCheckpointEntry,
  RECOVERY_POINT_CHECKPOINT,
  saveOffsetCheckpoint,
  writeOffsetCheckpoint,
} from './offset-checkpoint'
import type { PartitionLog } from './partition-log'
import { WriteSpeed } from './write-speed'

const UNIQUE_ID_BYTES = 16

export interface LogDirectoryOptions {
  readonly path: string
  readonly directoryId: string
  readonly lock: { release(): void } | null
  readonly context: LogContext
  /** Called once, when the directory has gone offline. */
  readonly onFailed: (error: Error) => void
}

/**
 * One entry of `log.dirs`. When its disk fails it goes offline with all its logs, and stays so: what was written last may or may not be
 * there, and a second try would hide that.
 */
export class LogDirectory {
  readonly path: string
  /** From meta.properties. */
  readonly directoryId: string
  readonly speed = new WriteSpeed()
  readonly logs = new Set<PartitionLog>()
  readonly #options: LogDirectoryOptions
  readonly #logger: Logger
  #isOffline = false
  #recoveryPointSave: Promise<void> | null = null
  /** Fingerprints of the checkpoints as they were saved last. */
  readonly #saved = new Map<CheckpointName, number>()

  constructor(options: LogDirectoryOptions) {
    this.path = options.path
    this.directoryId = options.directoryId
    this.#options = options
    this.#logger = options.context.logger.child({ directory: options.path })
  }

  get isOffline(): boolean {
    return this.#isOffline
  }

  /** Takes the directory offline for good. */
  fail(error: unknown): void {
    if (this.#isOffline) return
    this.#isOffline = true
    this.#logger.error('the log directory has failed and is offline from now on', { error, logs: this.logs.size })
    for (const log of this.logs) log.abandon()
    this.#options.onFailed(error instanceof Error ? error : new Error(String(error)))
  }

  /** Bytes of the volume; -1 when the directory is offline. */
  space(): { readonly totalBytes: number; readonly usableBytes: number } {
    if (this.#isOffline) return { totalBytes: -1, usableBytes: -1 }
    try {
      return this.#options.context.disk.space(this.path)
    } catch (error) {
      this.fail(error)
      return { totalBytes: -1, usableBytes: -1 }
    }
  }

  /** Saves the recovery points, once for all who ask in one turn; needed when one has gone back. */
  saveRecoveryPoints(): Promise<void> {
    this.#recoveryPointSave ??= this.#saveAtEndOfTurn()
    return this.#recoveryPointSave
  }

  /** Saves a checkpoint if it would say something else than the last time. */
  async saveCheckpoint(name: CheckpointName): Promise<void> {
    const fingerprint = this.#fingerprint(name)
    if (this.#isOffline || this.#saved.get(name) === fingerprint) return
    const { context } = this.#options
    this.#saved.set(name, fingerprint)
    try {
      const path = `${this.path}/${name}`
      await context.syncs.run(this.path, () => saveOffsetCheckpoint(context.disk, path, this.#entries(name)))
    } catch (error) {
      this.fail(error)
    }
  }

  /** Gives a log up and renames its folder. Returns where that is now; null when the directory is offline. */
  setAside(log: PartitionLog, suffix: '-stray' | '-delete'): string | null {
    const { disk, random } = this.#options.context
    this.logs.delete(log)
    log.abandon()
    if (this.#isOffline) return null
    const uniqueId = random.bytes(UNIQUE_ID_BYTES).toString('hex')
    const path = `${this.path}/${suffixedLogFolderName(log.topic, log.partition, suffix, uniqueId)}`
    try {
      disk.rename(log.folder, path)
      return path
    } catch (error) {
      this.fail(error)
      return null
    }
  }

  /** Leaves the directory in order, after its logs were closed; an offline one as it is. */
  close(brokerEpoch: number): void {
    const { disk } = this.#options.context
    if (!this.#isOffline) {
      try {
        for (const name of CHECKPOINTS) writeOffsetCheckpoint(disk, `${this.path}/${name}`, this.#entries(name))
        writeCleanShutdown(disk, this.path, { brokerEpoch })
      } catch (error) {
        this.fail(error)
      }
    }
    this.release()
  }

  /** Others may use the directory. */
  release(): void {
    this.#options.lock?.release()
  }

  async #saveAtEndOfTurn(): Promise<void> {
    const { timers } = this.#options.context
    await new Promise<void>(resolve => timers.endOfTurn(resolve))
    this.#recoveryPointSave = null
    await this.saveCheckpoint(RECOVERY_POINT_CHECKPOINT)
  }

  /** Two states of the logs that differ have the same one so rarely that a checkpoint is missed once in a lifetime, until the next change. */
  #fingerprint(name: CheckpointName): number {
    let fingerprint = this.logs.size
    for (const log of this.logs) fingerprint = Math.imul(fingerprint, 31) + OFFSET_OF[name](log)
    return fingerprint
  }

  #entries(name: CheckpointName): OffsetCheckpointEntry[] {
    const entries: OffsetCheckpointEntry[] = []
    for (const log of this.logs) {
      const offset = OFFSET_OF[name](log)
      if (offset >= 0) entries.push({ topic: log.topic, partition: log.partition, offset })
    }
    return entries
  }
}

/** What each checkpoint says of a log, -1 for nothing. A log start offset that is that of the first segment needs no words. */
const OFFSET_OF = {
  [RECOVERY_POINT_CHECKPOINT]: (log: PartitionLog) => log.recoveryPoint,
  [HIGH_WATERMARK_CHECKPOINT]: (log: PartitionLog) => log.highWatermark,
  [LOG_START_OFFSET_CHECKPOINT]: (log: PartitionLog) => (log.startsWithinSegment ? log.logStartOffset : -1),
} as const

export type CheckpointName = keyof typeof OFFSET_OF

const CHECKPOINTS: readonly CheckpointName[] = [
  RECOVERY_POINT_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
]

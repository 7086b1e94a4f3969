import type { Logger } from '../io/logger'
import { writeCleanShutdown } from './clean-shutdown'
import type { LogContext } from './log-context'
import { logFolderName, suffixedLogFolderName, uniqueIdOf } from './log-file-names'
import type { CheckpointName, LogHome } from './log-home'
import {
  CLEANER_OFFSET_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  type OffsetCheckpointEntry,
  RECOVERY_POINT_CHECKPOINT,
  saveOffsetCheckpoint,
  writeOffsetCheckpoint,
} from './offset-checkpoint'
import type { PartitionLog } from './partition-log'
import { WriteSpeed } from './write-speed'

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
export class LogDirectory implements LogHome {
  readonly path: string
  /** From meta.properties. */
  readonly directoryId: string
  readonly speed: WriteSpeed
  readonly logs = new Set<PartitionLog>()
  /** Copies of logs of other directories that are going to move here. */
  readonly futures = new Set<PartitionLog>()
  readonly #options: LogDirectoryOptions
  readonly #logger: Logger
  #isOffline = false
  /** Folders were made, renamed, or found after an unclean stop, since the last sync. */
  #hasUnsyncedFolders = true
  readonly #saving = new Map<CheckpointName, Promise<void>>()
  /** Fingerprints of the checkpoints as they were saved last. */
  readonly #saved = new Map<CheckpointName, number>()
  /** Folders of logs that were given up and may still be in the checkpoints. */
  readonly #forgotten = new Set<string>()

  constructor(options: LogDirectoryOptions) {
    this.path = options.path
    this.directoryId = options.directoryId
    this.#options = options
    this.speed = new WriteSpeed(milliseconds => options.context.figures.written(milliseconds))
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
    for (const log of [...this.logs, ...this.futures]) log.abandon()
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

  /**
   * Saves a checkpoint for good at the end of the turn, once for all who ask: for offsets that went back, or that must not wait for the
   * next regular time.
   */
  saveSoon(name: CheckpointName): Promise<void> {
    const saving = this.#saving.get(name) ?? this.#saveAtEndOfTurn(name)
    this.#saving.set(name, saving)
    return saving
  }

  /** Saves a checkpoint if it would say something else than the last time. */
  async saveCheckpoint(name: CheckpointName): Promise<void> {
    const { disk, syncs } = this.#options.context
    try {
      await syncs.run(this.path, async () => {
        const fingerprint = this.#fingerprint(name)
        if (this.#isOffline || this.#saved.get(name) === fingerprint) return
        await saveOffsetCheckpoint(disk, `${this.path}/${name}`, this.#entries(name))
        this.#saved.set(name, fingerprint)
      })
    } catch (error) {
      this.fail(error)
    }
  }

  /**
   * A log is going to be made in `folderName`. If another one of that name has just been given up, the checkpoints must not speak of it
   * any more: they would be taken for the new one's.
   */
  prepareFolder(folderName: string): void {
    this.#hasUnsyncedFolders = true
    if (this.#forgotten.has(folderName)) this.#writeCheckpoints()
  }

  syncFolders(): void {
    if (!this.#hasUnsyncedFolders) return
    this.#hasUnsyncedFolders = false
    this.#options.context.disk.syncDirectory(this.path)
  }

  /** Gives a log up and renames its folder. Returns where that is now; null when the directory is offline. */
  setAside(log: PartitionLog, suffix: '-stray' | '-delete'): string | null {
    this.logs.delete(log)
    log.abandon()
    return this.#renameAside(log, log.folder, suffix)
  }

  /** A log that was here has moved to another directory; `folder` is what it left behind. Returns as `setAside`. */
  left(log: PartitionLog, folder: string): string | null {
    this.logs.delete(log)
    return this.#renameAside(log, folder, '-delete')
  }

  /** The copy of a log is complete, and `log` goes on here from now on. */
  entered(log: PartitionLog): void {
    const { disk } = this.#options.context
    const folderName = logFolderName(log.topic, log.partition)
    const folder = `${this.path}/${folderName}`
    this.logs.add(log)
    try {
      this.prepareFolder(folderName)
      disk.rename(log.folder, folder)
      log.movedTo(folder)
      // Before the folder that it comes from loses its name.
      this.syncFolders()
    } catch (error) {
      this.fail(error)
    }
    for (const name of CHECKPOINTS) void this.saveSoon(name)
  }

  /** Leaves the directory in order, after its logs were closed; an offline one as it is. */
  close(brokerEpoch: number): void {
    const { disk } = this.#options.context
    if (!this.#isOffline) {
      try {
        this.#writeCheckpoints()
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

  #renameAside(log: PartitionLog, folder: string, suffix: '-stray' | '-delete'): string | null {
    if (this.#isOffline) return null
    const { disk, random } = this.#options.context
    void this.#forget(logFolderName(log.topic, log.partition))
    const path = `${this.path}/${suffixedLogFolderName(log.topic, log.partition, suffix, uniqueIdOf(random))}`
    try {
      disk.rename(folder, path)
      return path
    } catch (error) {
      this.fail(error)
      return null
    }
  }

  async #forget(folderName: string): Promise<void> {
    this.#forgotten.add(folderName)
    await Promise.all(CHECKPOINTS.map(name => this.saveSoon(name)))
    this.#forgotten.delete(folderName)
  }

  async #saveAtEndOfTurn(name: CheckpointName): Promise<void> {
    const { disk, timers } = this.#options.context
    await new Promise<void>(resolve => timers.endOfTurn(resolve))
    this.#saving.delete(name)
    await this.saveCheckpoint(name)
    if (this.#isOffline) return
    try {
      disk.syncDirectory(this.path)
    } catch (error) {
      this.fail(error)
    }
  }

  #writeCheckpoints(): void {
    const { disk } = this.#options.context
    for (const name of CHECKPOINTS) writeOffsetCheckpoint(disk, `${this.path}/${name}`, this.#entries(name))
    this.#forgotten.clear()
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
  [CLEANER_OFFSET_CHECKPOINT]: (log: PartitionLog) => log.compaction.cleanedUpTo,
} as const satisfies Record<CheckpointName, (log: PartitionLog) => number>

const CHECKPOINTS: readonly CheckpointName[] = [
  RECOVERY_POINT_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  CLEANER_OFFSET_CHECKPOINT,
]

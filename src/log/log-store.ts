import { DiskError } from '../io/disk'
import { LogCompaction } from './cleaner/log-compaction'
import { DamagedFile } from './damaged-file'
import { LocalLog } from './local-log'
import type { LogHome } from './log-home'
import type { LogParts, PartitionLogOptions } from './log-parts'
import { LogReader } from './log-reader'
import { syncPartitionMetadata } from './partition-metadata'

/** Whose files they are: it knows what of them may be seen. */
export interface LogOwner {
  readonly isOffline: boolean
  readonly logStartOffset: number
  readonly lastStableOffset: number
  readonly onAdvance: (() => void) | null
}

/** A log in one folder, with all that reads and compacts it. A log that moves to another directory goes on with another store. */
export class LogStore {
  readonly home: LogHome
  readonly parts: LogParts
  readonly reader: LogReader
  readonly compaction: LogCompaction
  owner: LogOwner
  #isReleased = false
  #isUnsynced: boolean

  constructor(options: PartitionLogOptions, owner: LogOwner) {
    const { context, directory, epochs, producers, snapshots } = options
    this.home = directory
    this.owner = owner
    this.#isUnsynced = options.isUnsynced
    const local = new LocalLog({
      ...options,
      beforeFlush: () => this.#beforeFlush(),
      onWritten: () => this.owner.onAdvance?.(),
      onFailed: error => this.home.fail(error),
    })
    this.parts = { context, local, epochs, producers, snapshots }
    const onFailed = (error: unknown) => this.failed(error)
    this.reader = new LogReader({ local, logger: context.logger, bounds: this, onFailed })
    this.compaction = new LogCompaction(this.parts, this, options.cleanedUpTo)
  }

  get isOffline(): boolean {
    return this.#isReleased || this.owner.isOffline
  }

  get logStartOffset(): number {
    return this.owner.logStartOffset
  }

  get logEndOffset(): number {
    return this.parts.local.logEndOffset
  }

  get lastStableOffset(): number {
    return this.owner.lastStableOffset
  }

  /** Takes the directory offline; an error that is not the disk's is thrown. Files that were given up may be missing. */
  failed(error: unknown): void {
    if (!(error instanceof DiskError || error instanceof DamagedFile)) throw error
    if (!this.#isReleased) this.home.fail(error)
  }

  /** Writes all that is in memory, flushes and closes the files. */
  async close(): Promise<void> {
    const { local, epochs, producers, snapshots } = this.parts
    const { nextOffset } = local
    this.compaction.revoke()
    try {
      if (!this.isOffline) {
        epochs.save(nextOffset)
        if (nextOffset > this.logStartOffset) snapshots.take(nextOffset, producers.entries())
      }
      await local.close()
    } catch (error) {
      this.failed(error)
    }
    this.#isReleased = true
  }

  /** Goes on in the place of `left`, whose batches were copied here. */
  succeed(left: LogStore): void {
    this.owner = left.owner
    // The batches do not tell of an epoch without records, nor where one began whose first records were compacted away.
    this.parts.epochs.adopt(left.parts.epochs)
    this.compaction.adopt(left.compaction)
  }

  /** The directory has failed, or the folder is about to go: the files are left as they are. */
  abandon(): void {
    this.#isReleased = true
    this.compaction.revoke()
    this.parts.local.abandon()
  }

  /** The folder has been renamed. */
  moveTo(folder: string): void {
    const { local, epochs, snapshots } = this.parts
    local.moveTo(folder)
    epochs.moveTo(folder)
    snapshots.moveTo(folder)
  }

  /** What the recovery point depends on besides the segments, whose flush makes the names in the folder durable. */
  async #beforeFlush(): Promise<void> {
    const { context, local, epochs, snapshots } = this.parts
    if (this.#isUnsynced) {
      this.#isUnsynced = false
      await syncPartitionMetadata(context.disk, local.folder)
      this.home.syncFolders()
    }
    epochs.save(local.nextOffset)
    await snapshots.sync()
  }
}

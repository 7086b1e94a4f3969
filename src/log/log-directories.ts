/**
 * All logs of this broker, over one or several `log.dirs` (Kafka: LogManager).
 *
 * Invariants
 * - A partition has one log, in one directory.
 * - A directory that failed stays offline with its logs; the others carry on.
 * - A log that may have been in a directory that is offline is never made anew somewhere else: it would come back empty.
 */
import { ErrorCode } from '../../protocol/errors'
import type { TopicConfig } from '../config/topic-config'
import { BufferPool } from '../io/buffer-pool'
import type { Clock } from '../io/clock'
import { type Disk, DiskError } from '../io/disk'
import type { Logger } from '../io/logger'
import type { Random } from '../io/random'
import type { Timers } from '../io/timers'
import { LogCleaner } from './cleaner/log-cleaner'
import { DamagedFile } from './damaged-file'
import { DelayedRemovals } from './delayed-removals'
import { claimDirectory, DirectoryRefused } from './directory-claim'
import { FlushSchedule } from './flush-schedule'
import { IndexMemory } from './index-memory'
import { LoadProgress } from './load-progress'
import { LogChores } from './log-chores'
import type { LogContext } from './log-context'
import { createLog, type LogIdentity, unreachableLog } from './log-creation'
import { LogDirectory } from './log-directory'
import { LogDirectoryLoader, NO_TOPIC_ID } from './log-directory-loader'
import { LogFigures } from './log-figures'
import { logFolderName } from './log-file-names'
import { LogMoves } from './log-moves'
import type { LogSettings } from './log-settings'
import type { PartitionLog } from './partition-log'
import { writePartitionMetadata } from './partition-metadata'
import { ReadAhead } from './read-ahead'
import { SyncLimiter } from './sync-limiter'
import { TailCache } from './tail-cache'
import { WriteSchedule } from './write-schedule'

/** What most clients ask for of a partition, and what is read in front of it to find its beginning. */
const READ_BYTES = 1024 * 1024 + 64 * 1024
const IDLE_READS = 8

export interface LogDirectoriesOptions {
  /** Entries of `log.dirs`; made when absent. */
  readonly paths: readonly string[]
  readonly clusterId: string
  readonly nodeId: number
  /** As they are now: some may change while logs are open. */
  readonly settings: () => LogSettings
  /** Settings of a topic whose log is found at the start. Asked by name, since a log directory of Kafka may hold topics not known here. */
  readonly topicConfig: (topic: string) => TopicConfig
  readonly disk: Disk
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly logger: Logger
  /** Memory for the newest bytes of all logs. */
  readonly tailCacheBytes?: number
  /** Memory for indexes of segments that are no longer appended to. */
  readonly indexMemoryBytes?: number
  /** A directory failed; its logs are offline from now on. */
  readonly onDirectoryFailed?: (path: string, error: Error) => void
  /** The last directory failed: the broker cannot go on. */
  readonly onAllFailed?: (error: Error) => void
}

export interface LogDirectoryState {
  readonly path: string
  /** From meta.properties. */
  readonly directoryId: string
  readonly isOffline: boolean
  /** Bytes of the volume: whole and free; -1 when offline. */
  readonly totalBytes: number
  readonly usableBytes: number
  readonly logs: readonly PartitionLog[]
  /** Copies of logs of other directories that are going to move here. */
  readonly futures: readonly PartitionLog[]
}

const DEFAULT_TAIL_CACHE_BYTES = 64 * 1024 * 1024
const DEFAULT_INDEX_MEMORY_BYTES = 32 * 1024 * 1024

export class LogDirectories {
  readonly #options: LogDirectoriesOptions
  readonly #context: LogContext
  readonly #directories: LogDirectory[] = []
  /** By folder name. */
  readonly #logs = new Map<string, PartitionLog>()
  readonly #moves = new LogMoves()
  #chores: LogChores | null = null
  #cleaner: LogCleaner | null = null

  private constructor(options: LogDirectoriesOptions) {
    const { disk, clock, timers, random, logger, settings } = options
    this.#options = options
    this.#context = {
      disk,
      clock,
      timers,
      random,
      logger,
      tailCache: new TailCache(options.tailCacheBytes ?? DEFAULT_TAIL_CACHE_BYTES),
      readAhead: new ReadAhead(),
      readBuffers: new BufferPool({ sizes: [READ_BYTES], idleBytesMax: IDLE_READS * READ_BYTES }),
      indexMemory: new IndexMemory(options.indexMemoryBytes ?? DEFAULT_INDEX_MEMORY_BYTES),
      writes: new WriteSchedule(timers),
      flushes: new FlushSchedule(clock, timers),
      syncs: new SyncLimiter(),
      removals: new DelayedRemovals(options),
      figures: new LogFigures(),
      producerIdExpirationMs: () => settings().producerIdExpirationMs,
    }
  }

  /**
   * Locks the directories, checks whose they are, loads and recovers their logs. Rejects with `DirectoryRefused` when one is somebody
   * else's, and when none can be used.
   */
  static async open(options: LogDirectoriesOptions): Promise<LogDirectories> {
    const directories = new LogDirectories(options)
    try {
      directories.#claim()
      await directories.#load()
    } catch (error) {
      for (const directory of directories.#directories) directory.release()
      throw error
    }
    directories.#startChores()
    return directories
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(logFolderName(topic, partition))
  }

  /**
   * A new log in the directory with the fewest. A log of that name with another topic id is put aside (`-stray`). With a directory offline
   * and `isNew` not set the log is taken for one of the lost ones, and comes back offline instead of empty.
   */
  create(
    topic: string,
    partition: number,
    topicId: string,
    config: TopicConfig,
    { isNew }: { readonly isNew: boolean } = { isNew: false },
  ): PartitionLog {
    const identity = { topic, partition, topicId, config }
    const existing = this.get(topic, partition)
    if (existing?.topicId === NO_TOPIC_ID) return this.#adopt(existing, identity)
    if (existing) this.#remove(existing, '-stray')
    const offline = this.#directories.find(directory => directory.isOffline)
    if (offline && !isNew) return this.#register(unreachableLog(identity, this.#context, offline), offline)
    for (let directory = this.#emptiest(); directory; directory = this.#emptiest()) {
      try {
        return this.#register(createLog(identity, this.#context, directory), directory)
      } catch (error) {
        if (!(error instanceof DiskError)) throw error
        directory.fail(error)
      }
    }
    const [failed] = this.#directories
    return this.#register(unreachableLog(identity, this.#context, failed!), failed!)
  }

  /** Renames the folder to `-delete`; the files go after `file.delete.delay.ms`. */
  delete(topic: string, partition: number): void {
    const log = this.get(topic, partition)
    if (!log) return
    const path = this.#remove(log, '-delete')
    if (path === null) return
    const { disk, removals } = this.#context
    removals.add(log.config.fileDeleteDelayMs, { description: path, remove: () => disk.removeTree(path) })
  }

  /**
   * Begins to move a log to the directory at `path`; that goes on behind the scenes. The directory where it is ends a move under way.
   * LOG_DIR_NOT_FOUND, KAFKA_STORAGE_ERROR when one of the two is offline, REPLICA_NOT_AVAILABLE when there is no such log.
   */
  move(topic: string, partition: number, path: string): number {
    const log = this.get(topic, partition)
    const to = this.#directories.find(directory => directory.path === path)
    const from = this.#directories.find(({ logs }) => log && logs.has(log))
    if (!to) return ErrorCode.LOG_DIR_NOT_FOUND
    if (!log || !from) return ErrorCode.REPLICA_NOT_AVAILABLE
    if (log.isOffline || to.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR
    if (from === to) this.#moves.cancel(log)
    else this.#moves.begin({ log, from, to, context: this.#context })
    return ErrorCode.NONE
  }

  get figures(): LogFigures {
    return this.#context.figures
  }

  get tailCache(): TailCache {
    return this.#context.tailCache
  }

  logs(): Iterable<PartitionLog> {
    return this.#logs.values()
  }

  directories(): readonly LogDirectoryState[] {
    return this.#directories.map(directory => {
      const space = directory.space()
      const { path, directoryId, isOffline } = directory
      return { path, directoryId, isOffline, ...space, logs: [...directory.logs], futures: [...directory.futures] }
    })
  }

  /** Flushes, writes snapshots, checkpoints and the marker of a clean shutdown, unlocks. `brokerEpoch` goes into the marker. */
  async close(brokerEpoch = -1): Promise<void> {
    await Promise.all([this.#chores?.stop(), this.#cleaner?.stop(), this.#moves.stop()])
    this.#context.removals.removeAll()
    await Promise.all(Array.from(this.#logs.values(), log => log.close()))
    for (const directory of this.#directories) directory.close(brokerEpoch)
  }

  #claim(): void {
    const { paths, clusterId, nodeId } = this.#options
    const { disk, random } = this.#context
    for (const path of paths) {
      try {
        const { directoryId, lock } = claimDirectory(disk, random, path, { clusterId, nodeId })
        this.#directories.push(this.#directory(path, directoryId, lock))
      } catch (error) {
        if (!(error instanceof DiskError || error instanceof DamagedFile)) throw error
        const directory = this.#directory(path, '', null)
        this.#directories.push(directory)
        directory.fail(error)
      }
    }
    const ids = this.#online().map(directory => directory.directoryId)
    if (new Set(ids).size < ids.length) throw new DirectoryRefused('Two log directories have the same directory.id.')
  }

  #directory(path: string, directoryId: string, lock: { release(): void } | null): LogDirectory {
    const onFailed = (error: Error) => {
      this.#options.onDirectoryFailed?.(path, error)
      if (this.#chores && this.#online().length === 0) this.#options.onAllFailed?.(error)
    }
    return new LogDirectory({ path, directoryId, lock, context: this.#context, onFailed })
  }

  async #load(): Promise<void> {
    const { topicConfig } = this.#options
    const context = this.#context
    const progress = new LoadProgress(context)
    await Promise.all(
      this.#online().map(directory =>
        new LogDirectoryLoader({ context, directory, topicConfig, progress }).load(log => this.#loaded(log, directory)),
      ),
    )
    if (this.#online().length === 0) throw new DirectoryRefused('None of the log directories can be used.')
  }

  /** Two folders of one partition are what a move from one directory to the other leaves when it is cut short: both hold the same. */
  #loaded(log: PartitionLog, directory: LogDirectory): void {
    const other = this.get(log.topic, log.partition)
    if (other && other.logEndOffset >= log.logEndOffset) directory.setAside(log, '-stray')
    else {
      if (other) this.#remove(other, '-stray')
      this.#register(log, directory)
    }
  }

  #startChores(): void {
    const { settings } = this.#options
    const parts = { context: this.#context, directories: this.#directories }
    this.#chores = new LogChores({ ...parts, settings: settings() })
    if (settings().logCleanerEnable) this.#cleaner = new LogCleaner({ ...parts, settings })
  }

  #online(): LogDirectory[] {
    return this.#directories.filter(directory => !directory.isOffline)
  }

  #emptiest(): LogDirectory | undefined {
    return this.#online().reduce<LogDirectory | undefined>(
      (best, directory) => (best && best.logs.size <= directory.logs.size ? best : directory),
      undefined,
    )
  }

  #register(log: PartitionLog, directory: LogDirectory): PartitionLog {
    directory.logs.add(log)
    this.#logs.set(logFolderName(log.topic, log.partition), log)
    return log
  }

  /** Returns where the folder is now; null when its directory is offline. */
  #remove(log: PartitionLog, suffix: '-stray' | '-delete'): string | null {
    this.#logs.delete(logFolderName(log.topic, log.partition))
    return this.#directories.find(({ logs }) => logs.has(log))?.setAside(log, suffix) ?? null
  }

  /** The log does not say whose it is, as one that was begun by an old Kafka, or one whose folder was just being made. */
  #adopt(log: PartitionLog, { topicId, config }: LogIdentity): PartitionLog {
    writePartitionMetadata(this.#context.disk, log.folder, topicId)
    log.adopt(topicId)
    log.updateConfig(config)
    return log
  }
}

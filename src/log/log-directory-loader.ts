import type { TopicConfig } from '../config/topic-config'
import { DiskError } from '../io/disk'
import { readCleanShutdown, removeCleanShutdown } from './clean-shutdown'
import { DamagedFile } from './damaged-file'
import type { LoadProgress } from './load-progress'
import type { LogContext } from './log-context'
import type { LogDirectory } from './log-directory'
import { type LogFolderName, parseLogFolderName } from './log-file-names'
import { type LoadedLog, loadLog } from './log-recovery'
import {
  CLEANER_OFFSET_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  RECOVERY_POINT_CHECKPOINT,
  readOffsetCheckpoint,
} from './offset-checkpoint'
import { PartitionLog } from './partition-log'
import { readPartitionMetadata } from './partition-metadata'

/** Logs of one directory that are recovered side by side: while one waits for the disk, another one computes. */
const CONCURRENT_LOGS = 4
/** Kafka's own metadata; it may lie here, and is no partition of ours. */
const CLUSTER_METADATA_TOPIC = '__cluster_metadata'
/** The id of a topic whose log does not tell it. */
export const NO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

interface Checkpoints {
  readonly isClean: boolean
  readonly recoveryPoints: ReadonlyMap<string, number>
  readonly logStartOffsets: ReadonlyMap<string, number>
  readonly highWatermarks: ReadonlyMap<string, number>
  readonly cleanerOffsets: ReadonlyMap<string, number>
}

/** Loads the logs of a directory that was claimed. Its failure takes it offline and ends the loading quietly. */
export class LogDirectoryLoader {
  readonly #context: LogContext
  readonly #directory: LogDirectory
  readonly #topicConfig: (topic: string) => TopicConfig
  readonly #progress: LoadProgress

  constructor(options: {
    readonly context: LogContext
    readonly directory: LogDirectory
    readonly topicConfig: (topic: string) => TopicConfig
    readonly progress: LoadProgress
  }) {
    this.#context = options.context
    this.#directory = options.directory
    this.#topicConfig = options.topicConfig
    this.#progress = options.progress
  }

  /** Hands every log to `onLoaded` as it becomes ready. */
  async load(onLoaded: (log: PartitionLog) => void): Promise<void> {
    try {
      const checkpoints = this.#readCheckpoints()
      const folders = this.#findFolders()
      if (!checkpoints.isClean && folders.length > 0) this.#tellOfRecovery(folders.length)
      this.#progress.expect(folders.length)
      const loadNext = async (): Promise<void> => {
        for (let name = folders.pop(); name && !this.#directory.isOffline; name = folders.pop()) {
          onLoaded(await this.#loadFolder(name, checkpoints))
          this.#progress.done()
          await this.#progress.slice()
        }
      }
      await Promise.all(Array.from({ length: CONCURRENT_LOGS }, loadNext))
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#directory.fail(error)
    }
  }

  /** The marker of a clean stop is taken away before anything changes. */
  #readCheckpoints(): Checkpoints {
    const { disk, logger } = this.#context
    const { path } = this.#directory
    const isClean = readCleanShutdown(disk, path) !== null
    if (isClean) removeCleanShutdown(disk, path)
    const read = (name: string) => readOffsetCheckpoint(disk, `${path}/${name}`, logger)
    return {
      isClean,
      recoveryPoints: read(RECOVERY_POINT_CHECKPOINT),
      logStartOffsets: read(LOG_START_OFFSET_CHECKPOINT),
      highWatermarks: read(HIGH_WATERMARK_CHECKPOINT),
      cleanerOffsets: read(CLEANER_OFFSET_CHECKPOINT),
    }
  }

  #tellOfRecovery(logs: number): void {
    const directory = this.#directory.path
    this.#context.logger.info('the last stop was not in order: logs are checked from their last checkpoint on', {
      directory,
      logs,
    })
  }

  /** Names of the folders that hold logs. What was on its way out is removed. */
  #findFolders(): string[] {
    const { disk, removals } = this.#context
    const folders: string[] = []
    for (const name of disk.list(this.#directory.path)) {
      const parsed = parseLogFolderName(name)
      const path = `${this.#directory.path}/${name}`
      if (!parsed || parsed.topic === CLUSTER_METADATA_TOPIC || !disk.stat(path)?.isDirectory) continue
      if (parsed.suffix === '') folders.push(name)
      else if (parsed.suffix !== '-stray') {
        removals.add(0, { description: path, remove: () => disk.removeTree(path) })
      }
    }
    return folders.reverse()
  }

  async #loadFolder(name: string, checkpoints: Checkpoints): Promise<PartitionLog> {
    const { topic, partition } = parseLogFolderName(name) as LogFolderName
    const folder = `${this.#directory.path}/${name}`
    const config = this.#topicConfig(topic)
    const loaded = await this.#readLog(folder, {
      config,
      isClean: checkpoints.isClean,
      recoveryPoint: checkpoints.recoveryPoints.get(name) ?? 0,
      logStartOffset: checkpoints.logStartOffsets.get(name) ?? 0,
    })
    return new PartitionLog({
      ...loaded,
      topic,
      partition,
      topicId: this.#topicIdOf(folder) ?? NO_TOPIC_ID,
      config,
      context: this.#context,
      directory: this.#directory,
      folder,
      isUnsynced: !checkpoints.isClean,
      highWatermark: checkpoints.highWatermarks.get(name) ?? 0,
      cleanedUpTo: checkpoints.cleanerOffsets.get(name) ?? -1,
    })
  }

  async #readLog(
    folder: string,
    options: {
      readonly config: TopicConfig
      readonly isClean: boolean
      readonly recoveryPoint: number
      readonly logStartOffset: number
    },
  ): Promise<LoadedLog> {
    const context = this.#context
    const loaded = await loadLog({ ...options, context, folder, afterSlice: () => this.#progress.slice() })
    const { logStartOffset, logEndOffset, lostBytes } = loaded
    const fields = { folder, logStartOffset, logEndOffset, lostBytes }
    if (lostBytes > 0) context.logger.warn('recovered a log, not all of it was whole', fields)
    else context.logger.debug(options.isClean ? 'opened a log' : 'recovered a log', fields)
    return loaded
  }

  /** A file that a crash left half written is as good as none: the log gets its id from the metadata. */
  #topicIdOf(folder: string): string | null {
    try {
      return readPartitionMetadata(this.#context.disk, folder)
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error
      this.#context.logger.warn('the topic id of a log cannot be read', { folder, error })
      return null
    }
  }
}

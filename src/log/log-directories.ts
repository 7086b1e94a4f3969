import type { TopicConfig } from '../config/topic-config'
import type { Clock } from '../io/clock'
import type { Disk } from '../io/disk'
import type { Logger } from '../io/logger'
import type { Random } from '../io/random'
import type { Timers } from '../io/timers'
import type { PartitionLog } from './partition-log'

export interface LogDirectoriesOptions {
  /** Entries of `log.dirs`; made when absent. */
  readonly paths: readonly string[]
  readonly clusterId: string
  readonly nodeId: number
  readonly settings: LogSettings
  /** Settings of a topic whose log is found at the start. Asked by name, since a log directory of Kafka may hold topics not known here. */
  readonly topicConfig: (topic: string) => TopicConfig
  readonly disk: Disk
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly logger: Logger
  /** A directory failed; its logs are offline from now on. */
  readonly onDirectoryFailed?: (path: string, error: Error) => void
  /** The last directory failed: the broker cannot go on. */
  readonly onAllFailed?: (error: Error) => void
}

/** The settings of the broker that concern logs; the names are those of `BrokerConfig`, so a whole one may be given. */
export interface LogSettings {
  readonly logRetentionCheckIntervalMs: number
  readonly logFlushOffsetCheckpointIntervalMs: number
  readonly logFlushStartOffsetCheckpointIntervalMs: number
  readonly replicaHighWatermarkCheckpointIntervalMs: number
  readonly producerIdExpirationMs: number
  readonly producerIdExpirationCheckIntervalMs: number
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
}

/** All logs of this broker, over one or several `log.dirs`. */
export declare class LogDirectories {
  /** Locks the directories, checks whose they are, loads and recovers their logs. Rejects with an Error that a person can act on. */
  static open(options: LogDirectoriesOptions): Promise<LogDirectories>
  get(topic: string, partition: number): PartitionLog | undefined
  /**
   * A new log in the directory with the fewest. A log of that name with another topic id is put aside (`-stray`). With a directory offline
   * and `isNew` not set the log is taken for one of the lost ones, and comes back offline instead of empty.
   */
  create(
    topic: string,
    partition: number,
    topicId: string,
    config: TopicConfig,
    options?: { readonly isNew: boolean },
  ): PartitionLog
  /** Renames the folder to `-delete`; the files go after `file.delete.delay.ms`. */
  delete(topic: string, partition: number): void
  logs(): Iterable<PartitionLog>
  directories(): readonly LogDirectoryState[]
  /** Flushes, writes snapshots, checkpoints and the marker of a clean shutdown, unlocks. */
  close(): Promise<void>
}

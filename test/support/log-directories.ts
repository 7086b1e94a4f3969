import { ErrorCode, errorName } from '../../protocol/errors'
import { encodeEndTransactionMarker } from '../../protocol/records/control-record'
import { decodeRecords, encodeBatch, iterateBatches, type RecordInput } from '../../protocol/records/record-batch'
import type { TopicConfig } from '../../src/config/topic-config'
import { MemoryDisk, type MemoryDiskOptions } from '../../src/io/memory/memory-disk'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { VirtualClock } from '../../src/io/memory/virtual-clock'
import { VirtualTimers } from '../../src/io/memory/virtual-timers'
import { LogDirectories, type LogDirectoriesOptions } from '../../src/log/log-directories'
import type { LogSettings } from '../../src/log/log-settings'
import type { AppendOrigin, AppendResult, PartitionLog, ReadResult } from '../../src/log/partition-log'
import { RecordingLogger } from './recording-logger'

/** Kafka's defaults, but for file deletion, which happens at once. */
export const topicConfig = (changes: Partial<TopicConfig> = {}): TopicConfig => ({
  cleanupPolicy: { compact: false, delete: true },
  retentionMs: 604_800_000,
  retentionBytes: -1,
  segmentBytes: 1_073_741_824,
  segmentMs: 604_800_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10_485_760,
  indexIntervalBytes: 4096,
  preallocate: false,
  maxMessageBytes: 1_048_588,
  messageTimestampType: 'CreateTime',
  messageTimestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  messageTimestampAfterMaxMs: 3_600_000,
  compressionType: 'producer',
  compressionGzipLevel: -1,
  compressionZstdLevel: 3,
  minInsyncReplicas: 1,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
  fileDeleteDelayMs: 0,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
  deleteRetentionMs: 86_400_000,
  uncleanLeaderElectionEnable: false,
  ...changes,
})

export const TOPIC_ID = 'dG9waWMtaWQtMTIzNDU2Nw'
export const DATA = '/data'

export interface LogWorldOptions extends Omit<MemoryDiskOptions, 'clock'> {
  readonly config?: Partial<TopicConfig>
  readonly seed?: number
  /** Instead of a new, empty one. */
  readonly disk?: MemoryDisk
}

/** A disk and time on which log directories are opened, closed and crashed. */
export class LogWorld {
  readonly clock = new VirtualClock(1_000_000)
  timers = new VirtualTimers(this.clock)
  readonly disk: MemoryDisk
  readonly random: SeededRandom
  readonly logger = new RecordingLogger()
  readonly failedDirectories: string[] = []
  readonly allFailed: Error[] = []
  config: TopicConfig
  settings: LogSettings = {
    logRetentionCheckIntervalMs: 300_000,
    logFlushOffsetCheckpointIntervalMs: 60_000,
    logFlushStartOffsetCheckpointIntervalMs: 60_000,
    replicaHighWatermarkCheckpointIntervalMs: 5_000,
    producerIdExpirationMs: 86_400_000,
    producerIdExpirationCheckIntervalMs: 600_000,
    logCleanerEnable: true,
    logCleanerBackoffMs: 15_000,
    logCleanerDedupeBufferSize: 1_048_576,
    logCleanerIoBufferSize: 8192,
    logCleanerIoBufferLoadFactor: 0.9,
    logCleanerIoMaxBytesPerSecond: Number.MAX_VALUE,
  }
  directories!: LogDirectories

  constructor(options: LogWorldOptions = {}) {
    const { config, disk, seed = 1, ...diskOptions } = options
    this.disk = disk ?? new MemoryDisk({ clock: this.clock, ...diskOptions })
    this.random = new SeededRandom(seed)
    this.config = topicConfig(config)
  }

  async open(changes: Partial<LogDirectoriesOptions> = {}): Promise<LogDirectories> {
    this.directories = await this.run(
      LogDirectories.open({
        paths: [DATA],
        clusterId: 'cluster',
        nodeId: 1,
        settings: () => this.settings,
        topicConfig: () => this.config,
        disk: this.disk,
        clock: this.clock,
        timers: this.timers,
        random: this.random,
        logger: this.logger,
        onDirectoryFailed: path => this.failedDirectories.push(path),
        onAllFailed: error => this.allFailed.push(error),
        ...changes,
      }),
    )
    return this.directories
  }

  /** Lets ends of turns come until `promise` has settled. */
  async run<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false
    const settled = promise.finally(() => {
      isSettled = true
    })
    settled.catch(() => {})
    while (!isSettled) await this.timers.settle()
    return settled
  }

  /** The log of partition 0, made when it is not there. */
  log(topic = 'topic', partition = 0): PartitionLog {
    return (
      this.directories.get(topic, partition) ??
      this.directories.create(topic, partition, TOPIC_ID, this.config, { isNew: true })
    )
  }

  async close(): Promise<void> {
    await this.run(this.directories.close())
  }

  /** The process dies, or the machine does: what was under way is never heard of again. */
  crash(options: { readonly keepPageCache: boolean }): void {
    this.disk.crash({ ...options, random: this.random })
    this.timers = new VirtualTimers(this.clock)
  }
}

export interface AppendShape {
  readonly records?: readonly RecordInput[]
  readonly leaderEpoch?: number
  readonly origin?: AppendOrigin
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly now?: number
}

export const record = (value: string, changes: Partial<RecordInput> = {}): RecordInput => ({
  value: Buffer.from(value),
  timestamp: 1_000_000,
  ...changes,
})

/** Appends one batch as a client does. */
export const append = (log: PartitionLog, ...values: readonly string[]): AppendResult =>
  appendBatch(log, { records: values.map(value => record(value)) })

export const appendBatch = (log: PartitionLog, shape: AppendShape): AppendResult => {
  const { records = [record('v')], leaderEpoch = 0, origin = 'client', now = 1_000_000, ...producer } = shape
  return log.append(encodeBatch({ records, ...producer }), { leaderEpoch, origin, now })
}

/** The values of all records from `from` to the end. */
export const valuesOf = async (log: PartitionLog, from = log.logStartOffset): Promise<string[]> => {
  const values: string[] = []
  for (let offset = from; offset < log.logEndOffset; ) {
    const { records, nextOffset, errorCode } = await log.read({
      offset,
      maxBytes: 1_000_000,
      upTo: log.logEndOffset,
      minOneBatch: true,
    })
    if (errorCode !== ErrorCode.NONE) throw new Error(`reading at ${offset} failed with ${errorName(errorCode)}`)
    if (nextOffset === offset) break
    for (const { offset: at, value } of records.flatMap(decodeAll)) if (at >= from) values.push(value!.toString())
    offset = nextOffset
  }
  return values
}

const decodeAll = (buffer: Buffer) =>
  [...iterateBatches(buffer)].flatMap(({ position }) => decodeRecords(buffer, position, { maxBytes: 10_000_000 }))

/** Ends a transaction as its coordinator does. */
export const endTransaction = (
  log: PartitionLog,
  marker: { producerId: number; producerEpoch?: number; isCommit?: boolean; coordinatorEpoch?: number },
): AppendResult => {
  const { producerId, producerEpoch = 0, isCommit = true, coordinatorEpoch = 0 } = marker
  const timestamp = 1_000_000
  const batch = encodeEndTransactionMarker({ producerId, producerEpoch, isCommit, coordinatorEpoch, timestamp })
  return log.append(batch, { leaderEpoch: 0, origin: 'coordinator', now: timestamp })
}

export const readAll = async (log: PartitionLog, from = log.logStartOffset): Promise<ReadResult> =>
  log.read({ offset: from, maxBytes: 100_000_000, upTo: log.logEndOffset, minOneBatch: true })

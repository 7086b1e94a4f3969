import { posix } from 'node:path'
import type { Disk } from '../io/disk'
import { CLEAN_SHUTDOWN_FILE } from '../log/clean-shutdown'
import { DamagedFile } from '../log/damaged-file'
import { LEADER_EPOCH_CHECKPOINT, readEpochs } from '../log/leader-epoch-cache'
import { parseLogFolderName, parseSegmentFileName, type SegmentFileName } from '../log/log-file-names'
import { META_PROPERTIES_FILE, readMetaProperties } from '../log/meta-properties'
import {
  CLEANER_OFFSET_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  parseOffsetCheckpoint,
  RECOVERY_POINT_CHECKPOINT,
} from '../log/offset-checkpoint'
import { PARTITION_METADATA_FILE, readPartitionMetadata } from '../log/partition-metadata'
import { dumpBatches } from './dump-batches'
import { dumpOffsetIndex, dumpProducerSnapshot, dumpTimeIndex, dumpTransactionIndex } from './dump-indexes'
import { recordsOfTopic } from './dump-record'

export interface DumpOptions {
  readonly disk: Disk
  /** Whether to print the records in .log files, too. */
  readonly records: boolean
}

const OFFSET_CHECKPOINTS: readonly string[] = [
  RECOVERY_POINT_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  CLEANER_OFFSET_CHECKPOINT,
]

/** Batches outside of logs: snapshots of Kafka's cluster metadata. */
const METADATA_SNAPSHOT = /\.checkpoint$/

/**
 * Lines that show to people what is in a file of a log directory; of a folder, all that is in it. Damage is shown where it is met: nothing
 * throws but a disk that fails and a path where there is nothing (`DiskError`).
 */
export async function* dumpFile(path: string, options: DumpOptions): AsyncGenerator<string> {
  const { disk } = options
  if (disk.stat(path)?.isDirectory) {
    for (const name of disk.list(path)) yield* dumpFile(`${path}/${name}`, options)
    return
  }
  const file = disk.open(path, 'read')
  const size = file.size()
  file.close()
  yield `${path}: ${size} bytes`
  const segmentFile = parseSegmentFileName(posix.basename(path))
  if (segmentFile) yield* dumpSegmentFile(path, segmentFile, options)
  else yield* dumpOther(path, options)
}

async function* dumpSegmentFile(path: string, file: SegmentFileName, options: DumpOptions): AsyncGenerator<string> {
  if (file.kind === 'log') {
    const topic = parseLogFolderName(posix.basename(posix.dirname(path)))?.topic ?? null
    yield* dumpBatches(options.disk, path, { records: options.records, recordsByType: recordsOfTopic(topic) })
    return
  }
  const bytes = options.disk.readFile(path) ?? Buffer.alloc(0)
  if (file.kind === 'index') yield* dumpOffsetIndex(bytes, file.baseOffset)
  else if (file.kind === 'timeindex') yield* dumpTimeIndex(bytes, file.baseOffset)
  else if (file.kind === 'txnindex') yield* dumpTransactionIndex(bytes)
  else yield* dumpProducerSnapshot(bytes)
}

async function* dumpOther(path: string, options: DumpOptions): AsyncGenerator<string> {
  const name = posix.basename(path)
  if (METADATA_SNAPSHOT.test(name)) {
    yield* dumpBatches(options.disk, path, { records: options.records, recordsByType: null })
    return
  }
  try {
    yield* smallFileLines(options.disk, path, name)
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    yield `damaged: ${error.reason}`
  }
}

function* smallFileLines(disk: Disk, path: string, name: string): Generator<string> {
  const directory = posix.dirname(path)
  if (name === LEADER_EPOCH_CHECKPOINT) {
    for (const { epoch, startOffset } of readEpochs(disk, path)) yield `epoch ${epoch} from offset ${startOffset}`
  } else if (OFFSET_CHECKPOINTS.includes(name)) {
    for (const { topic, partition, offset } of parseOffsetCheckpoint(disk, path)) {
      yield `${topic} partition ${partition} offset ${offset}`
    }
  } else if (name === PARTITION_METADATA_FILE) {
    yield `topic id ${readPartitionMetadata(disk, directory)}`
  } else if (name === META_PROPERTIES_FILE) {
    const { clusterId, nodeId, directoryId } = readMetaProperties(disk, directory)!
    yield `cluster ${clusterId}, node ${nodeId}, directory ${directoryId}`
  } else if (name === CLEAN_SHUTDOWN_FILE) {
    yield `clean shutdown ${disk.readFile(path)?.toString('utf8')}`
  } else {
    yield 'not a file of a log'
  }
}

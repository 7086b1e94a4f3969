import { batchSizeAt, CURRENT_MAGIC, MAGIC_OFFSET, magicAt } from '../../protocol/records/batch-header'
import type { Disk } from '../io/disk'
import { readCleanShutdown } from '../log/clean-shutdown'
import { DamagedFile } from '../log/damaged-file'
import { LOCK_FILE } from '../log/directory-claim'
import { logFolderName, parseLogFolderName, parseSegmentFileName } from '../log/log-file-names'
import { readMetaProperties } from '../log/meta-properties'
import {
  CLEANER_OFFSET_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  parseOffsetCheckpoint,
  RECOVERY_POINT_CHECKPOINT,
} from '../log/offset-checkpoint'
import { readPartitionMetadata } from '../log/partition-metadata'
import { CommandFailure } from './command-failure'
import { CLUSTER_METADATA_FOLDER, type MetadataReading, readClusterMetadata } from './kafka-metadata-log'

/** Checkpoint files whose entries go with a log. */
export const CHECKPOINTS = [RECOVERY_POINT_CHECKPOINT, HIGH_WATERMARK_CHECKPOINT, LOG_START_OFFSET_CHECKPOINT] as const

export type CheckpointName = (typeof CHECKPOINTS)[number]

export interface SourceFile {
  readonly name: string
  readonly sizeInBytes: number
}

/** A log in a log directory that is not ours. */
export interface SourceLog {
  readonly topic: string
  readonly partition: number
  readonly folder: string
  /** null: not said. */
  readonly topicId: string | null
  readonly files: readonly SourceFile[]
  readonly sizeInBytes: number
  /** Whether there are messages from before magic 2, which a broker of ours cannot read. */
  readonly isLegacy: boolean
  /** Whether its directory was left in order. */
  readonly isClean: boolean
  /** What the checkpoints say of it. */
  readonly checkpoints: Readonly<Partial<Record<CheckpointName, number>>>
  /** Whether the cleaner has been at it. */
  readonly isCompacted: boolean
}

/** A log directory of a Kafka. */
export interface ImportSource {
  readonly path: string
  readonly clusterId: string | null
  readonly directoryId: string | null
  readonly logs: readonly SourceLog[]
  readonly metadata: MetadataReading | null
  /** Sentences about what is left out. */
  readonly notes: readonly string[]
}

const WHY_SKIPPED: Readonly<Record<string, string>> = {
  '-delete': 'its topic was deleted',
  '-future': 'it is the copy of a log on its way to another directory',
  '-stray': 'it belongs to no topic',
}

/** Finds out what is in a log directory, without changing it. Throws `CommandFailure` when it is none, or in use. */
export const readImportSource = async (disk: Disk, path: string): Promise<ImportSource> => {
  if (!disk.stat(path)?.isDirectory) throw new CommandFailure(`${path} is not a directory`, 2)
  const properties = readMetaProperties(disk, path)
  if (properties === null) {
    throw new CommandFailure(`${path} is not a log directory of Kafka: it has no meta.properties`, 2)
  }
  if (disk.isLocked(`${path}/${LOCK_FILE}`)) throw new CommandFailure(`${path} is in use: stop its broker first`)
  const notes: string[] = []
  const isClean = readCleanShutdown(disk, path) !== null
  if (!isClean) notes.push(`${path} was not left in order: the broker will check its logs when it starts`)
  const metadata = await readClusterMetadata(disk, `${path}/${CLUSTER_METADATA_FOLDER}`)
  if (metadata?.problem) {
    notes.push(`${CLUSTER_METADATA_FOLDER} was read up to offset ${metadata.endOffset}: ${metadata.problem}`)
  }
  const checkpoints = readCheckpoints(disk, path, notes)
  const compacted = readCheckpoint(disk, path, CLEANER_OFFSET_CHECKPOINT, notes)
  const logs: SourceLog[] = []
  for (const name of disk.list(path)) {
    if (name === CLUSTER_METADATA_FOLDER || !disk.stat(`${path}/${name}`)?.isDirectory) continue
    const parsed = parseLogFolderName(name)
    if (parsed?.suffix === '') {
      const state = { isClean, checkpoints: checkpoints(name), isCompacted: compacted.has(name) }
      logs.push({ ...readLog(disk, path, name), ...state })
    } else notes.push(`skipped ${name}: ${WHY_SKIPPED[parsed?.suffix ?? ''] ?? 'it holds no log'}`)
  }
  return { path, clusterId: properties.clusterId, directoryId: properties.directoryId, logs, metadata, notes }
}

const readLog = (
  disk: Disk,
  directory: string,
  name: string,
): Omit<SourceLog, 'isClean' | 'checkpoints' | 'isCompacted'> => {
  const { topic, partition } = parseLogFolderName(name)!
  const folder = `${directory}/${name}`
  const files = disk.list(folder).flatMap(file => {
    const stat = disk.stat(`${folder}/${file}`)
    const isWanted = stat && !stat.isDirectory && parseSegmentFileName(file)?.suffix !== '.deleted'
    return isWanted ? [{ name: file, sizeInBytes: stat.size }] : []
  })
  const sizeInBytes = files.reduce((sum, file) => sum + file.sizeInBytes, 0)
  const isLegacy = files.some(file => file.name.endsWith('.log') && isLegacyLog(disk, `${folder}/${file.name}`))
  return { topic, partition, folder, topicId: readPartitionMetadata(disk, folder), files, sizeInBytes, isLegacy }
}

/** Looks at the first batch: a Kafka begins a new segment with a new format. */
const isLegacyLog = (disk: Disk, path: string): boolean => {
  const file = disk.open(path, 'read')
  try {
    const start = Buffer.alloc(MAGIC_OFFSET + 1)
    const isBatch = file.readSync(start, 0) === start.length && batchSizeAt(start, 0) > start.length
    return isBatch && magicAt(start, 0) < CURRENT_MAGIC
  } finally {
    file.close()
  }
}

/** What the checkpoints say of each log by the name of its folder. */
const readCheckpoints = (disk: Disk, directory: string, notes: string[]) => {
  const read = CHECKPOINTS.map(name => [name, readCheckpoint(disk, directory, name, notes)] as const)
  return (folder: string): SourceLog['checkpoints'] =>
    Object.fromEntries(
      read.flatMap(([name, offsets]) => (offsets.has(folder) ? [[name, offsets.get(folder)] as const] : [])),
    )
}

/** Offsets by the name of a folder. A damaged file says nothing, as for Kafka itself. */
const readCheckpoint = (disk: Disk, directory: string, name: string, notes: string[]): Map<string, number> => {
  try {
    const entries = parseOffsetCheckpoint(disk, `${directory}/${name}`)
    return new Map(entries.map(({ topic, partition, offset }) => [logFolderName(topic, partition), offset]))
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    notes.push(`${name} is passed over: ${error.reason}`)
    return new Map()
  }
}

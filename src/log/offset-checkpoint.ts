import type { Disk } from '../io/disk'
import type { Logger } from '../io/logger'
import { readCheckpoint, saveCheckpoint, wholeNumber, writeCheckpoint } from './checkpoint-file'
import { DamagedFile } from './damaged-file'
import { logFolderName } from './log-file-names'

/** Files of a log directory that hold an offset for each of its logs (Kafka's OffsetCheckpointFile). */
export const RECOVERY_POINT_CHECKPOINT = 'recovery-point-offset-checkpoint'
export const HIGH_WATERMARK_CHECKPOINT = 'replication-offset-checkpoint'
export const LOG_START_OFFSET_CHECKPOINT = 'log-start-offset-checkpoint'
export const CLEANER_OFFSET_CHECKPOINT = 'cleaner-offset-checkpoint'

export interface OffsetCheckpointEntry {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** Throws `DamagedFile`; a missing file has no entries. */
export const parseOffsetCheckpoint = (disk: Disk, path: string): OffsetCheckpointEntry[] =>
  readCheckpoint(disk, path).map(fields => {
    const [topic, partition, offset] = fields
    if (topic === undefined || fields.length !== 3) {
      throw new DamagedFile(path, `has ${JSON.stringify(fields.join(' '))} where topic, partition and offset belong`)
    }
    return { topic, partition: wholeNumber(path, partition), offset: wholeNumber(path, offset) }
  })

/**
 * Offsets by folder name (`topic-partition`). A damaged file is as good as none, like in Apache Kafka: all that depends on it can be found
 * in the logs, with more work; the logger is told.
 */
export const readOffsetCheckpoint = (disk: Disk, path: string, logger: Logger): Map<string, number> => {
  try {
    return new Map(
      parseOffsetCheckpoint(disk, path).map(entry => [logFolderName(entry.topic, entry.partition), entry.offset]),
    )
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    logger.warn('A checkpoint file is damaged and is passed over.', { path, reason: error.reason })
    return new Map()
  }
}

/** Replaces the file as a whole. */
export const writeOffsetCheckpoint = (disk: Disk, path: string, entries: Iterable<OffsetCheckpointEntry>): void =>
  writeCheckpoint(disk, path, linesOf(entries))

/** The same without holding up the event loop; after a power failure the old file may come back. */
export const saveOffsetCheckpoint = (
  disk: Disk,
  path: string,
  entries: Iterable<OffsetCheckpointEntry>,
): Promise<void> => saveCheckpoint(disk, path, linesOf(entries))

const linesOf = (entries: Iterable<OffsetCheckpointEntry>): string[] =>
  Array.from(entries, ({ topic, partition, offset }) => `${topic} ${partition} ${offset}`)

import type { Disk } from '../io/disk'
import type { Logger } from '../io/logger'

export const RECOVERY_POINT_CHECKPOINT = 'recovery-point-offset-checkpoint'
export const HIGH_WATERMARK_CHECKPOINT = 'replication-offset-checkpoint'
export const LOG_START_OFFSET_CHECKPOINT = 'log-start-offset-checkpoint'
export const CLEANER_OFFSET_CHECKPOINT = 'cleaner-offset-checkpoint'

export interface OffsetCheckpointEntry {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * Offsets by folder name (`topic-partition`). A missing file is empty; so is a damaged one, which the logger is told.
 */
export declare const readOffsetCheckpoint: (disk: Disk, path: string, logger: Logger) => Map<string, number>

/** Replaces the file at once. */
export declare const writeOffsetCheckpoint: (disk: Disk, path: string, entries: Iterable<OffsetCheckpointEntry>) => void

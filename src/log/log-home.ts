import type {
  CLEANER_OFFSET_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_OFFSET_CHECKPOINT,
  RECOVERY_POINT_CHECKPOINT,
} from './offset-checkpoint'
import type { WriteSpeed } from './write-speed'

/** What a log needs of the entry of `log.dirs` that it is in. */
export interface LogHome {
  readonly path: string
  readonly speed: WriteSpeed
  readonly isOffline: boolean
  /** Takes the directory offline for good. */
  fail(error: unknown): void
  /** Makes the names of the folders in it durable. */
  syncFolders(): void
  /** Saves a checkpoint for good at the end of the turn. */
  saveSoon(name: CheckpointName): Promise<void>
}

/** The files of a log directory that say something of each of its logs. */
export type CheckpointName =
  | typeof RECOVERY_POINT_CHECKPOINT
  | typeof HIGH_WATERMARK_CHECKPOINT
  | typeof LOG_START_OFFSET_CHECKPOINT
  | typeof CLEANER_OFFSET_CHECKPOINT

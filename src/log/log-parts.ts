import type { TopicConfig } from '../config/topic-config'
import type { LeaderEpochCache } from './leader-epoch-cache'
import type { LocalLog } from './local-log'
import type { LogContext } from './log-context'
import type { LogHome } from './log-home'
import type { ProducerSnapshots } from './producer-snapshots'
import type { ProducerState } from './producer-state'
import type { SegmentList } from './segment-list'

/** What one partition's log consists of. All parts end at the same offset. */
export interface LogParts {
  readonly context: LogContext
  readonly local: LocalLog
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerState
  readonly snapshots: ProducerSnapshots
}

/** Begins a new segment at the end of the log, and keeps the producers as they are at its beginning. */
export const rollLog = ({ local, producers, snapshots }: LogParts, baseOffset: number, now: number): void => {
  snapshots.take(baseOffset, producers.entries())
  local.roll(baseOffset, now)
}

/** A log as it was found or made. */
export interface PartitionLogOptions {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: TopicConfig
  readonly context: LogContext
  readonly directory: LogHome
  readonly folder: string
  /** Whether the folder itself may not survive a crash: it has just been made, or was found after an unclean stop. */
  readonly isUnsynced: boolean
  readonly segments: SegmentList
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerState
  readonly snapshots: ProducerSnapshots
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly recoveryPoint: number
  readonly highWatermark: number
  /** From the checkpoint of the cleaner, -1 when that does not say. */
  readonly cleanedUpTo: number
}

import type { LeaderEpochCache } from './leader-epoch-cache'
import type { LocalLog } from './local-log'
import type { LogContext } from './log-context'
import type { ProducerSnapshots } from './producer-snapshots'
import type { ProducerState } from './producer-state'

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

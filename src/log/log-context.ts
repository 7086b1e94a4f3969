import type { BufferPool } from '../io/buffer-pool'
import type { Clock } from '../io/clock'
import type { Disk } from '../io/disk'
import type { Logger } from '../io/logger'
import type { Random } from '../io/random'
import type { Timers } from '../io/timers'
import type { DelayedRemovals } from './delayed-removals'
import type { FlushSchedule } from './flush-schedule'
import type { IndexMemory } from './index-memory'
import type { LogFigures } from './log-figures'
import type { ReadAhead } from './read-ahead'
import type { SyncLimiter } from './sync-limiter'
import type { TailCache } from './tail-cache'
import type { WriteSchedule } from './write-schedule'

/** What all logs of a broker have in common. */
export interface LogContext {
  readonly disk: Disk
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly logger: Logger
  readonly tailCache: TailCache
  readonly readAhead: ReadAhead
  /** For reads of old records. */
  readonly readBuffers: BufferPool
  readonly indexMemory: IndexMemory
  readonly writes: WriteSchedule
  readonly flushes: FlushSchedule
  readonly syncs: SyncLimiter
  readonly removals: DelayedRemovals
  readonly figures: LogFigures
  /** `producer.id.expiration.ms` as it is now. */
  readonly producerIdExpirationMs: () => number
}

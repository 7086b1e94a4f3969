import type { Clock } from './clock'
import type { Disk } from './disk'
import type { Logger } from './logger'
import type { Random } from './random'
import type { Timers } from './timers'
import type { Transport } from './transport'

/** All ports of one broker, chosen by the composition root and passed down in parts: take only what you use. */
export interface Platform {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly disk: Disk
  readonly transport: Transport
  readonly logger: Logger
}

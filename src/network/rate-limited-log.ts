import type { Clock } from '../io/clock'
import type { LogFields, Logger } from '../io/logger'

const INTERVAL_MS = 10_000
const LINES_PER_INTERVAL = 10

interface Tally {
  intervalEndsAt: number
  lines: number
  leftOut: number
}

/**
 * Warnings that strangers can provoke: at most ten lines per reason in ten seconds. The first line after a silence carries `leftOut`, the
 * number of those that were not written. Reasons are fixed words of the code, never parts of the input.
 */
export class RateLimitedLog {
  readonly #tallies = new Map<string, Tally>()
  readonly #logger: Logger
  readonly #clock: Clock

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#clock = clock
  }

  warn(reason: string, message: string, fields: LogFields = {}): void {
    const now = this.#clock.monotonic()
    let tally = this.#tallies.get(reason)
    if (!tally) {
      tally = { intervalEndsAt: now + INTERVAL_MS, lines: 0, leftOut: 0 }
      this.#tallies.set(reason, tally)
    }
    if (now >= tally.intervalEndsAt) {
      tally.intervalEndsAt = now + INTERVAL_MS
      tally.lines = 0
    }
    if (tally.lines === LINES_PER_INTERVAL) {
      tally.leftOut++
      return
    }
    tally.lines++
    const { leftOut } = tally
    tally.leftOut = 0
    this.#logger.warn(message, leftOut > 0 ? { reason, ...fields, leftOut } : { reason, ...fields })
  }
}

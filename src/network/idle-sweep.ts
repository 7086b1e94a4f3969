import type { Clock } from '../io/clock'
import type { Timer, Timers } from '../io/timers'

export interface IdleCandidate {
  /** Monotonic milliseconds of the last sign of life, in either direction. */
  readonly lastActiveAt: number
  closeIdle(): void
}

/** Sweeps per idle time: a connection lives at most a tenth longer than `connections.max.idle.ms`. */
const SWEEPS_PER_PERIOD = 10

/**
 * Closes connections that were silent for `connections.max.idle.ms`, with one timer for all of them: signs of life only store a number,
 * and a sweep looks at everyone, rarely.
 */
export class IdleSweep {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #maxIdleMs: number
  readonly #candidates = new Set<IdleCandidate>()
  #timer: Timer | null = null

  /** A negative `maxIdleMs` means for ever. */
  constructor(clock: Clock, timers: Timers, maxIdleMs: number) {
    this.#clock = clock
    this.#timers = timers
    this.#maxIdleMs = maxIdleMs
  }

  add(candidate: IdleCandidate): void {
    if (this.#maxIdleMs < 0) return
    this.#candidates.add(candidate)
    this.#timer ??= this.#timers.after(this.#maxIdleMs, this.#sweep)
  }

  remove(candidate: IdleCandidate): void {
    this.#candidates.delete(candidate)
    if (this.#candidates.size === 0) this.#stop()
  }

  #stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  readonly #sweep = (): void => {
    this.#timer = null
    const now = this.#clock.monotonic()
    let quietestSince = now
    for (const candidate of this.#candidates) {
      if (now - candidate.lastActiveAt >= this.#maxIdleMs) candidate.closeIdle()
      else if (candidate.lastActiveAt < quietestSince) quietestSince = candidate.lastActiveAt
    }
    if (this.#candidates.size === 0) return
    const untilNextIsDue = quietestSince + this.#maxIdleMs - now
    this.#timer ??= this.#timers.after(Math.max(untilNextIsDue, this.#maxIdleMs / SWEEPS_PER_PERIOD), this.#sweep)
  }
}

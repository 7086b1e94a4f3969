import type { Clock } from '../io/clock'
import type { Timer, Timers } from '../io/timers'

interface Entry {
  callback: () => void
  /** Monotonic milliseconds. */
  deadline: number
  firesAt: number
  timer: Timer
}

/**
 * Timers by key. Putting one off, as every heartbeat does, costs a look-up: the timer below stays as it is and is set again, for what is
 * left, when it fires.
 */
export class KeyedTimers {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock
    this.#timers = timers
  }

  /** Calls `callback` in `delayMs` milliseconds, instead of what was to be called under this key. */
  set(key: string, delayMs: number, callback: () => void): void {
    const deadline = this.#clock.monotonic() + delayMs
    const entry = this.#entries.get(key)
    if (entry && entry.firesAt <= deadline) {
      entry.deadline = deadline
      entry.callback = callback
      return
    }
    entry?.timer.cancel()
    const timer = this.#timers.after(delayMs, () => this.#fire(key))
    this.#entries.set(key, { callback, deadline, firesAt: deadline, timer })
  }

  cancel(key: string): void {
    this.#entries.get(key)?.timer.cancel()
    this.#entries.delete(key)
  }

  clear(): void {
    for (const { timer } of this.#entries.values()) timer.cancel()
    this.#entries.clear()
  }

  #fire(key: string): void {
    const entry = this.#entries.get(key)!
    const left = entry.deadline - this.#clock.monotonic()
    if (left > 0) {
      entry.firesAt = entry.deadline
      entry.timer = this.#timers.after(left, () => this.#fire(key))
      return
    }
    this.#entries.delete(key)
    entry.callback()
  }
}

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
 * Timers by key. Putting one off, as every heartbeat does, costs a look-up and makes no garbage that would live until the next heartbeat,
 * which is what garbage collection is slow at: the timer below stays as it is and is set again, for what is left, when it fires.
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
    const entry = this.#entries.get(key)
    if (entry) {
      entry.callback = callback
      this.#move(key, entry, delayMs)
      return
    }
    const deadline = this.#clock.monotonic() + delayMs
    const timer = this.#timers.after(delayMs, () => this.#fire(key))
    this.#entries.set(key, { callback, deadline, firesAt: deadline, timer })
  }

  /** Has what is to be called under this key called in `delayMs` milliseconds from now. False: there is nothing. */
  putOff(key: string, delayMs: number): boolean {
    const entry = this.#entries.get(key)
    if (entry) this.#move(key, entry, delayMs)
    return entry !== undefined
  }

  cancel(key: string): void {
    this.#entries.get(key)?.timer.cancel()
    this.#entries.delete(key)
  }

  clear(): void {
    for (const { timer } of this.#entries.values()) timer.cancel()
    this.#entries.clear()
  }

  #move(key: string, entry: Entry, delayMs: number): void {
    entry.deadline = this.#clock.monotonic() + delayMs
    if (entry.firesAt <= entry.deadline) return
    entry.timer.cancel()
    this.#await(key, entry, delayMs)
  }

  #await(key: string, entry: Entry, delayMs: number): void {
    entry.firesAt = entry.deadline
    entry.timer = this.#timers.after(delayMs, () => this.#fire(key))
  }

  #fire(key: string): void {
    const entry = this.#entries.get(key)!
    const left = entry.deadline - this.#clock.monotonic()
    if (left > 0) {
      this.#await(key, entry, left)
      return
    }
    this.#entries.delete(key)
    entry.callback()
  }
}

import type { Clock } from '../io/clock'
import type { Timer, Timers } from '../io/timers'

/** A log with records that `flush.ms` wants on the disk. */
export interface Flushable {
  flush(): Promise<void>
}

/** Flushes logs when their oldest unflushed record has waited for `flush.ms`: one timer, however many logs. */
export class FlushSchedule {
  readonly #clock: Clock
  readonly #timers: Timers
  /** When each log is due, monotonic. */
  readonly #due = new Map<Flushable, number>()
  #timer: Timer | null = null
  #timerDue = Number.POSITIVE_INFINITY

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock
    this.#timers = timers
  }

  /** `log` has unflushed records and is to be flushed within `flushMs`, or sooner if that was said before. */
  add(log: Flushable, flushMs: number): void {
    if (this.#due.has(log)) return
    const due = this.#clock.monotonic() + flushMs
    this.#due.set(log, due)
    this.#wakeAt(due)
  }

  /** `log` has been flushed, or is gone. */
  remove(log: Flushable): void {
    this.#due.delete(log)
  }

  #flushDue(): void {
    this.#timer = null
    this.#timerDue = Number.POSITIVE_INFINITY
    const now = this.#clock.monotonic()
    let next = Number.POSITIVE_INFINITY
    for (const [log, due] of this.#due) {
      if (due > now) next = Math.min(next, due)
      else {
        this.#due.delete(log)
        void log.flush()
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(next)
  }

  #wakeAt(due: number): void {
    if (due >= this.#timerDue) return
    this.#timer?.cancel()
    this.#timerDue = due
    this.#timer = this.#timers.after(Math.max(0, due - this.#clock.monotonic()), () => this.#flushDue())
  }
}

import type { Clock } from '../io/clock'
import type { Timer, Timers } from '../io/timers'

/** The time for which a client is not listened to because it has used up a quota (KIP-219). */
export class Throttle {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #over: () => void
  #timer: Timer | null = null
  #until = 0

  /** `over` is called at the end of each throttling. */
  constructor(clock: Clock, timers: Timers, over: () => void) {
    this.#clock = clock
    this.#timers = timers
    this.#over = over
  }

  get isActive(): boolean {
    return this.#timer !== null
  }

  /** Throttles for `milliseconds` from now, if it would not last longer anyway. */
  extend(milliseconds: number): void {
    const until = this.#clock.monotonic() + milliseconds
    if (milliseconds <= 0 || (this.isActive && until <= this.#until)) return
    this.#until = until
    this.#timer?.cancel()
    this.#timer = this.#timers.after(milliseconds, () => {
      this.#timer = null
      this.#over()
    })
  }

  /** Ends it without a call of `over`. */
  cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}

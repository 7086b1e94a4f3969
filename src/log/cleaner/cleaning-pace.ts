import type { Clock } from '../../io/clock'
import type { Timer, Timers } from '../../io/timers'

/** The event loop is not held for longer. */
const SLICE_MS = 2
/** Less is not worth a timer. */
const REST_MS_MIN = 10

/** How fast the cleaner works: in slices, so that requests are served in between, and within a bound on what the disk has to carry. */
export class CleaningPace {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #maxBytesPerSecond: () => number
  #sliceStarted: number
  /** When what was transferred up to now would be done at the highest speed allowed, monotonic. */
  #paidUntil = 0
  #rest: { readonly timer: Timer; readonly end: () => void } | null = null
  #isHurried = false

  /** `maxBytesPerSecond`: `log.cleaner.io.max.bytes.per.second` as it is now. */
  constructor(options: {
    readonly clock: Clock
    readonly timers: Timers
    readonly maxBytesPerSecond: () => number
  }) {
    this.#clock = options.clock
    this.#timers = options.timers
    this.#maxBytesPerSecond = options.maxBytesPerSecond
    this.#sliceStarted = options.clock.monotonic()
  }

  /** Whether it is time for `pause`. */
  get isSliceOver(): boolean {
    return this.#clock.monotonic() - this.#sliceStarted >= SLICE_MS
  }

  /** Lets all others run that have something to do. */
  async pause(): Promise<void> {
    await new Promise<void>(resolve => this.#timers.endOfTurn(resolve))
    this.#sliceStarted = this.#clock.monotonic()
  }

  /** So many bytes were read or written: rests as long as that was too fast. */
  async transferred(bytes: number): Promise<void> {
    const now = this.#clock.monotonic()
    this.#paidUntil = Math.max(this.#paidUntil, now) + (bytes * 1000) / this.#maxBytesPerSecond()
    const restMs = this.#paidUntil - now
    if (restMs < REST_MS_MIN || this.#isHurried) return
    await new Promise<void>(resolve => {
      this.#rest = { timer: this.#timers.after(restMs, resolve), end: resolve }
    })
    this.#rest = null
  }

  /** No rest any more: the work is to come to its end. */
  hurry(): void {
    this.#isHurried = true
    this.#rest?.timer.cancel()
    this.#rest?.end()
  }
}

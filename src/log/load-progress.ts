import type { Clock } from '../io/clock'
import type { Logger } from '../io/logger'
import type { Timers } from '../io/timers'

/** Others may run after so long, and a person hears after so long how far it is. */
const SLICE_MS = 10
const REPORT_MS = 2_000

/** How far the loading of the logs of all directories is. */
export class LoadProgress {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #logger: Logger
  #total = 0
  #done = 0
  #sliceStarted: number
  #reported: number

  constructor(options: { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger }) {
    this.#clock = options.clock
    this.#timers = options.timers
    this.#logger = options.logger
    this.#sliceStarted = this.#reported = options.clock.monotonic()
  }

  expect(logs: number): void {
    this.#total += logs
  }

  done(): void {
    this.#done++
  }

  /** Lets others run if it is time for that. */
  async slice(): Promise<void> {
    const now = this.#clock.monotonic()
    if (now - this.#sliceStarted < SLICE_MS) return
    if (now - this.#reported >= REPORT_MS) {
      this.#reported = now
      this.#logger.info(`loaded ${this.#done} of ${this.#total} logs`)
    }
    await new Promise<void>(resolve => this.#timers.endOfTurn(resolve))
    this.#sliceStarted = this.#clock.monotonic()
  }
}

import type { Clock } from '../io/clock'
import { DiskError } from '../io/disk'
import type { Logger } from '../io/logger'
import type { Timer, Timers } from '../io/timers'

/** Files that nobody looks up any more, but that a reader may still have open. */
export interface Removal {
  readonly description: string
  readonly remove: () => void
}

/** Removes files after `file.delete.delay.ms`: one timer, however many wait. */
export class DelayedRemovals {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #logger: Logger
  #waiting: { readonly due: number; readonly removal: Removal }[] = []
  #timer: Timer | null = null
  #timerDue = Number.POSITIVE_INFINITY

  constructor(options: { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger }) {
    this.#clock = options.clock
    this.#timers = options.timers
    this.#logger = options.logger
  }

  add(delayMs: number, removal: Removal): void {
    const due = this.#clock.monotonic() + delayMs
    this.#waiting.push({ due, removal })
    this.#wakeAt(due)
  }

  /** Removes everything now. */
  removeAll(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#timerDue = Number.POSITIVE_INFINITY
    const waiting = this.#waiting
    this.#waiting = []
    for (const { removal } of waiting) this.#remove(removal)
  }

  /** One removal a turn, so that large files do not hold up the rest. */
  #removeDue(): void {
    this.#timer = null
    this.#timerDue = Number.POSITIVE_INFINITY
    const now = this.#clock.monotonic()
    const index = this.#waiting.findIndex(({ due }) => due <= now)
    if (index >= 0) this.#remove(this.#waiting.splice(index, 1)[0]!.removal)
    let next = Number.POSITIVE_INFINITY
    for (const { due } of this.#waiting) next = Math.min(next, due)
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(next)
  }

  #wakeAt(due: number): void {
    if (due >= this.#timerDue) return
    this.#timer?.cancel()
    this.#timerDue = due
    this.#timer = this.#timers.after(Math.max(0, due - this.#clock.monotonic()), () => this.#removeDue())
  }

  /** A file that cannot be removed now is removed at the next start. */
  #remove({ description, remove }: Removal): void {
    try {
      remove()
      this.#logger.debug('removed what is no longer needed', { files: description })
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#logger.warn('cannot remove what is no longer needed', { files: description, error })
    }
  }
}

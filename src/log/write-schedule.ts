import type { Timers } from '../io/timers'

/** Something with bytes that wait to be written. */
export interface PendingWrites {
  write(): void
}

/** Makes all logs write at the end of the turn what was appended to them in it: one registration, however many logs. */
export class WriteSchedule {
  readonly #timers: Timers
  #pending: PendingWrites[] = []

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Calls `write` of `queue` once at the end of this turn. The queue sees to it that it is added once a turn. */
  add(queue: PendingWrites): void {
    if (this.#pending.length === 0) this.#timers.endOfTurn(() => this.#run())
    this.#pending.push(queue)
  }

  #run(): void {
    const pending = this.#pending
    this.#pending = []
    for (const queue of pending) queue.write()
  }
}

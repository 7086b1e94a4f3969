/** The longest delay of a timer, about 25 days. */
export const DELAY_MS_MAX = 2 ** 31 - 1

/** A pending call. Cancelling one that has run or was cancelled does nothing. */
export interface Timer {
  cancel(): void
}

/** Everything that makes code run later. Timers never keep a process alive by themselves. */
export interface Timers {
  /** Runs `callback` once, at least `delayMs` milliseconds (0 to `DELAY_MS_MAX`, others are clamped) from now. */
  after(delayMs: number, callback: () => void): Timer
  /** Runs `callback` when the current turn of the event loop is over: after all input already read, before waiting for more. */
  endOfTurn(callback: () => void): void
}

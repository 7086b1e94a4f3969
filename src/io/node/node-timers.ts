import { DELAY_MS_MAX, type Timer, type Timers } from '../timers'

export class NodeTimers implements Timers {
  #endOfTurn: (() => void)[] = []

  after(delayMs: number, callback: () => void): Timer {
    const timeout = setTimeout(callback, Math.min(Math.max(0, delayMs), DELAY_MS_MAX))
    timeout.unref()
    return { cancel: () => clearTimeout(timeout) }
  }

  /** All callbacks of a turn share one immediate, which comes after the poll phase has read what there was. */
  endOfTurn(callback: () => void): void {
    if (this.#endOfTurn.length === 0) setImmediate(this.#run)
    this.#endOfTurn.push(callback)
  }

  readonly #run = (): void => {
    const callbacks = this.#endOfTurn
    this.#endOfTurn = []
    let next = 0
    try {
      while (next < callbacks.length) callbacks[next++]!()
    } finally {
      // One that threw does not take the others with it.
      for (; next < callbacks.length; next++) this.endOfTurn(callbacks[next]!)
    }
  }
}

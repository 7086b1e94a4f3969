import type { Clock } from '../../io/clock'
import { VirtualClock } from '../../io/memory/virtual-clock'
import { VirtualTimers } from '../../io/memory/virtual-timers'
import type { Timer, Timers } from '../../io/timers'

/** The time by which a broker lives. */
export interface BrokerTime {
  /** The wall clock of the broker, in ms since the epoch. */
  now(): number
  /**
   * Lets `ms` milliseconds go by at once: whatever falls due in them (retention, timeouts of sessions and transactions, expiry, delays of
   * faults) has happened when the promise resolves. Rejects when the broker lives in real time.
   */
  advance(ms: number): Promise<void>
}

export const realTime = (clock: Clock): BrokerTime => ({
  now: () => clock.now(),
  advance: async () => {
    throw new Error("the time of this broker is real: start it with time: 'virtual' to move it")
  },
})

/**
 * Time that stands still until it is moved, in a process that lives on: what is due now, or at the end of a turn, runs by itself, so that
 * requests are served as ever.
 */
export class VirtualTime implements BrokerTime, Timers {
  readonly clock: VirtualClock
  readonly #due: VirtualTimers
  readonly #real: Timers
  /** Callbacks that come by themselves and have not yet. */
  #coming = 0
  #advanced: Promise<void> = Promise.resolve()

  /** `real` runs what is due at once; the wall clock begins at `wallMs`. */
  constructor(real: Timers, wallMs: number) {
    this.clock = new VirtualClock(wallMs)
    this.#due = new VirtualTimers(this.clock)
    this.#real = real
  }

  now(): number {
    return this.clock.now()
  }

  after(delayMs: number, callback: () => void): Timer {
    return delayMs > 0 ? this.#due.after(delayMs, callback) : this.#soon(callback)
  }

  endOfTurn(callback: () => void): void {
    this.#coming++
    this.#real.endOfTurn(() => {
      this.#coming--
      callback()
    })
  }

  /** Of several calls, each begins where the last one ended. */
  advance(ms: number): Promise<void> {
    if (!(ms >= 0)) return Promise.reject(new RangeError(`time does not go back: ${ms}`))
    this.#advanced = this.#advanced.then(() => this.#advance(ms))
    return this.#advanced
  }

  async #advance(ms: number): Promise<void> {
    const until = this.clock.monotonic() + ms
    await this.#settled()
    for (let dueAt = this.#due.nextDueAt; dueAt <= until; dueAt = this.#due.nextDueAt) {
      await this.#due.advance(dueAt - this.clock.monotonic())
      await this.#settled()
    }
    await this.#due.advance(until - this.clock.monotonic())
  }

  /** Goes on until nothing comes by itself any more. Everything else that a broker in memory waits for are promises. */
  async #settled(): Promise<void> {
    do await new Promise<void>(resolve => this.#real.endOfTurn(resolve))
    while (this.#coming > 0)
  }

  #soon(callback: () => void): Timer {
    let isPending = true
    const end = () => {
      if (isPending) this.#coming--
      isPending = false
    }
    this.#coming++
    const timer = this.#real.after(0, () => {
      end()
      callback()
    })
    return {
      cancel: () => {
        end()
        timer.cancel()
      },
    }
  }
}

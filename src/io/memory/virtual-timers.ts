import { DELAY_MS_MAX, type Timer, type Timers } from '../timers'
import type { VirtualClock } from './virtual-clock'

interface PendingTimer {
  /** Monotonic milliseconds. */
  readonly dueAt: number
  /** Of timers that are due together, the one set first runs first. */
  readonly order: number
  readonly callback: () => void
}

/** Timers of a virtual clock. Nothing runs by itself, ends of turns neither: a test steps through time with `advance`. */
export class VirtualTimers implements Timers {
  readonly #clock: VirtualClock
  /** Sorted by time and order. */
  readonly #pending: PendingTimer[] = []
  #endOfTurn: (() => void)[] = []
  #timersSet = 0

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** Timers that have neither run nor been cancelled. */
  get pendingCount(): number {
    return this.#pending.length
  }

  /** Monotonic milliseconds at which the next timer falls due; Infinity without one. */
  get nextDueAt(): number {
    return this.#pending[0]?.dueAt ?? Number.POSITIVE_INFINITY
  }

  after(delayMs: number, callback: () => void): Timer {
    const dueAt = this.#clock.monotonic() + Math.min(Math.max(0, delayMs), DELAY_MS_MAX)
    const timer = { dueAt, order: this.#timersSet++, callback }
    this.#pending.splice(this.#placeOf(timer), 0, timer)
    return { cancel: () => this.#cancel(timer) }
  }

  endOfTurn(callback: () => void): void {
    this.#endOfTurn.push(callback)
  }

  /**
   * Lets `ms` milliseconds go by. Runs every timer that falls due, those set meanwhile too, each at its own time; before, between and
   * after them all promises and ends of turns have settled.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#clock.monotonic() + ms
    await this.settle()
    while (this.#pending.length > 0 && this.#pending[0]!.dueAt <= until) {
      const timer = this.#pending.shift()!
      this.#moveTo(timer.dueAt)
      timer.callback()
      await this.settle()
    }
    this.#moveTo(until)
  }

  /** Runs ends of turns and lets promises go on until neither has anything left to do. Time stands still. */
  async settle(): Promise<void> {
    await microtasksDrained()
    while (this.#endOfTurn.length > 0) {
      const callbacks = this.#endOfTurn
      this.#endOfTurn = []
      for (const callback of callbacks) callback()
      await microtasksDrained()
    }
  }

  #moveTo(time: number): void {
    this.#clock.advance(Math.max(0, time - this.#clock.monotonic()))
  }

  #cancel(timer: PendingTimer): void {
    const index = this.#placeOf(timer)
    if (this.#pending[index] === timer) this.#pending.splice(index, 1)
  }

  /** Index of the first timer that does not come before `timer`. */
  #placeOf(timer: PendingTimer): number {
    let low = 0
    let high = this.#pending.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#pending[middle]!
      const isBefore = other.dueAt < timer.dueAt || (other.dueAt === timer.dueAt && other.order < timer.order)
      if (isBefore) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** From inside a microtask, the next tick comes when no microtask is left. */
async function microtasksDrained(): Promise<void> {
  await null
  await new Promise<void>(resolve => process.nextTick(resolve))
}

import type { Clock } from '../clock'

/** A clock that stands still until it is set. The two times are independent: the wall clock may jump, the monotonic one may not. */
export class VirtualClock implements Clock {
  #wallMs: number
  #monotonicMs = 0

  /** `wallMs`: whole milliseconds since the epoch. */
  constructor(wallMs = Date.UTC(2025, 0, 1)) {
    this.#wallMs = wallMs
  }

  now(): number {
    return Math.floor(this.#wallMs)
  }

  monotonic(): number {
    return this.#monotonicMs
  }

  /** Time goes by, on both clocks. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time does not go back: ${ms}`)
    this.#wallMs += ms
    this.#monotonicMs += ms
  }

  /** Somebody sets the wall clock: forward, or back with a negative number. */
  jump(ms: number): void {
    this.#wallMs += ms
  }
}

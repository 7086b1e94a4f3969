import type { Timer, Timers } from '../io/timers'

const SLICES = 4

interface LeaseState {
  readonly timeToLiveMs: number
  slicesLeft: number
  timer: Timer
}

/**
 * The leases of an embedded store. The time to live is counted in slices, one timer after the other, so that time in which the process
 * stood still (a laptop asleep, a debugger) takes at most one slice away: who shares the process with the store could not have kept the
 * lease alive meanwhile.
 */
export class Leases {
  readonly #timers: Timers
  readonly #onExpired: (leaseId: string) => void
  readonly #leases = new Map<string, LeaseState>()
  #lastId = 0

  constructor(timers: Timers, onExpired: (leaseId: string) => void) {
    this.#timers = timers
    this.#onExpired = onExpired
  }

  grant(timeToLiveMs: number): string {
    const id = String(++this.#lastId)
    this.#leases.set(id, { timeToLiveMs, slicesLeft: SLICES, timer: this.#nextSlice(id, timeToLiveMs) })
    return id
  }

  has(leaseId: string): boolean {
    return this.#leases.has(leaseId)
  }

  keepAlive(leaseId: string): boolean {
    const lease = this.#leases.get(leaseId)
    if (lease === undefined) return false
    lease.timer.cancel()
    lease.slicesLeft = SLICES
    lease.timer = this.#nextSlice(leaseId, lease.timeToLiveMs)
    return true
  }

  /** False when the lease was gone already. */
  end(leaseId: string): boolean {
    this.#leases.get(leaseId)?.timer.cancel()
    return this.#leases.delete(leaseId)
  }

  close(): void {
    for (const leaseId of [...this.#leases.keys()]) this.end(leaseId)
  }

  #nextSlice(leaseId: string, timeToLiveMs: number): Timer {
    return this.#timers.after(timeToLiveMs / SLICES, () => {
      const lease = this.#leases.get(leaseId)!
      lease.slicesLeft--
      if (lease.slicesLeft > 0) {
        lease.timer = this.#nextSlice(leaseId, timeToLiveMs)
        return
      }
      this.#leases.delete(leaseId)
      this.#onExpired(leaseId)
    })
  }
}

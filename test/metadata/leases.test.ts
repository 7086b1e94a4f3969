import type { Timer, Timers } from '../../src/io/timers'
import { Leases } from '../../src/metadata/leases'

/** Timers whose calls a test makes by hand, whatever the time. */
class LateTimers implements Timers {
  readonly pending = new Set<() => void>()

  after(_delayMs: number, callback: () => void): Timer {
    this.pending.add(callback)
    return { cancel: () => this.pending.delete(callback) }
  }

  endOfTurn(): void {}

  /** Runs what is due now, once: a process that stood still finds one call overdue for each timer, not more. */
  fire(): void {
    for (const callback of [...this.pending]) {
      this.pending.delete(callback)
      callback()
    }
  }
}

describe('leases', () => {
  const setUp = () => {
    const timers = new LateTimers()
    const expired: string[] = []
    return { timers, expired, leases: new Leases(timers, leaseId => expired.push(leaseId)) }
  }

  it('survive a pause of the process, however long, when they are kept alive after it', () => {
    const { timers, expired, leases } = setUp()
    const lease = leases.grant(1000)
    for (let pause = 0; pause < 10; pause++) {
      timers.fire()
      expect(leases.keepAlive(lease)).toBe(true)
    }
    expect(expired).toEqual([])
  })

  it('expire after four quarters of their time', () => {
    const { timers, expired, leases } = setUp()
    const lease = leases.grant(1000)
    for (let quarter = 0; quarter < 3; quarter++) timers.fire()
    expect([leases.has(lease), expired]).toEqual([true, []])
    timers.fire()
    expect([leases.has(lease), expired]).toEqual([false, [lease]])
    expect(leases.keepAlive(lease)).toBe(false)
  })

  it('leave no timer behind when they end', () => {
    const { timers, expired, leases } = setUp()
    const lease = leases.grant(1000)
    leases.grant(1000)
    expect([leases.end(lease), leases.end(lease)]).toEqual([true, false])
    leases.close()
    expect([timers.pending.size, expired]).toEqual([0, []])
  })
})

import { SeededRandom } from '../../src/io/memory/seeded-random'
import type { VirtualClock } from '../../src/io/memory/virtual-clock'
import type { VirtualTimers } from '../../src/io/memory/virtual-timers'
import { virtualTime } from '../support/virtual-time'
import { BrokerProcess } from './broker-process'
import { History } from './history'
import { SimulatedNetwork } from './simulated-network'
import { Trace } from './trace'

/** What a check has found. The message has the end of the trace. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** Virtual milliseconds by which a run is advanced between looks at what has gone wrong. */
const STEP_MS = 100
const SEED_OF_BROKER = 2 ** 32

/** Everything that one run consists of besides its actors. All chance comes of one seed. */
export class World {
  readonly seed: number
  readonly clock: VirtualClock
  readonly timers: VirtualTimers
  readonly random: SeededRandom
  readonly trace: Trace
  readonly network: SimulatedNetwork
  readonly process: BrokerProcess
  readonly history: History
  /** Nobody does anything out of the ordinary any more. */
  isCalm = false
  #violation: string | null = null

  constructor(seed: number, settings: Readonly<Record<string, string>>) {
    const { clock, timers } = virtualTime()
    this.seed = seed
    this.clock = clock
    this.timers = timers
    this.random = new SeededRandom(seed)
    this.trace = new Trace(() => clock.monotonic())
    this.history = new History(what => this.violated(what))
    this.network = new SimulatedNetwork({ clock, timers, random: this.random })
    const losesPageCache = this.oneIn(3)
    this.process = new BrokerProcess({
      ...this,
      random: new SeededRandom(seed + SEED_OF_BROKER),
      // What is acknowledged has to be on the disk when crashes of the machine are allowed.
      settings: losesPageCache ? { ...settings, 'log.flush.interval.messages': '1' } : settings,
      losesPageCache,
      onViolation: what => this.violated(what),
    })
  }

  /** Something is wrong that no fault excuses: the run ends. */
  violated(what: string): void {
    this.#violation ??= what
    this.trace.add('VIOLATION', what)
  }

  below(bound: number): number {
    return this.random.below(bound)
  }

  oneIn(bound: number): boolean {
    return this.random.below(bound) === 0
  }

  /** Whether somebody now does what he rarely does, which is never when the world is calm. */
  rarely(bound: number): boolean {
    return this.oneIn(bound) && !this.isCalm
  }

  pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!
  }

  /** Lets an actor do nothing for a while of virtual time: how its client behaves, not how the test waits. */
  idle(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.timers.after(ms, resolve)
    })
  }

  /** Lets time go by. Rejects with Violation. */
  async advance(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms
    while (this.clock.monotonic() < end) {
      await this.timers.advance(Math.min(STEP_MS, end - this.clock.monotonic()))
      this.check()
    }
  }

  /** Lets time go by until `condition` holds; it has to within `ms`. */
  async until(what: string, ms: number, condition: () => boolean): Promise<void> {
    const end = this.clock.monotonic() + ms
    while (!condition()) {
      if (this.clock.monotonic() >= end) this.violated(`within ${ms} ms did not come true: ${what}`)
      await this.advance(STEP_MS)
    }
  }

  /** Lets time go by until there is an outcome. */
  async outcome<T>(what: string, ms: number, promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = promise.finally(() => {
      isSettled = true
    })
    settled.catch(() => {})
    await this.until(what, ms, () => isSettled)
    return settled
  }

  check(): void {
    if (this.#violation === null) return
    const replay = `SIM_SEED=${this.seed} npx jest test/sim`
    throw new Violation(`${this.#violation}\nreplay: ${replay}\n${this.trace.tail}`)
  }
}

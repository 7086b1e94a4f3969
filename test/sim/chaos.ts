import { Actor } from './actor'
import type { Population } from './population'
import type { World } from './world'

type Fault = () => Promise<void> | void

const PAUSE_MS_MAX = 2_500
const DOWN_MS_MAX = 3_000
const LAGS_MS = [1, 5, 5, 40, 300]
const SUPERVISION_MS = 200
const TWIN_MS_MAX = 8_000
const MEMBERS_MAX = 5

/** Sees to it that a broker that died is started again. */
export class Supervisor extends Actor {
  protected async live(): Promise<void> {
    const { process } = this.world
    for (;;) {
      if (!process.isRunning) {
        await this.idle(this.world.below(DOWN_MS_MAX))
        await process.start()
      }
      await this.idle(SUPERVISION_MS)
    }
  }
}

/** Does to broker, network and clients whatever may happen to them. How often each happens is drawn once per run. */
export class Chaos extends Actor {
  readonly #population: Population
  readonly #faults: readonly Fault[]

  constructor(world: World, population: Population) {
    super(world, 'chaos')
    this.#population = population
    const faults: readonly Fault[] = [
      () => this.#killBroker(),
      () => this.world.process.killAfterWrites(1 + this.world.below(40)),
      () => this.world.process.stop(),
      () => this.#failDisk(),
      () => this.world.network.cutOne('everything'),
      () => this.world.network.cutOne('answers'),
      () => this.world.network.cutAll(),
      () => this.#changeLag(),
      () => this.#pickSlot().member.halt(),
      () => this.#pickSlot().member.slowDown(),
      () => this.#leave(),
      () => this.#addMember(),
      () => this.#twin(),
      () => this.#killLedger(),
    ]
    this.#faults = faults.flatMap(fault => new Array<Fault>(world.below(4)).fill(fault))
  }

  protected async live(): Promise<void> {
    for (;;) {
      await this.idle(this.world.below(PAUSE_MS_MAX))
      if (this.#faults.length > 0) await this.world.pick(this.#faults)()
      this.#replaceTheDead()
    }
  }

  #killBroker(): void {
    this.world.process.kill()
  }

  /** The log directory fails, and the broker, which has no other, gives up. */
  #failDisk(): void {
    const { process } = this.world
    // What a failed sync has lost is still read by the next process, on a machine whose crash then takes it away.
    if (!process.losesPageCache) process.disk.faults.failNext(this.world.pick(['write', 'sync'] as const), 'EIO')
  }

  #changeLag(): void {
    this.world.network.lagMsMax = this.world.pick(LAGS_MS)
    this.note(`messages take up to ${this.world.network.lagMsMax} ms`)
  }

  #pickSlot() {
    return this.world.pick(this.#population.slots)
  }

  #leave(): void {
    const slot = this.#pickSlot()
    const others = this.#population.slots.filter(({ group, isClosed }) => group === slot.group && !isClosed)
    if (others.length < 2) return
    slot.isClosed = true
    slot.member.leave()
  }

  #addMember(): void {
    const [group, topic] = this.world.pick([...this.#population.groups])
    const members = this.#population.slots.filter(slot => slot.group === group && !slot.isClosed)
    if (members.length < MEMBERS_MAX) this.#population.addMember(group, topic)
  }

  /** A second process in the name of a first one that does not know of it. */
  #twin(): void {
    const slot = this.#pickSlot()
    if (slot.isClosed || slot.member.isOver) return
    const first = slot.member
    this.#population.replace(slot)
    this.world.timers.after(this.world.below(TWIN_MS_MAX), () => first.halt())
  }

  #killLedger(): void {
    const living = this.#population.ledgers.filter(({ isOver }) => !isOver)
    if (living.length > 0) this.world.pick(living).halt()
    // Some ids are taken over at once; what others leave open has to time out.
    if (living.length < 2 || this.world.oneIn(2)) this.#population.addLedger(`ledger-${this.world.below(3)}`)
  }

  #replaceTheDead(): void {
    for (const slot of this.#population.slots) {
      if (slot.member.isOver && !slot.isClosed && this.world.oneIn(3)) this.#population.replace(slot)
    }
  }
}

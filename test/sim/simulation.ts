import { Chaos, Supervisor } from './chaos'
import { REBALANCE_MS } from './classic-member'
import { FinalChecks } from './final-checks'
import { SESSION_MS } from './group-member'
import { Inspector } from './inspector'
import { Observer } from './observer'
import { Population, TOPICS } from './population'
import { World } from './world'

const CHAOS_MS = 40_000
/** After the faults stop, a group is stable when all that was left behind has timed out, and one more round is through. */
const STABLE_MS = 2 * (SESSION_MS + REBALANCE_MS)
const PROGRESS_MS = 180_000
const START_MS = 60_000
/** The longest transaction, and the time until somebody looks. */
const TRANSACTIONS_MS = 15_000

const SETTINGS = {
  'offsets.topic.num.partitions': '2',
  'transaction.state.log.num.partitions': '2',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
  'group.consumer.session.timeout.ms': String(SESSION_MS),
  'group.consumer.min.session.timeout.ms': String(SESSION_MS),
  'group.consumer.migration.policy': 'bidirectional',
  'log.cleaner.backoff.ms': '5000',
  'log.cleaner.min.cleanable.ratio': '0.1',
  'log.roll.ms': '15000',
}

export interface SimulationResult {
  /** Equal for equal runs. */
  readonly hash: string
  readonly recordsWritten: number
  readonly transactions: number
}

/** One run with the chance of one seed. Rejects with Violation. */
export const simulate = async (seed: number): Promise<SimulationResult> => {
  const run = new Simulation(seed)
  await run.chaos()
  await run.heal()
  await run.checkEnd()
  return run.result
}

class Simulation {
  readonly #world: World
  #population!: Population
  readonly #inspector: Inspector
  readonly #checks: FinalChecks
  readonly #supervisor: Supervisor

  constructor(seed: number) {
    this.#world = new World(seed, SETTINGS)
    this.#inspector = new Inspector(this.#world, 'inspector')
    this.#checks = new FinalChecks(this.#world, this.#inspector)
    this.#supervisor = new Supervisor(this.#world, 'supervisor')
  }

  get result(): SimulationResult {
    const { trace, history } = this.#world
    const recordsWritten = [...history.acknowledged.values()].reduce((sum, records) => sum + records.size, 0)
    return { hash: trace.hash, recordsWritten, transactions: history.transactions.length }
  }

  async chaos(): Promise<void> {
    const world = this.#world
    this.#supervisor.start()
    const topicIds = await this.#outcome('the topics are created', START_MS, this.#inspector.createTopics(TOPICS))
    this.#population = new Population(world, topicIds)
    this.#population.populate()
    const chaos = new Chaos(world, this.#population).start()
    const observer = new Observer(world, this.#population).start()
    await world.advance(CHAOS_MS)
    observer.halt()
    chaos.halt()
  }

  /** No more faults: what has to come to rest does so in time. */
  async heal(): Promise<void> {
    const world = this.#world
    const population = this.#population
    world.trace.add('simulation', 'heals')
    world.isCalm = true
    world.process.heal()
    world.network.lagMsMax = 5
    for (const twin of population.twins) twin.halt()
    for (const slot of population.slots) if (slot.member.isOver && !slot.isClosed) population.replace(slot)
    for (const producer of [...population.producers, ...population.ledgers]) producer.finish()
    await world.until('the broker serves', START_MS, () => world.process.broker !== null)
    await world.advance(STABLE_MS)
    await this.#check('groups', this.#checks.groupsAreStable(population))
    this.#haltOneOfEach()
    await world.advance(STABLE_MS)
    await this.#check('groups without one of their members', this.#checks.groupsAreStable(population))
    await world.until('all producers are through', PROGRESS_MS, () =>
      [...population.producers, ...population.ledgers].every(({ isOver }) => isOver),
    )
    await this.#groupsAreThrough()
  }

  async checkEnd(): Promise<void> {
    const world = this.#world
    const population = this.#population
    for (const { member } of population.slots) member.leave()
    await world.until('all members have left', PROGRESS_MS, () => population.actors.every(({ isOver }) => isOver))
    await world.advance(TRANSACTIONS_MS)
    await this.#checkAll()
    // A restart arrives at the same state.
    if (world.oneIn(2)) world.process.kill()
    else await this.#outcome('the broker stops', START_MS, world.process.stop())
    await world.until('the broker serves again', START_MS, () => world.process.broker !== null)
    await this.#checkAll()
    this.#inspector.halt()
    this.#supervisor.halt()
    await this.#outcome('the broker stops', START_MS, world.process.stop())
    world.check()
  }

  /** One member of each group that has others dies, and nobody takes its place. */
  #haltOneOfEach(): void {
    const { slots, groups } = this.#population
    for (const group of groups.keys()) {
      const [first, second] = slots.filter(slot => slot.group === group && !slot.member.isOver)
      if (!first || !second) continue
      first.isClosed = true
      first.member.halt()
    }
  }

  async #checkAll(): Promise<void> {
    const { groups } = this.#population
    await this.#check('committed offsets', this.#checks.committedOffsets(groups))
    await this.#check('last stable offsets', this.#checks.lastStableOffsets())
    await this.#check('records', this.#checks.records(groups))
    await this.#check('transactions', this.#checks.transactions())
    await this.#check('copies', this.#checks.copies())
  }

  async #groupsAreThrough(): Promise<void> {
    const end = this.#world.clock.monotonic() + PROGRESS_MS
    const { groups } = this.#population
    while (!(await this.#outcome('progress is looked at', START_MS, this.#checks.groupsAreThrough(groups)))) {
      if (this.#world.clock.monotonic() > end) this.#world.violated('a group does not get to the end of what it reads')
      await this.#world.advance(500)
    }
  }

  async #check(what: string, check: Promise<void>): Promise<void> {
    await this.#outcome(`the check of ${what}`, START_MS, check)
    this.#world.check()
  }

  #outcome<T>(what: string, ms: number, promise: Promise<T>): Promise<T> {
    return this.#world.outcome(what, ms, promise)
  }
}

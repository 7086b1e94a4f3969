/** Random schedules of members that join, go on, lose answers, leave and die, topics that grow, and coordinators that crash. */
import { SeededRandom } from '../../../../src/io/memory/seeded-random'
import { ConsumerClient, settleConsumers } from '../../../support/consumer-client'
import { GroupWorld } from '../../../support/group-world'

const SEEDS = 10
const STEPS = 250
const MEMBERS = 5
const SESSION_MS = 45_000

/** A process that runs a consumer. */
class Process {
  readonly client: ConsumerClient
  state: 'out' | 'in' | 'away' | 'dead' = 'out'
  /** When the coordinator last heard of it. */
  heardAt = 0
  readonly #world: GroupWorld
  readonly #name: string
  #runs = 0

  constructor(world: GroupWorld, name: string, instanceId?: string) {
    this.#world = world
    this.#name = name
    this.client = new ConsumerClient(world, 'group', name, { ...(instanceId !== undefined && { instanceId }) })
  }

  /** What it works on, or may still work on although nobody has heard of it for a while. */
  get partitions(): readonly string[] {
    const isOver = this.#world.logs.clock.now() - this.heardAt >= SESSION_MS
    return this.state === 'in' || (this.state === 'dead' && !isOver) ? this.client.owned : []
  }

  async step(random: SeededRandom): Promise<void> {
    if (this.state === 'out' || this.state === 'away') return this.#join()
    if (this.state === 'dead') {
      if (this.partitions.length === 0) this.state = 'out'
      return
    }
    const chance = random.below(20)
    if (chance === 0) return this.#leave(-1)
    if (chance === 1) {
      this.state = 'dead'
      return
    }
    if (chance === 2 && this.client.options.instanceId !== undefined) return this.#leave(-2)
    this.heardAt = this.#world.logs.clock.now()
    if (chance < 6) return this.client.beatInVain()
    if ((await this.client.beat()) !== 'NONE') this.#forget()
  }

  async #join(): Promise<void> {
    // A process that starts anew has another id, also when its instance id is the same.
    this.client.memberId = `${this.#name}-${++this.#runs}`
    if ((await this.client.join()) !== 'NONE') return
    this.heardAt = this.#world.logs.clock.now()
    this.state = 'in'
  }

  async #leave(epoch: -1 | -2): Promise<void> {
    const error = await this.client.leave(epoch)
    this.#forget()
    if (epoch === -2 && error === 'NONE') this.state = 'away'
  }

  #forget(): void {
    this.client.owned = []
    this.state = 'out'
  }
}

/** No partition is worked on by two processes, and none is given to two members. */
const expectOneOwner = (world: GroupWorld, processes: readonly Process[]): void => {
  const worked = processes.flatMap(({ partitions }) => partitions)
  expect(new Set(worked).size).toBe(worked.length)
  const group = world.host.shard!.groups.get('group')
  if (group?.type !== 'consumer') return
  const given = Array.from(group.members.values()).flatMap(({ assigned, pendingRevocation }) =>
    [...assigned, ...pendingRevocation].flatMap(([topic, epochs]) => Array.from(epochs.keys(), at => `${topic} ${at}`)),
  )
  expect(new Set(given).size).toBe(given.length)
  expect(group.assignmentEpoch).toBeLessThanOrEqual(group.groupEpoch)
  for (const { memberEpoch } of group.members.values()) expect(memberEpoch).toBeLessThanOrEqual(group.assignmentEpoch)
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))(
  'each partition has one owner at most, and one in the end (seed %d)',
  async seed => {
    const random = new SeededRandom(seed)
    const world = await GroupWorld.open({}, { seed })
    world.groupConfig = { ...world.groupConfig, consumerAssignmentIntervalMs: random.below(2) * 1_000 }
    let partitions = 3
    world.topics.put('topic', partitions)
    const processes = Array.from(
      { length: MEMBERS },
      (_, at) => new Process(world, `p${at}`, at % 2 === 0 ? `static-${at}` : undefined),
    )
    for (let step = 0; step < STEPS; step++) {
      const chance = random.below(40)
      if (chance === 0) await world.crash({ keepPageCache: true })
      else if (chance === 1) await world.advance(random.below(20_000))
      else if (chance === 2 && partitions < 9) world.topics.put('topic', ++partitions)
      else await processes[random.below(MEMBERS)]!.step(random)
      expectOneOwner(world, processes)
    }
    await world.advance(SESSION_MS)
    for (const process of processes) process.state = 'out'
    for (const process of processes) await process.step(random)
    await world.advance(1_000)
    await settleConsumers(processes.map(({ client }) => client))
    const owned = processes.flatMap(({ client }) => client.owned).sort()
    expect(owned).toEqual(Array.from({ length: partitions }, (_, at) => `topic-${at}`))
    expect((await world.run(world.groups.describeConsumerGroup('group'))).groupState).toBe('Stable')
  },
)

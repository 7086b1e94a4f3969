import { errorName } from '../../../protocol/errors'
import { SeededRandom } from '../../../src/io/memory/seeded-random'
import { type GroupMember, GroupWorld } from '../../support/group-world'

const GROUPS = ['red', 'green', 'blue']
const PARTITIONS = 6
const STEPS = 400
const SEEDS = 20

/** What must never be contradicted. */
class Checker {
  /** Highest offset of which a commit was acknowledged, and that was tried, by group and partition. */
  readonly acknowledged = new Map<string, number>()
  readonly tried = new Map<string, number>()
  readonly #owners = new Map<string, string>()

  owns(group: string, generation: number, partition: string, owner: string): void {
    const key = `${group} ${generation} ${partition}`
    const other = this.#owners.get(key) ?? owner
    if (other !== owner) throw new Error(`${key} belongs to ${other} and to ${owner}`)
    this.#owners.set(key, owner)
  }

  async check(world: GroupWorld): Promise<void> {
    for (const [key, acknowledged] of this.acknowledged) {
      const [group, partition] = key.split(' ')
      const committed = await world.committed(group!, Number(partition))
      expect(committed).toBeGreaterThanOrEqual(acknowledged)
      expect(committed).toBeLessThanOrEqual(this.tried.get(key)!)
    }
  }
}

/** A client that does what clients do about every answer, one request at a time. */
class Client {
  state: 'out' | 'joined' | 'working' | 'dead' = 'out'
  readonly member: GroupMember
  readonly #world: GroupWorld
  readonly #group: string
  readonly #checker: Checker
  #request = 0
  #isBusy = false
  #partitions: string[] = []

  constructor(world: GroupWorld, group: string, checker: Checker, instanceId?: string) {
    this.#world = world
    this.#group = group
    this.#checker = checker
    this.member = world.member(group, { rebalanceTimeoutMs: 6_000, ...(instanceId !== undefined && { instanceId }) })
  }

  get owner(): string {
    return this.member.options.instanceId ?? this.member.memberId
  }

  get partitions(): readonly string[] {
    return this.state === 'working' ? this.#partitions : []
  }

  step(random: SeededRandom): void {
    if (this.#isBusy) return
    if (this.state === 'out') this.#send(() => this.#join())
    else if (this.state === 'joined') this.#send(() => this.#sync())
    else if (this.state === 'working')
      this.#send(() => (random.below(2) === 0 ? this.#heartbeat() : this.#commit(random)))
  }

  /** The connection is gone, with whatever was asked. */
  disconnect(): void {
    this.#request++
    this.#isBusy = false
    if (this.state === 'joined') this.state = 'out'
  }

  #send(work: () => Promise<string>): void {
    const request = ++this.#request
    this.#isBusy = true
    void work().then(error => {
      if (request !== this.#request) return
      this.#isBusy = false
      if (error === 'NONE') return
      this.state = error === 'FENCED_INSTANCE_ID' ? 'dead' : 'out'
      if (error === 'UNKNOWN_MEMBER_ID') this.member.memberId = ''
    })
  }

  async #join(): Promise<string> {
    const request = this.#request
    const answer = await this.member.join()
    if (request !== this.#request || answer.errorCode !== 0) return errorName(answer.errorCode)
    this.state = 'joined'
    this.#toAssign = answer.members.map(({ memberId }) => memberId)
    return 'NONE'
  }
  #toAssign: string[] = []

  async #sync(): Promise<string> {
    const request = this.#request
    const assignments: Record<string, string> = {}
    for (let partition = 0; partition < PARTITIONS && this.#toAssign.length > 0; partition++) {
      const memberId = this.#toAssign[partition % this.#toAssign.length]!
      assignments[memberId] = `${assignments[memberId] ?? ''} ${partition}`.trim()
    }
    const error = await this.member.sync(this.#toAssign.length > 0 ? assignments : {})
    if (request !== this.#request || error !== 'NONE') return error
    this.state = 'working'
    this.#partitions = this.member.assignment!.split(' ').filter(text => text !== '')
    for (const partition of this.#partitions) {
      this.#checker.owns(this.#group, this.member.generationId, partition, this.owner)
    }
    return 'NONE'
  }

  async #heartbeat(): Promise<string> {
    return errorName(await this.#world.groups.heartbeat(this.#group, this.member.identity, this.member.generationId))
  }

  async #commit(random: SeededRandom): Promise<string> {
    if (this.#partitions.length === 0) return 'NONE'
    const partition = this.#partitions[random.below(this.#partitions.length)]!
    const key = `${this.#group} ${partition}`
    const offset = (this.#checker.tried.get(key) ?? 0) + 1
    this.#checker.tried.set(key, offset)
    const [committed] = await this.#world.groups.commit({
      groupId: this.#group,
      ...this.member.identity,
      generationId: this.member.generationId,
      retentionMs: -1,
      topics: [
        { topic: 'topic', partitions: [{ partition: Number(partition), offset, leaderEpoch: -1, metadata: '' }] },
      ],
    })
    const error = errorName(committed!.partitions[0]!.errorCode)
    if (error === 'NONE')
      this.#checker.acknowledged.set(key, Math.max(offset, this.#checker.acknowledged.get(key) ?? 0))
    return error
  }
}

class Simulation {
  readonly #random: SeededRandom
  readonly #checker = new Checker()
  readonly #clients = new Map<string, Client[]>(GROUPS.map(group => [group, []]))
  #started = 0

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
  }

  async run(world: GroupWorld): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      await this.#event(world)
      await world.advance(this.#random.below(1_500))
      if (step % 50 === 0) await this.#checker.check(world)
    }
    await this.#heal(world)
  }

  async #event(world: GroupWorld): Promise<void> {
    const group = GROUPS[this.#random.below(GROUPS.length)]!
    const clients = this.#clients.get(group)!
    const dice = this.#random.below(100)
    if (clients.length === 0 || (dice < 4 && clients.length < 5)) return this.#startClient(world, group)
    const at = this.#random.below(clients.length)
    if (dice < 6) clients.splice(at, 1)[0]!.disconnect()
    else if (dice < 7) await clients.splice(at, 1)[0]!.member.leave()
    else if (dice < 9) clients[at]!.disconnect()
    else if (dice < 11) this.#restartStatic(world, group, clients[at]!)
    else if (dice < 13) await this.#restartBroker(world)
    else for (const client of clients) client.step(this.#random)
  }

  #startClient(world: GroupWorld, group: string): void {
    const instanceId = this.#random.below(3) === 0 ? `instance-${this.#started}` : undefined
    this.#started++
    this.#clients.get(group)!.push(new Client(world, group, this.#checker, instanceId))
  }

  /** The old self may go on for a while. */
  #restartStatic(world: GroupWorld, group: string, client: Client): void {
    const { instanceId } = client.member.options
    if (instanceId !== undefined) this.#clients.get(group)!.push(new Client(world, group, this.#checker, instanceId))
  }

  async #restartBroker(world: GroupWorld): Promise<void> {
    const kind = this.#random.below(3)
    if (kind === 0) await world.restart()
    else {
      if (kind === 1) world.logs.disk.faults.failNext('write', 'EIO')
      for (const clients of this.#clients.values()) for (const client of clients) client.step(this.#random)
      if (kind === 1) await world.advance(0)
      world.logs.disk.faults.clear()
      await world.crash({ keepPageCache: true })
    }
    for (const clients of this.#clients.values()) for (const client of clients) client.disconnect()
    await this.#checker.check(world)
  }

  /** Without faults every group has to become stable, with all partitions given out, each to one member. */
  async #heal(world: GroupWorld): Promise<void> {
    // Others may have been fenced without knowing it.
    for (const group of GROUPS) this.#clients.get(group)!.push(new Client(world, group, this.#checker))
    for (let round = 0; round < 120; round++) {
      for (const clients of this.#clients.values()) for (const client of clients) client.step(this.#random)
      await world.advance(500)
    }
    await this.#checker.check(world)
    for (const [group, clients] of this.#clients) {
      expect([group, await world.state(group)]).toEqual([group, 'Stable'])
      const alive = clients.filter(({ state }) => state !== 'dead')
      expect(alive.map(({ state }) => state)).toEqual(alive.map(() => 'working'))
      const owned = alive.flatMap(({ partitions }) => partitions)
      expect(owned.sort()).toEqual(Array.from({ length: PARTITIONS }, (_, partition) => String(partition)))
    }
  }
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))(
  'whatever happens to members and coordinator, offsets never go back and groups become stable again (seed %i)',
  async seed => {
    const world = await GroupWorld.open({}, { seed })
    await new Simulation(seed).run(world)
  },
)

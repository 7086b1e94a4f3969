import type { Actor } from './actor'
import { ClassicMember, type ClassicMemberOptions, REBALANCE_MS } from './classic-member'
import { ConsumerMember } from './consumer-member'
import { CopyLoop } from './copy-loop'
import type { GroupMember } from './group-member'
import { IdempotentProducer } from './idempotent-producer'
import { LedgerProducer } from './ledger-producer'
import type { World } from './world'

export interface Topic {
  readonly name: string
  readonly partitions: number
}

export const INPUT: Topic = { name: 'input', partitions: 3 }
export const OUTPUT: Topic = { name: 'output', partitions: 2 }
export const LEDGER: Topic = { name: 'ledger', partitions: 3 }
export const TOPICS = [INPUT, OUTPUT, LEDGER]
export const COPIERS = 'copiers'

/** A place in a group for a member; when its process dies another one takes the place, in the name of the same instance if it has one. */
export interface Slot {
  readonly group: string
  readonly topic: Topic
  readonly index: number
  member: GroupMember
  /** The next number of a process of this place. */
  lives: number
  /** Nobody is to take the place when the process is dead. */
  isClosed: boolean
}

/** All clients of a run. */
export class Population {
  readonly slots: Slot[] = []
  readonly producers: IdempotentProducer[] = []
  readonly ledgers: LedgerProducer[] = []
  /** Members that have been replaced, but may live on for a while. */
  readonly twins: GroupMember[] = []
  readonly #world: World
  readonly #topicIds: ReadonlyMap<string, string>
  /** What the members of groups speak that only read; with both in one group it moves between them. */
  readonly #protocols: readonly ('classic' | 'consumer')[]

  constructor(world: World, topicIds: ReadonlyMap<string, string>) {
    this.#world = world
    this.#topicIds = topicIds
    this.#protocols = world.pick([['classic'], ['consumer'], ['classic', 'consumer']] as const)
  }

  /** The groups with the topic that each of them reads. */
  get groups(): ReadonlyMap<string, Topic> {
    return new Map(this.slots.map(({ group, topic }) => [group, topic]))
  }

  populate(): void {
    const world = this.#world
    for (let index = 0; index < 2; index++) {
      const acks = world.pick([-1, 1] as const)
      const options = { topic: INPUT.name, partitions: INPUT.partitions, acks }
      this.producers.push(new IdempotentProducer(world, `producer-${index}`, options).start())
    }
    for (let index = 0; index < 2; index++) this.addLedger(`ledger-${index}`)
    const groups: [string, Topic][] = [
      [COPIERS, INPUT],
      ['readers-a', INPUT],
      ['readers-b', LEDGER],
    ]
    for (const [group, topic] of groups) {
      for (let index = 0; index < 2 + world.below(2); index++) this.addMember(group, topic)
    }
  }

  addMember(group: string, topic: Topic): void {
    const index = this.slots.length
    const slot = { group, topic, index, lives: 0, isClosed: false }
    this.slots.push({ ...slot, member: this.#newMember(slot) })
  }

  /** A new process takes the place of one that is dead, or that is still there and does not know yet. */
  replace(slot: Slot): void {
    if (!slot.member.isOver) this.twins.push(slot.member)
    slot.lives++
    slot.member = this.#newMember(slot)
  }

  addLedger(transactionalId: string): void {
    const options = { topic: LEDGER.name, partitions: LEDGER.partitions, transactionalId }
    const name = `${transactionalId}.${this.ledgers.length}`
    this.ledgers.push(new LedgerProducer(this.#world, name, options).start())
  }

  get actors(): Actor[] {
    return [...this.producers, ...this.ledgers, ...this.twins, ...this.slots.map(({ member }) => member)]
  }

  #newMember({ group, topic, index, lives }: Omit<Slot, 'member'>): GroupMember {
    const name = `${group}.${index}.${lives}`
    const isStatic = index % 3 === 0
    const options = {
      group,
      topic: topic.name,
      partitions: topic.partitions,
      groupInstanceId: isStatic ? `instance-${index}` : null,
    }
    if (group !== COPIERS) return this.#newReader(name, topic, options)
    return new CopyLoop(this.#world, name, {
      ...options,
      isolationLevel: 1,
      transactionalId: `copier-${index}`,
      output: OUTPUT.name,
      outputPartitions: OUTPUT.partitions,
    }).start()
  }

  #newReader(name: string, topic: Topic, options: Omit<ClassicMemberOptions, 'isolationLevel'>): GroupMember {
    const world = this.#world
    const isolationLevel = topic === LEDGER ? 1 : world.pick([0, 1] as const)
    if (world.pick(this.#protocols) === 'classic')
      return new ClassicMember(world, name, { ...options, isolationLevel }).start()
    const topicId = this.#topicIds.get(topic.name)!
    const consumer = { topicId, isolationLevel, rebalanceTimeoutMs: REBALANCE_MS }
    return new ConsumerMember(world, name, { ...options, ...consumer }).start()
  }
}

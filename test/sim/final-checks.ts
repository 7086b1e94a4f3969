import { copyOf } from './copy-loop'
import type { FetchedRecord } from './fetched-records'
import { placeOf } from './history'
import type { Inspector } from './inspector'
import { COPIERS, INPUT, LEDGER, OUTPUT, type Population, TOPICS, type Topic } from './population'
import type { World } from './world'

const partitionsOf = ({ partitions }: Topic): number[] => Array.from({ length: partitions }, (_nothing, index) => index)

/** What has to be true when all faults have stopped and everybody has come to rest. */
export class FinalChecks {
  readonly #world: World
  readonly #inspector: Inspector

  constructor(world: World, inspector: Inspector) {
    this.#world = world
    this.#inspector = inspector
  }

  /** All living members of all groups are in one generation, and every partition belongs to one of them. */
  async groupsAreStable(population: Population): Promise<void> {
    for (const [group, topic] of population.groups) {
      const { state, members } = await this.#inspector.describe(group)
      const living = population.slots.filter(slot => slot.group === group && !slot.member.isOver)
      if (state !== 'Stable') this.#violated(`${group} is ${state}`)
      if (members.length !== living.length) {
        this.#violated(`${group} has ${members.length} members and ${living.length} live`)
      }
      const owned = members.flat().sort()
      if (owned.join() !== partitionsOf(topic).join()) this.#violated(`${group} has partitions ${owned} in all`)
    }
  }

  /** Whether every group has committed the end of all that it reads. */
  async groupsAreThrough(groups: ReadonlyMap<string, Topic>): Promise<boolean> {
    for (const [group, topic] of groups) {
      const committed = await this.#inspector.committed(group, topic)
      for (const partition of partitionsOf(topic)) {
        const { highWatermark } = await this.#inspector.end(topic.name, partition)
        if (Math.max(0, committed[partition]!) < highWatermark) return false
      }
    }
    return true
  }

  async committedOffsets(groups: ReadonlyMap<string, Topic>): Promise<void> {
    for (const [group, topic] of groups) {
      const floors = partitionsOf(topic).map(at => this.#world.history.committedFloor(group, placeOf(topic.name, at)))
      const committed = await this.#inspector.committed(group, topic)
      committed.forEach((offset, at) => {
        this.#world.history.commitFetched(group, placeOf(topic.name, at), offset, floors[at]!)
      })
    }
  }

  /** With no transaction open, readers of committed records get to the end. */
  async lastStableOffsets(): Promise<void> {
    for (const topic of TOPICS) {
      for (const partition of partitionsOf(topic)) {
        const { highWatermark, lastStableOffset } = await this.#inspector.end(topic.name, partition)
        const { log } = this.#world.process.broker!.partitions.find(topic.name, partition)!
        if (highWatermark !== log.logEndOffset || lastStableOffset !== highWatermark) {
          const place = placeOf(topic.name, partition)
          this.#violated(`${place} is stable up to ${lastStableOffset} of ${highWatermark} of ${log.logEndOffset}`)
        }
      }
    }
  }

  /** Everything that was acknowledged is there, once, and in order. */
  async records(groups: ReadonlyMap<string, Topic>): Promise<void> {
    const { history } = this.#world
    for (const topic of TOPICS) {
      for (const partition of partitionsOf(topic)) {
        const place = placeOf(topic.name, partition)
        const all = await this.#inspector.readAll(topic.name, partition, 0)
        const found = new Map(all.map(({ offset, value }) => [offset, value]))
        for (const { offset, value } of all) history.read(place, offset, value)
        for (const [offset, value] of history.acknowledged.get(place) ?? []) {
          if (found.get(offset) !== value)
            this.#violated(`${value} was acknowledged at ${offset} of ${place}: ${found.get(offset)}`)
        }
        if (topic === OUTPUT) continue
        this.#isOnceAndInOrder(place, all)
        if (topic !== INPUT) continue
        for (const [group] of groups) this.#isAllRead(group, groups.get(group)!, place, all)
      }
    }
  }

  /** Readers of committed records get all of a transaction or nothing, as its producer was told. */
  async transactions(): Promise<void> {
    const counts = new Map<string, number>()
    for (const topic of [LEDGER, OUTPUT]) {
      for (const partition of partitionsOf(topic)) {
        const committed = await this.#inspector.readAll(topic.name, partition, 1)
        const place = placeOf(topic.name, partition)
        for (const { offset, value } of committed) this.#world.history.read(place, offset, value)
        if (topic !== LEDGER) continue
        for (const { value } of committed) {
          const id = value.split('/')[0]!
          counts.set(id, (counts.get(id) ?? 0) + 1)
        }
      }
    }
    for (const { id, partitions, fate } of this.#world.history.transactions) {
      if (!id.startsWith('ledger')) continue
      const seen = counts.get(id) ?? 0
      const isAll = seen === partitions.length
      const isRight = fate === 'committed' ? isAll : fate === 'committing' ? isAll || seen === 0 : seen === 0
      if (!isRight) this.#violated(`${id} is ${fate}, and ${seen} of its ${partitions.length} records are seen`)
    }
  }

  /** Every record of the input has one copy that is committed, and copies of a partition are in its order. */
  async copies(): Promise<void> {
    const expected = new Map<number, string[]>()
    for (const partition of partitionsOf(INPUT)) {
      const records = await this.#inspector.readAll(INPUT.name, partition, 1)
      expected.set(
        partition,
        records.map(({ offset, value }) => copyOf(partition, offset, value)),
      )
    }
    const found = new Map<number, string[]>(partitionsOf(INPUT).map(partition => [partition, []]))
    for (const partition of partitionsOf(OUTPUT)) {
      for (const { value } of await this.#inspector.readAll(OUTPUT.name, partition, 1)) {
        found.get(Number(value.split('@')[0]))!.push(value)
      }
    }
    for (const [partition, copies] of found) {
      const wanted = expected.get(partition)!
      const at = wanted.findIndex((copy, index) => copies[index] !== copy)
      if (at >= 0) this.#violated(`copy ${at} of input-${partition} is ${copies[at]} and not ${wanted[at]}`)
      if (copies.length > wanted.length) this.#violated(`${copies[wanted.length]} is a copy too many`)
    }
  }

  #isOnceAndInOrder(place: string, records: readonly FetchedRecord[]): void {
    const last = new Map<string, number>()
    for (const { offset, value } of records) {
      const { writer, number } = orderOf(value)
      if (number <= (last.get(writer) ?? -1))
        this.#violated(`${value} at ${offset} of ${place} is out of order or there twice`)
      last.set(writer, number)
    }
  }

  #isAllRead(group: string, topic: Topic, place: string, records: readonly FetchedRecord[]): void {
    if (topic !== INPUT || group === COPIERS) return
    const missed = records.find(({ offset }) => !this.#world.history.hasRead(group, place, offset))
    if (missed) this.#violated(`${group} was not given ${missed.value} at ${missed.offset} of ${place}`)
  }

  #violated(what: string): void {
    this.#world.violated(what)
  }
}

/** Who wrote a record, and a number that grows with what it writes. */
const orderOf = (value: string): { readonly writer: string; readonly number: number } => {
  const transactional = /^(.*)#(\d+)\/(\d+)\/(\d+)$/.exec(value)
  if (transactional) {
    const [, writer, transaction, write, index] = transactional
    return { writer: writer!, number: Number(transaction) * 10_000 + Number(write) * 100 + Number(index) }
  }
  const [writer, , number] = value.split(':')
  return { writer: writer!, number: Number(number) }
}

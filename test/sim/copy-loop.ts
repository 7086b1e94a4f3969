import { ClassicMember, type ClassicMemberOptions } from './classic-member'
import type { FetchedRecord } from './fetched-records'
import type { Standing } from './group-member'
import { placeOf } from './history'
import { Abortable, Fenced, TransactionalClient } from './transactional-client'
import type { World } from './world'

export interface CopyLoopOptions extends ClassicMemberOptions {
  readonly transactionalId: string
  readonly output: string
  readonly outputPartitions: number
}

const TIMEOUT_MS = 5_000

/** What a copy of a record says: where it comes from, and what it is. */
export const copyOf = (partition: number, offset: number, value: string): string => `${partition}@${offset}=${value}`

/** Consumes, transforms and produces: every record of the input is in the output exactly once. */
export class CopyLoop extends ClassicMember {
  readonly #copy: CopyLoopOptions
  readonly #client: TransactionalClient
  #isReady = false
  #transactions = 0

  constructor(world: World, name: string, options: CopyLoopOptions) {
    super(world, name, options)
    this.#copy = options
    this.#client = new TransactionalClient(this, {
      transactionalId: options.transactionalId,
      transactionTimeoutMs: TIMEOUT_MS,
      generation: world.pick([1, 2]),
    })
  }

  protected override async join(): Promise<boolean> {
    if (!this.#isReady) await this.#client.init()
    this.#isReady = true
    return super.join()
  }

  protected override async process(
    partition: number,
    records: readonly FetchedRecord[],
    nextOffset: number,
  ): Promise<Standing> {
    const { topic, group, output, outputPartitions } = this.#copy
    const { history } = this.world
    for (const { offset, value } of records) history.read(placeOf(topic, partition), offset, value, group)
    this.#client.begin(history.transaction(`${this.name}#${this.#transactions++}`))
    try {
      const values = records.map(({ offset, value }) => copyOf(partition, offset, value))
      if (values.length > 0) await this.#client.write(output, partition % outputPartitions, values)
      if (this.world.rarely(20)) await this.idle(this.world.below(2 * TIMEOUT_MS))
      history.commitTried(group, placeOf(topic, partition), nextOffset)
      await this.#client.commitOffset(group, this.identity, topic, partition, nextOffset)
      if (this.world.rarely(10)) throw new Abortable('because it felt like it')
      await this.#client.end(true)
      history.commitAcknowledged(group, placeOf(topic, partition), nextOffset)
      this.positions.set(partition, nextOffset)
      return 'stays'
    } catch (error) {
      return this.#giveUp(error)
    }
  }

  /** What was read since is read again, by whoever has the partition then. */
  async #giveUp(error: unknown): Promise<Standing> {
    if (!(error instanceof Abortable || error instanceof Fenced)) throw error
    this.note(`gives a transaction up: ${error.message}`)
    try {
      if (error instanceof Abortable) await this.#client.end(false)
      else this.#isReady = false
    } catch (second) {
      if (!(second instanceof Abortable || second instanceof Fenced)) throw second
      this.#isReady = false
    }
    return 'rejoins'
  }

  /** Offsets are committed with transactions only. */
  protected override async finishWork(): Promise<void> {}
}

import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import { encodeBatch } from '../../protocol/records/record-batch'
import { Actor, Disconnected, isRetriable } from './actor'
import { placeOf } from './history'
import type { World } from './world'

interface Batch {
  readonly partition: number
  readonly baseSequence: number
  readonly values: readonly string[]
}

const BATCHES_IN_FLIGHT_MAX = 5
const RECORDS_MAX = 3
const NO_PRODUCER = -1

export interface IdempotentProducerOptions {
  readonly topic: string
  readonly partitions: number
  readonly acks: -1 | 1
}

/** Writes numbered records, several batches in flight, and sends again, in order, what was not acknowledged. */
export class IdempotentProducer extends Actor {
  readonly #options: IdempotentProducerOptions
  /** Not acknowledged, by partition, in the order of their sequences. */
  readonly #unacknowledged: Batch[][]
  readonly #sequences: number[]
  readonly #produceVersion: number
  #written = 0
  #isFinishing = false

  constructor(world: World, name: string, options: IdempotentProducerOptions) {
    super(world, name)
    this.#options = options
    this.#unacknowledged = Array.from({ length: options.partitions }, () => [])
    this.#sequences = new Array<number>(options.partitions).fill(0)
    this.#produceVersion = world.pick([3, 7, 9, 11, 12])
  }

  /** Makes nothing new; it is over when all is acknowledged. */
  finish(): void {
    this.#isFinishing = true
  }

  protected async live(): Promise<void> {
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 }
    const { errorCode, producerId, producerEpoch } = await this.persist(
      () => this.ask('data', InitProducerId, this.world.pick([1, 4]), request),
      answer => answer.errorCode,
    )
    if (errorCode !== ErrorCode.NONE || producerId === NO_PRODUCER) this.unexpected('InitProducerId', errorCode)
    while (!this.#isFinishing || this.#unacknowledged.some(batches => batches.length > 0)) {
      if (!this.#isFinishing) this.#makeBatch()
      const partition = this.world.below(this.#options.partitions)
      await this.#sendAll(this.#unacknowledged[partition]!, { producerId, producerEpoch })
      await this.idle(20 + this.world.below(300))
    }
  }

  #makeBatch(): void {
    const partition = this.world.below(this.#options.partitions)
    const count = 1 + this.world.below(RECORDS_MAX)
    const values = Array.from({ length: count }, () => `${this.name}:${partition}:${this.#written++}`)
    this.#unacknowledged[partition]!.push({ partition, baseSequence: this.#sequences[partition]!, values })
    this.#sequences[partition]! += count
  }

  /** Sends the first of `batches` at once and takes out those that were acknowledged. */
  async #sendAll(batches: Batch[], producer: { producerId: number; producerEpoch: number }): Promise<void> {
    const flight = batches.slice(0, BATCHES_IN_FLIGHT_MAX)
    const outcomes = await Promise.allSettled(flight.map(batch => this.#send(batch, producer)))
    let isBroken = false
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') {
        if (!(outcome.reason instanceof Disconnected)) throw outcome.reason
        isBroken = true
        continue
      }
      const { errorCode, baseOffset } = outcome.value
      if (errorCode === ErrorCode.NONE) this.#acknowledged(batches, flight[index]!, baseOffset)
      else if (isRetriable(errorCode)) isBroken = true
      // What is behind a batch that was lost is out of order; it is sent again after that one.
      else if (!(errorCode === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER && isBroken))
        this.unexpected('Produce', errorCode)
      if (errorCode !== ErrorCode.NONE) this.note(`Produce: ${errorName(errorCode)}`)
    }
  }

  #acknowledged(batches: Batch[], batch: Batch, baseOffset: number): void {
    batches.splice(batches.indexOf(batch), 1)
    this.note(`${batch.values[0]} is at ${baseOffset}`)
    this.world.history.written(placeOf(this.#options.topic, batch.partition), baseOffset, batch.values)
  }

  async #send({ partition, baseSequence, values }: Batch, producer: { producerId: number; producerEpoch: number }) {
    const timestamp = this.world.clock.now()
    const records = encodeBatch({
      ...producer,
      baseSequence,
      records: values.map(value => ({ value: Buffer.from(value), timestamp })),
    })
    const answer = await this.ask('data', Produce, this.#produceVersion, {
      transactionalId: null,
      acks: this.#options.acks,
      timeoutMs: 10_000,
      topicData: [{ name: this.#options.topic, partitionData: [{ index: partition, records }] }],
    })
    return answer.responses[0]!.partitionResponses[0]!
  }
}

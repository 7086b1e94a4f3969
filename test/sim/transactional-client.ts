import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import { AddPartitionsToTxn } from '../../protocol/messages/24-add-partitions-to-txn'
import { AddOffsetsToTxn } from '../../protocol/messages/25-add-offsets-to-txn'
import { EndTxn } from '../../protocol/messages/26-end-txn'
import { TxnOffsetCommit } from '../../protocol/messages/28-txn-offset-commit'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { Api } from '../../protocol/schema/api'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import type { Identity } from './group-member'
import { placeOf, type TransactionAttempt } from './history'
import type { World } from './world'

/** Another producer has the transactional id, or the transaction took too long: only a new start helps. */
export class Fenced extends Error {
  override readonly name = 'Fenced'
}

/** The transaction has to be aborted. */
export class Abortable extends Error {
  override readonly name = 'Abortable'
}

/** What a transactional client needs of the actor that it is a part of. */
export interface TransactionalHost {
  readonly world: World
  ask<A extends Api>(
    purpose: string,
    api: A,
    version: number,
    request: InputOf<A['request']>,
  ): Promise<MessageOf<A['response']>>
  persist<Answer>(ask: () => Promise<Answer>, errorCodeOf: (answer: Answer) => number): Promise<Answer>
  note(what: string): void
  unexpected(api: string, errorCode: number): void
}

const FENCED: ReadonlySet<number> = new Set([
  ErrorCode.PRODUCER_FENCED,
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.INVALID_PRODUCER_ID_MAPPING,
])
const ABORTABLE: ReadonlySet<number> = new Set([
  ErrorCode.TRANSACTION_ABORTABLE,
  ErrorCode.INVALID_TXN_STATE,
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.FENCED_INSTANCE_ID,
])

export interface TransactionalClientOptions {
  readonly transactionalId: string
  readonly transactionTimeoutMs: number
  /** 1: partitions are added before they are written to. 2: they join by being written to, and epochs grow with each transaction. */
  readonly generation: 1 | 2
}

/** The transactional part of a producer, as in the clients of both generations of the protocol. */
export class TransactionalClient {
  readonly #host: TransactionalHost
  readonly #options: TransactionalClientOptions
  readonly #sequences = new Map<string, number>()
  readonly #added = new Set<string>()
  #producer = { producerId: -1, producerEpoch: -1 }
  #attempt: TransactionAttempt | null = null
  #isBegun = false

  constructor(host: TransactionalHost, options: TransactionalClientOptions) {
    this.#host = host
    this.#options = options
  }

  /** Takes the transactional id over; what its last owner left open is aborted. */
  async init(): Promise<void> {
    const { transactionalId, transactionTimeoutMs, generation } = this.#options
    const answer = await this.#host.persist(
      () => this.#host.ask('data', InitProducerId, generation === 1 ? 3 : 5, { transactionalId, transactionTimeoutMs }),
      ({ errorCode }) => errorCode,
    )
    if (answer.errorCode !== ErrorCode.NONE) this.#fail('InitProducerId', answer.errorCode)
    this.#become(answer)
    this.#isBegun = false
  }

  begin(attempt: TransactionAttempt): void {
    this.#attempt = attempt
    this.#added.clear()
    this.#isBegun = false
  }

  /** Writes one batch. */
  async write(topic: string, partition: number, values: readonly string[]): Promise<void> {
    const place = placeOf(topic, partition)
    await this.#join(topic, partition)
    const answer = await this.#host.persist(
      () => this.#produce('data', topic, partition, values),
      ({ errorCode }) => errorCode,
    )
    if (answer.errorCode !== ErrorCode.NONE) this.#fail('Produce', answer.errorCode)
    this.#sequences.set(place, (this.#sequences.get(place) ?? 0) + values.length)
    this.#attempt!.partitions.push(...values.map(() => place))
    this.#host.world.history.written(place, answer.baseOffset, values)
  }

  /**
   * Sends a batch over a connection of its own and does not wait for it: the transaction, which is going to be aborted, may be over when it
   * arrives. Only `init` helps after that.
   */
  async writeLate(topic: string, partition: number, values: readonly string[]): Promise<void> {
    await this.#join(topic, partition)
    this.#produce('late', topic, partition, values).then(
      ({ errorCode }) => this.#host.note(`a late Produce: ${errorName(errorCode)}`),
      () => {},
    )
  }

  async commitOffset(group: string, member: Identity, topic: string, partition: number, offset: number): Promise<void> {
    const { generation, transactionalId } = this.#options
    this.#isBegun = true
    if (generation === 1) {
      const added = await this.#host.persist(
        () => this.#host.ask('data', AddOffsetsToTxn, 3, { transactionalId, ...this.#producer, groupId: group }),
        ({ errorCode }) => errorCode,
      )
      if (added.errorCode !== ErrorCode.NONE) this.#fail('AddOffsetsToTxn', added.errorCode)
    }
    const answer = await this.#host.persist(
      async () => {
        const { topics } = await this.#host.ask('coordinator', TxnOffsetCommit, generation === 1 ? 3 : 5, {
          transactionalId,
          groupId: group,
          ...this.#producer,
          ...member,
          topics: [
            {
              name: topic,
              partitions: [{ partitionIndex: partition, committedOffset: offset, committedMetadata: '' }],
            },
          ],
        })
        return topics[0]!.partitions[0]!
      },
      ({ errorCode }) => errorCode,
    )
    if (answer.errorCode !== ErrorCode.NONE) this.#fail('TxnOffsetCommit', answer.errorCode)
  }

  /** Ends the transaction, unless nothing is in it. */
  async end(isCommit: boolean): Promise<void> {
    const attempt = this.#attempt!
    if (!this.#isBegun) return
    const { transactionalId, generation } = this.#options
    if (isCommit) attempt.fate = 'committing'
    const answer = await this.#host.persist(
      () =>
        this.#host.ask('data', EndTxn, generation === 1 ? 3 : 5, {
          transactionalId,
          ...this.#producer,
          committed: isCommit,
        }),
      ({ errorCode }) => errorCode,
    )
    this.#host.note(`${isCommit ? 'commits' : 'aborts'} ${attempt.id}: ${errorName(answer.errorCode)}`)
    if (answer.errorCode !== ErrorCode.NONE) this.#fail('EndTxn', answer.errorCode)
    attempt.fate = isCommit ? 'committed' : 'aborted'
    this.#isBegun = false
    if (generation === 2) this.#become(answer)
  }

  #become({ producerId, producerEpoch }: { readonly producerId: number; readonly producerEpoch: number }): void {
    this.#producer = { producerId, producerEpoch }
    this.#sequences.clear()
    this.#host.note(`is producer ${producerId} with epoch ${producerEpoch}`)
  }

  async #join(topic: string, partition: number): Promise<void> {
    this.#isBegun = true
    const isKnown = this.#options.generation === 2 || this.#added.has(placeOf(topic, partition))
    if (!isKnown) await this.#addPartition(topic, partition)
  }

  async #produce(connection: string, topic: string, partition: number, values: readonly string[]) {
    const { generation, transactionalId } = this.#options
    const timestamp = this.#host.world.clock.now()
    const records = encodeBatch({
      ...this.#producer,
      baseSequence: this.#sequences.get(placeOf(topic, partition)) ?? 0,
      isTransactional: true,
      records: values.map(value => ({ value: Buffer.from(value), timestamp })),
    })
    const { responses } = await this.#host.ask(connection, Produce, generation === 1 ? 11 : 12, {
      transactionalId,
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
    })
    return responses[0]!.partitionResponses[0]!
  }

  async #addPartition(topic: string, partition: number): Promise<void> {
    const { producerId, producerEpoch } = this.#producer
    const answer = await this.#host.persist(
      async () => {
        const { resultsByTopicV3AndBelow } = await this.#host.ask('data', AddPartitionsToTxn, 3, {
          v3AndBelowTransactionalId: this.#options.transactionalId,
          v3AndBelowProducerId: producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: [{ name: topic, partitions: [partition] }],
        })
        return resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!
      },
      ({ partitionErrorCode }) => partitionErrorCode,
    )
    if (answer.partitionErrorCode !== ErrorCode.NONE) this.#fail('AddPartitionsToTxn', answer.partitionErrorCode)
    this.#added.add(placeOf(topic, partition))
  }

  #fail(api: string, errorCode: number): never {
    this.#host.note(`${api}: ${errorName(errorCode)}`)
    if (ABORTABLE.has(errorCode)) throw new Abortable(errorName(errorCode))
    if (!FENCED.has(errorCode)) this.#host.unexpected(api, errorCode)
    throw new Fenced(errorName(errorCode))
  }
}

import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import { AddPartitionsToTxn } from '../../protocol/messages/24-add-partitions-to-txn'
import { EndTxn } from '../../protocol/messages/26-end-txn'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { RateResult } from './commit-load'
import { CoordinatorType, ensureSuccess, findCoordinators, retried } from './coordinator'
import { LoadConnection } from './load-connection'
import { valuesOf } from './produce-load'

export interface TransactionLoad {
  readonly host: string
  readonly port: number
  readonly topic: string
  readonly producers: number
  /** 1: the producer adds partitions by itself. 2: the broker does, and every transaction has an epoch of its own (KIP-890). */
  readonly version: 1 | 2
  readonly seconds: number
}

/** Of the messages whose later versions speak of the second version of transactions. */
const VERSIONS = { 1: { init: 4, produce: 11, end: 4 }, 2: { init: 5, produce: 12, end: 5 } } as const
const ADD_PARTITIONS_VERSION = 3
const TIMEOUT_MS = 30_000
const MESSAGE_BYTES = 100

/** Transactions of one record each, one after the other from every producer; counts those that are committed. */
export const runTransactionLoad = async (load: TransactionLoad): Promise<RateResult> => {
  const ids = Array.from({ length: load.producers }, (_, at) => `${load.topic}-${at}`)
  await findCoordinators(load, CoordinatorType.transaction, ids)
  const producers = await Promise.all(ids.map((id, at) => TransactionalProducer.open(load, id, at)))
  const startedAt = performance.now()
  const until = startedAt + load.seconds * 1000
  let count = 0
  const drive = async (producer: TransactionalProducer) => {
    for (; performance.now() < until; count++) await producer.transaction()
    producer.close()
  }
  await Promise.all(producers.map(drive))
  return { count, seconds: (performance.now() - startedAt) / 1000 }
}

class TransactionalProducer {
  readonly #connection: LoadConnection
  readonly #load: TransactionLoad
  readonly #id: string
  readonly #partition: number
  #producerId = -1
  #epoch = -1
  #sequence = 0

  private constructor(connection: LoadConnection, load: TransactionLoad, id: string, partition: number) {
    this.#connection = connection
    this.#load = load
    this.#id = id
    this.#partition = partition
  }

  static async open(load: TransactionLoad, id: string, partition: number): Promise<TransactionalProducer> {
    const connection = await LoadConnection.open(load.host, load.port)
    const producer = new TransactionalProducer(connection, load, id, partition)
    await producer.#start()
    return producer
  }

  async transaction(): Promise<void> {
    if (this.#load.version === 1) await this.#addPartition()
    await this.#produce()
    await this.#end()
  }

  close(): void {
    this.#connection.close()
  }

  async #start(): Promise<void> {
    const request = { transactionalId: this.#id, transactionTimeoutMs: TIMEOUT_MS }
    const { init } = VERSIONS[this.#load.version]
    const answer = await succeeded(() => this.#connection.request(InitProducerId, init, request))
    this.#producerId = answer.producerId
    this.#epoch = answer.producerEpoch
  }

  async #addPartition(): Promise<void> {
    await succeeded(async () => {
      const { resultsByTopicV3AndBelow } = await this.#connection.request(AddPartitionsToTxn, ADD_PARTITIONS_VERSION, {
        v3AndBelowTransactionalId: this.#id,
        v3AndBelowProducerId: this.#producerId,
        v3AndBelowProducerEpoch: this.#epoch,
        v3AndBelowTopics: [{ name: this.#load.topic, partitions: [this.#partition] }],
      })
      return { errorCode: resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode }
    })
  }

  async #produce(): Promise<void> {
    const records = encodeBatch({
      records: valuesOf(MESSAGE_BYTES, 1),
      isTransactional: true,
      producerId: this.#producerId,
      producerEpoch: this.#epoch,
      baseSequence: this.#sequence++,
    })
    const topicData = [{ name: this.#load.topic, partitionData: [{ index: this.#partition, records }] }]
    const request = { transactionalId: this.#id, acks: -1, timeoutMs: TIMEOUT_MS, topicData }
    await succeeded(async () => {
      const answer = await this.#connection.request(Produce, VERSIONS[this.#load.version].produce, request)
      return answer.responses[0]!.partitionResponses[0]!
    })
  }

  async #end(): Promise<void> {
    const { version } = this.#load
    const request = {
      transactionalId: this.#id,
      producerId: this.#producerId,
      producerEpoch: this.#epoch,
      committed: true,
    }
    const answer = await succeeded(() => this.#connection.request(EndTxn, VERSIONS[version].end, request))
    if (version === 1) return
    this.#producerId = answer.producerId
    this.#epoch = answer.producerEpoch
    this.#sequence = 0
  }
}

/** Asks again while the transaction before is not quite over. */
const succeeded = async <Answer extends { readonly errorCode: number }>(
  ask: () => Promise<Answer>,
): Promise<Answer> => {
  const answer = await retried(ask, ErrorCode.CONCURRENT_TRANSACTIONS)
  ensureSuccess('a transaction', answer.errorCode)
  return answer
}

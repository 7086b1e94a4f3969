import { ErrorCode } from '../../../protocol/errors'
import { Produce } from '../../../protocol/messages/00-produce'
import { Fetch } from '../../../protocol/messages/01-fetch'
import { OffsetFetch } from '../../../protocol/messages/09-offset-fetch'
import { FindCoordinator } from '../../../protocol/messages/10-find-coordinator'
import { CreateTopics } from '../../../protocol/messages/19-create-topics'
import { InitProducerId } from '../../../protocol/messages/22-init-producer-id'
import { AddPartitionsToTxn } from '../../../protocol/messages/24-add-partitions-to-txn'
import { AddOffsetsToTxn } from '../../../protocol/messages/25-add-offsets-to-txn'
import { EndTxn } from '../../../protocol/messages/26-end-txn'
import { TxnOffsetCommit } from '../../../protocol/messages/28-txn-offset-commit'
import { isControl, isTransactional } from '../../../protocol/records/batch-header'
import { readEndTransactionMarker } from '../../../protocol/records/control-record'
import { decodeRecords, encodeBatch, iterateBatches } from '../../../protocol/records/record-batch'
import { Crashed, CrashingBroker } from '../../support/crashing-broker'

const TOPIC = 'orders'
const GROUP = 'copiers'
const ID = 'tx'
const RECORD_BYTES_MAX = 1024
/** What a client may meet on its way and has to try again. */
const RETRIABLE = new Set<number>([
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.NOT_ENOUGH_REPLICAS,
])

interface Producer {
  producerId: number
  producerEpoch: number
}

/** A transactional producer that knows one generation of the protocol: 1 adds partitions first, 2 joins them by writing. */
class Client {
  readonly #broker: CrashingBroker
  readonly #generation: 1 | 2
  readonly #sequences = [0, 0]
  #producer: Producer = { producerId: -1, producerEpoch: -1 }

  constructor(broker: CrashingBroker, generation: 1 | 2) {
    this.#broker = broker
    this.#generation = generation
  }

  async find(): Promise<void> {
    for (const [keyType, key] of [
      [1, ID],
      [0, GROUP],
    ] as const) {
      await this.#retried(
        () => this.#broker.ask(FindCoordinator, 4, { keyType, coordinatorKeys: [key] }),
        ({ coordinators }) => coordinators[0]!.errorCode,
      )
    }
  }

  async begin(): Promise<void> {
    this.#producer = await this.#retried(
      () => this.#broker.ask(InitProducerId, 5, { transactionalId: ID, transactionTimeoutMs: 60_000 }),
      ({ errorCode }) => errorCode,
    )
    this.#sequences.fill(0)
  }

  async write(value: string): Promise<void> {
    if (this.#generation === 1) await this.#addPartitions()
    for (const partition of [0, 1]) await this.#produce(partition, value)
  }

  async commitOffset(offset: number): Promise<void> {
    const { producerId, producerEpoch } = this.#producer
    const producer = { transactionalId: ID, groupId: GROUP, producerId, producerEpoch }
    if (this.#generation === 1) {
      await this.#retried(
        () => this.#broker.ask(AddOffsetsToTxn, 3, producer),
        ({ errorCode }) => errorCode,
      )
    }
    const topics = [
      { name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }] },
    ]
    await this.#retried(
      () => this.#broker.ask(TxnOffsetCommit, this.#generation === 1 ? 3 : 5, { ...producer, topics }),
      answer => answer.topics[0]!.partitions[0]!.errorCode,
    )
  }

  async end(committed: boolean): Promise<void> {
    const { producerId, producerEpoch } = this.#producer
    const answer = await this.#retried(
      () =>
        this.#broker.ask(EndTxn, this.#generation === 1 ? 3 : 5, {
          transactionalId: ID,
          producerId,
          producerEpoch,
          committed,
        }),
      ({ errorCode }) => errorCode,
    )
    if (this.#generation === 1) return
    this.#producer = answer
    this.#sequences.fill(0)
  }

  async #addPartitions(): Promise<void> {
    const { producerId, producerEpoch } = this.#producer
    await this.#retried(
      () =>
        this.#broker.ask(AddPartitionsToTxn, 3, {
          v3AndBelowTransactionalId: ID,
          v3AndBelowProducerId: producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: [{ name: TOPIC, partitions: [0, 1] }],
        }),
      answer => answer.resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode,
    )
  }

  async #produce(partition: number, value: string): Promise<void> {
    const { producerId, producerEpoch } = this.#producer
    const baseSequence = this.#sequences[partition]!
    this.#sequences[partition] = baseSequence + 1
    await this.#retried(
      () => {
        const record = { key: null, value: Buffer.from(value), timestamp: 1_700_000_000_000 }
        const batch = encodeBatch({ isTransactional: true, producerId, producerEpoch, baseSequence, records: [record] })
        return this.#broker.ask(Produce, this.#generation === 1 ? 11 : 12, {
          transactionalId: ID,
          acks: -1,
          timeoutMs: 1000,
          topicData: [{ name: TOPIC, partitionData: [{ index: partition, records: batch }] }],
        })
      },
      ({ responses }) => responses[0]!.partitionResponses[0]!.errorCode,
    )
  }

  async #retried<Answer>(ask: () => Promise<Answer>, errorCodeOf: (answer: Answer) => number): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const answer = await ask()
      const errorCode = errorCodeOf(answer)
      if (errorCode === ErrorCode.NONE) return answer
      if (!RETRIABLE.has(errorCode) || attempt === 50) throw new Error(`error code ${errorCode}`)
      await this.#broker.advance(20)
    }
  }
}

/** The values that a reader of committed records gets, filtered as clients do it. */
const committedValues = async (broker: CrashingBroker, partition: number): Promise<string[]> => {
  const { responses } = await broker.ask(Fetch, 11, {
    maxWaitMs: 0,
    minBytes: 0,
    isolationLevel: 1,
    topics: [{ topic: TOPIC, partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1_000_000 }] }],
  })
  const { records, abortedTransactions } = responses[0]!.partitions[0]!
  const aborted = [...(abortedTransactions ?? [])]
  const skipped = new Set<number>()
  const values: string[] = []
  for (const { position, header } of iterateBatches(records!)) {
    for (const { producerId, firstOffset } of aborted) if (firstOffset === header.baseOffset) skipped.add(producerId)
    if (isControl(header.attributes)) {
      if (readEndTransactionMarker(records!, position)) skipped.delete(header.producerId)
    } else if (!isTransactional(header.attributes) || !skipped.has(header.producerId)) {
      values.push(...decodeRecords(records!, position, { maxBytes: RECORD_BYTES_MAX }).map(of => of.value!.toString()))
    }
  }
  return values
}

const committedOffset = async (broker: CrashingBroker): Promise<number> => {
  const { groups } = await broker.ask(OffsetFetch, 8, {
    groups: [{ groupId: GROUP, topics: [{ name: TOPIC, partitionIndexes: [0] }] }],
    requireStable: true,
  })
  const { errorCode, committedOffset: offset } = groups[0]!.topics[0]!.partitions[0]!
  expect(errorCode).toBe(ErrorCode.NONE)
  return offset
}

const newBroker = async (): Promise<CrashingBroker> => {
  const broker = new CrashingBroker({
    'transaction.state.log.num.partitions': '1',
    'offsets.topic.num.partitions': '1',
  })
  await broker.start()
  await broker.ask(CreateTopics, 7, {
    topics: [{ name: TOPIC, numPartitions: 2, replicationFactor: 1 }],
    timeoutMs: 1000,
  })
  return broker
}

/** A transaction that is committed and one that is aborted; returns what was answered before the process died. */
const runTransactions = async (broker: CrashingBroker, generation: 1 | 2): Promise<string[]> => {
  const answered: string[] = []
  const client = new Client(broker, generation)
  const steps: [string, () => Promise<void>][] = [
    ['begun', () => client.begin()],
    ['written', () => client.write('first')],
    ['offset', () => client.commitOffset(7)],
    ['committed', () => client.end(true)],
    ['written again', () => client.write('second')],
    ['offset again', () => client.commitOffset(9)],
    ['aborted', () => client.end(false)],
    ['ended', () => broker.advance(200)],
  ]
  try {
    for (const [name, step] of steps) {
      await step()
      answered.push(name)
    }
  } catch (error) {
    if (!(error instanceof Crashed)) throw error
  }
  return answered
}

/** What has to be true after a restart, and that the producer can go on. */
const checkRecovery = async (broker: CrashingBroker, generation: 1 | 2, answered: readonly string[]): Promise<void> => {
  const client = new Client(broker, generation)
  await client.find()
  await client.begin()
  await broker.advance(200)
  const [first, second] = [await committedValues(broker, 0), await committedValues(broker, 1)]
  expect(first).toEqual(second)
  expect(first).toEqual(first.length === 0 ? [] : ['first'])
  if (answered.includes('committed')) expect(first).toEqual(['first'])
  expect(await committedOffset(broker)).toBe(first.length === 0 ? -1 : 7)
  await client.write('last')
  await client.commitOffset(11)
  await client.end(true)
  await broker.advance(200)
  for (const partition of [0, 1]) {
    expect(await committedValues(broker, partition)).toEqual([...first, 'last'])
    const { log } = broker.broker.partitions.find(TOPIC, partition)!
    expect(log.lastStableOffset).toBe(log.logEndOffset)
  }
  expect(await committedOffset(broker)).toBe(11)
}

describe.each([1, 2] as const)('with producers of generation %s', generation => {
  test('a process that dies after any of its writes leaves every transaction committed or aborted everywhere', async () => {
    const rehearsal = await newBroker()
    await new Client(rehearsal, generation).find()
    const firstWrite = rehearsal.writes
    expect(await runTransactions(rehearsal, generation)).toContain('ended')
    const lastWrite = rehearsal.writes
    expect(lastWrite - firstWrite).toBeGreaterThan(15)
    await rehearsal.close()
    const outcomes = new Set<string>()
    for (let write = firstWrite; write < lastWrite; write++) {
      const broker = await newBroker()
      await new Client(broker, generation).find()
      broker.crashAfter(write)
      const answered = await runTransactions(broker, generation)
      expect(answered).not.toContain('ended')
      outcomes.add(answered.at(-1) ?? 'nothing')
      await broker.start()
      await checkRecovery(broker, generation, answered)
      await broker.close()
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['begun', 'written', 'offset', 'committed', 'written again']))
  })
})

import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import { encodeEndTransactionMarker } from '../../protocol/records/control-record'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { AppendResult } from '../../src/log/log-append'
import { TransactionGate, type TransactionQuestion } from '../../src/replication/transaction-gate'
import { TestBroker } from '../support/test-broker'

const TOPIC = 'orders'
let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({ settings: { 'transaction.state.log.num.partitions': '1' } })
  await broker.createTopic(TOPIC, { partitions: 2 })
})

afterEach(() => broker.close())

/** Coordinators that answer when the test wants them to. */
class HeldVerifier {
  readonly questions: { readonly question: TransactionQuestion; answer(...errorCodes: number[]): void }[] = []
  ended = 0

  verify(question: TransactionQuestion): Promise<readonly number[]> {
    return new Promise(resolve => this.questions.push({ question, answer: (...errorCodes) => resolve(errorCodes) }))
  }

  async whenEnded(): Promise<void> {
    this.ended++
  }
}

const batch = (baseSequence: number, more: { producerId?: number; isTransactional?: boolean } = {}): Buffer =>
  encodeBatch({
    isTransactional: true,
    producerId: 5,
    producerEpoch: 0,
    baseSequence,
    ...more,
    records: [{ key: null, value: Buffer.from(`value ${baseSequence}`), timestamp: broker.clock.now() }],
  })

const openGate = () => {
  const verifier = new HeldVerifier()
  const gate = new TransactionGate({ verifier, clock: broker.clock })
  const outcomes: number[][] = []
  const append = async (records: readonly Buffer[], joins = false): Promise<void> => {
    const at = outcomes.push([]) - 1
    const appends = records.map((of, index) => ({ partition: broker.partition(TOPIC, index), records: of }))
    const results = await gate.append(appends, { transactionalId: 'tx', joins }, ({ partition, records: of }, guard) =>
      partition.append(of, -1, { origin: 'client', now: broker.clock.now(), verification: guard }),
    )
    outcomes[at] = results.map(({ errorCode }: AppendResult) => errorCode)
  }
  return { verifier, append, outcomes }
}

test('the first batch of a transaction waits for its coordinator, and those behind it wait in order', async () => {
  const { verifier, append, outcomes } = openGate()
  const all = [append([batch(0)]), append([batch(1)]), append([batch(2)])]
  await broker.timers.settle()
  expect(broker.partition(TOPIC).log.nextOffset).toBe(0)
  expect(verifier.questions).toHaveLength(1)
  verifier.questions[0]!.answer(ErrorCode.NONE)
  await broker.until(Promise.all(all))
  expect(outcomes).toEqual([[ErrorCode.NONE], [ErrorCode.NONE], [ErrorCode.NONE]])
  expect(broker.partition(TOPIC).log.nextOffset).toBe(3)
})

test('batches behind one that is refused do not take its place', async () => {
  const { verifier, append, outcomes } = openGate()
  const all = [append([batch(0)]), append([batch(1)])]
  await broker.timers.settle()
  verifier.questions[0]!.answer(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  await broker.timers.settle()
  verifier.questions[1]!.answer(ErrorCode.NONE)
  await broker.until(Promise.all(all))
  expect(outcomes).toEqual([[ErrorCode.COORDINATOR_LOAD_IN_PROGRESS], [ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER]])
  const again = [append([batch(0)]), append([batch(1)])]
  await broker.timers.settle()
  verifier.questions[2]!.answer(ErrorCode.NONE)
  await broker.until(Promise.all(again))
  expect(outcomes.slice(2)).toEqual([[ErrorCode.NONE], [ErrorCode.NONE]])
})

test('an end marker that overtakes the answer of the coordinator keeps the batch out', async () => {
  const { verifier, append, outcomes } = openGate()
  const appended = append([batch(0)])
  await broker.timers.settle()
  const now = broker.clock.now()
  const ended = { isCommit: false, coordinatorEpoch: 0, producerId: 5, producerEpoch: 0, timestamp: now }
  broker.partition(TOPIC).append(encodeEndTransactionMarker(ended), -1, { origin: 'coordinator', now })
  verifier.questions[0]!.answer(ErrorCode.NONE)
  await broker.until(appended)
  expect(outcomes).toEqual([[ErrorCode.INVALID_TXN_STATE]])
  expect(broker.partition(TOPIC).log.activeProducers()).toMatchObject([{ producerId: 5, currentTxnStartOffset: -1 }])
})

test('all partitions of a request are asked about at once, and each has its own answer', async () => {
  const { verifier, append, outcomes } = openGate()
  const appended = append([batch(0), batch(0)])
  await broker.timers.settle()
  expect(verifier.questions).toHaveLength(1)
  const { question, answer } = verifier.questions[0]!
  expect(question).toMatchObject({ transactionalId: 'tx', producerId: 5, producerEpoch: 0, joins: false })
  expect(question.partitions.map(({ topic, index }) => `${topic} ${index}`)).toEqual(['orders 0', 'orders 1'])
  answer(ErrorCode.NONE, ErrorCode.TRANSACTION_ABORTABLE)
  await broker.until(appended)
  expect(outcomes).toEqual([[ErrorCode.NONE, ErrorCode.TRANSACTION_ABORTABLE]])
})

test('a transaction that is about to end is waited for once', async () => {
  const { verifier, append, outcomes } = openGate()
  const appended = append([batch(0)], true)
  await broker.timers.settle()
  verifier.questions[0]!.answer(ErrorCode.CONCURRENT_TRANSACTIONS)
  await broker.timers.settle()
  expect(verifier.ended).toBe(1)
  verifier.questions[1]!.answer(ErrorCode.CONCURRENT_TRANSACTIONS)
  await broker.until(appended)
  expect(outcomes).toEqual([[ErrorCode.CONCURRENT_TRANSACTIONS]])
})

test('nobody is asked about batches without a transaction, or within one that is open here', async () => {
  const { verifier, append, outcomes } = openGate()
  await broker.until(append([batch(0, { isTransactional: false, producerId: 9 })]))
  const opened = append([batch(0)])
  await broker.timers.settle()
  verifier.questions[0]!.answer(ErrorCode.NONE)
  await broker.until(opened)
  await broker.until(append([batch(1)]))
  expect(verifier.questions).toHaveLength(1)
  expect(outcomes).toEqual([[ErrorCode.NONE], [ErrorCode.NONE], [ErrorCode.NONE]])
})

test('a request with transactional batches of two producers is refused as a whole', async () => {
  const { append, outcomes } = openGate()
  await broker.until(append([batch(0), batch(0, { producerId: 6 })]))
  expect(outcomes).toEqual([[ErrorCode.INVALID_PRODUCER_ID_MAPPING, ErrorCode.INVALID_PRODUCER_ID_MAPPING]])
})

describe('a producer that writes without a transaction being open', () => {
  const begin = async () => {
    await broker.ask(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['tx'] })
    return broker.ask(InitProducerId, 5, { transactionalId: 'tx', transactionTimeoutMs: 60_000 })
  }
  const produce = async (version: number, producer: object, baseSequence = 0) => {
    const record = { key: null, value: Buffer.from('value'), timestamp: broker.clock.now() }
    const { producerId = 0, producerEpoch = 0 } = producer as { producerId?: number; producerEpoch?: number }
    const records = encodeBatch({ isTransactional: true, producerId, producerEpoch, baseSequence, records: [record] })
    const { responses } = await broker.ask(Produce, version, {
      transactionalId: 'tx',
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: TOPIC, partitionData: [{ index: 0, records }] }],
    })
    return responses[0]!.partitionResponses[0]!.errorCode
  }

  test.each([
    [3, ErrorCode.INVALID_TXN_STATE],
    [10, ErrorCode.INVALID_TXN_STATE],
    [11, ErrorCode.TRANSACTION_ABORTABLE],
    [12, ErrorCode.NONE],
  ])('is answered at version %s with %s', async (version, errorCode) => {
    expect(await produce(version, await begin())).toBe(errorCode)
  })

  test.each([3, 11, 12])('and is fenced, gets INVALID_PRODUCER_EPOCH at version %s', async version => {
    const { producerId, producerEpoch } = await begin()
    await begin()
    expect(await produce(version, { producerId, producerEpoch })).toBe(ErrorCode.INVALID_PRODUCER_EPOCH)
  })

  test('begins with sequence 0 when every transaction has an epoch of its own', async () => {
    const producer = await begin()
    expect(await produce(12, producer, 3)).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(await produce(12, producer, 0)).toBe(ErrorCode.NONE)
  })
})

/** A broker stepped through virtual time: what transactions do when nobody asks. */
import { ErrorCode } from '../../../protocol/errors'
import { Produce } from '../../../protocol/messages/00-produce'
import { FindCoordinator } from '../../../protocol/messages/10-find-coordinator'
import { DeleteTopics } from '../../../protocol/messages/20-delete-topics'
import { InitProducerId } from '../../../protocol/messages/22-init-producer-id'
import { EndTxn } from '../../../protocol/messages/26-end-txn'
import { DescribeTransactions } from '../../../protocol/messages/65-describe-transactions'
import { encodeBatch } from '../../../protocol/records/record-batch'
import { TestBroker } from '../../support/test-broker'

const TOPIC = 'orders'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({ settings: { 'transaction.state.log.num.partitions': '1' } })
  await broker.createTopic(TOPIC)
  await broker.ask(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['tx'] })
})

afterEach(() => broker.close())

const begin = (expected: object = {}) =>
  broker.ask(InitProducerId, 5, { transactionalId: 'tx', transactionTimeoutMs: MINUTE_MS, ...expected })

interface Producer {
  readonly producerId: number
  readonly producerEpoch: number
}

const produce = async ({ producerId, producerEpoch }: Producer, baseSequence = 0, timestamp = broker.clock.now()) => {
  const records = encodeBatch({
    isTransactional: true,
    producerId,
    producerEpoch,
    baseSequence,
    records: [{ key: null, value: Buffer.from('value'), timestamp }],
  })
  const { responses } = await broker.ask(Produce, 12, {
    transactionalId: 'tx',
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: TOPIC, partitionData: [{ index: 0, records }] }],
  })
  return responses[0]!.partitionResponses[0]!.errorCode
}

const end = (producer: Producer, committed: boolean, version = 5) =>
  broker.ask(EndTxn, version, {
    transactionalId: 'tx',
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    committed,
  })

const describeTransaction = async () => {
  const { transactionStates } = await broker.ask(DescribeTransactions, 0, { transactionalIds: ['tx'] })
  return transactionStates[0]!
}

const isStable = (): boolean => {
  const { log } = broker.partition(TOPIC)
  return log.lastStableOffset === log.logEndOffset
}

test('a transaction that lasts too long is aborted everywhere, and its producer can recover', async () => {
  const producer = await begin()
  expect(await produce(producer)).toBe(ErrorCode.NONE)
  await broker.timers.advance(MINUTE_MS - 1)
  expect(await describeTransaction()).toMatchObject({ transactionState: 'Ongoing', producerEpoch: 0 })
  expect(isStable()).toBe(false)
  await broker.timers.advance(11_000)
  expect(await describeTransaction()).toMatchObject({ transactionState: 'CompleteAbort', producerEpoch: 1 })
  expect(isStable()).toBe(true)
  expect(await produce(producer, 1)).toBe(ErrorCode.INVALID_PRODUCER_EPOCH)
  expect(await end(producer, true)).toMatchObject({ errorCode: ErrorCode.INVALID_TXN_STATE })
  expect(await end(producer, true, 4)).toMatchObject({ errorCode: ErrorCode.PRODUCER_FENCED })
  expect(await end(producer, true, 1)).toMatchObject({ errorCode: ErrorCode.INVALID_PRODUCER_EPOCH })
  const { producerId, producerEpoch } = producer
  expect(await begin({ producerId, producerEpoch })).toMatchObject({ errorCode: ErrorCode.NONE, producerEpoch: 1 })
})

test('a producer that begins has what its predecessor left open aborted', async () => {
  const old = await begin()
  await produce(old)
  expect(await begin()).toMatchObject({ errorCode: ErrorCode.CONCURRENT_TRANSACTIONS, producerId: -1 })
  const next = await begin()
  expect(next).toMatchObject({ errorCode: ErrorCode.NONE, producerId: old.producerId, producerEpoch: 2 })
  expect(isStable()).toBe(true)
  expect(await produce(old, 1)).toBe(ErrorCode.INVALID_PRODUCER_EPOCH)
  expect(await produce(next)).toBe(ErrorCode.NONE)
})

test('an id that was not used for a week is forgotten, with its epochs', async () => {
  const producer = await begin()
  await produce(producer)
  await end(producer, true)
  await broker.timers.advance(7 * DAY_MS - MINUTE_MS)
  expect(await describeTransaction()).toMatchObject({ errorCode: ErrorCode.NONE, producerEpoch: 1 })
  await broker.timers.advance(HOUR_MS + 2 * MINUTE_MS)
  expect(await describeTransaction()).toMatchObject({ errorCode: ErrorCode.TRANSACTIONAL_ID_NOT_FOUND })
  const again = await begin()
  expect(again.producerEpoch).toBe(0)
  expect(again.producerId).not.toBe(producer.producerId)
})

test('a transaction ends although one of its topics was deleted meanwhile', async () => {
  const producer = await begin()
  await produce(producer)
  await broker.ask(DeleteTopics, 5, { topicNames: [TOPIC], timeoutMs: 1000 })
  const ended = await end(producer, true)
  expect(ended).toMatchObject({ errorCode: ErrorCode.NONE, producerEpoch: 1 })
  expect(await describeTransaction()).toMatchObject({ transactionState: 'CompleteCommit', topics: [] })
})

test('the next transaction may begin while the markers of the last one are on their way', async () => {
  const producer = await begin()
  await produce(producer)
  const client = await broker.connect()
  const { producerId, producerEpoch } = producer
  const ending = client.send(EndTxn, 5, { transactionalId: 'tx', producerId, producerEpoch, committed: true })
  const next = produce({ producerId, producerEpoch: producerEpoch + 1 })
  expect(await broker.until(ending)).toMatchObject({ errorCode: ErrorCode.NONE, producerEpoch: 1 })
  expect(await next).toBe(ErrorCode.NONE)
  expect(await describeTransaction()).toMatchObject({ transactionState: 'Ongoing', producerEpoch: 1 })
})

test('nothing is left to be done when no transaction is open', async () => {
  const before = broker.timers.pendingCount
  const producer = await begin()
  await produce(producer)
  await end(producer, true)
  await broker.timers.advance(30_000)
  expect(broker.timers.pendingCount).toBe(before)
})

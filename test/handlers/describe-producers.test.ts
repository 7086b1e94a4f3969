import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { DescribeProducers } from '../../protocol/messages/61-describe-producers'
import { batchOf, START_MS } from '../support/batches'
import { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start()
  await broker.createTopic('t', { partitions: 2 })
})

afterAll(() => broker.close())

const describeOf = async (name: string, ...partitionIndexes: number[]) =>
  (await broker.ask(DescribeProducers, 0, { topics: [{ name, partitionIndexes }] })).topics[0]!.partitions

test('the producers of a partition are told with what they did last', async () => {
  for (const [producerId, producerEpoch, values] of [
    [7, 0, ['a', 'b']],
    [8, 3, ['c']],
  ] as const) {
    const records = batchOf(values, { producerId, producerEpoch, baseSequence: 0 })
    await broker.ask(Produce, 9, { acks: -1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] })
  }
  const producer = { lastTimestamp: START_MS, coordinatorEpoch: -1, currentTxnStartOffset: -1 }
  expect(await describeOf('t', 0, 1)).toEqual([
    {
      partitionIndex: 0,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      activeProducers: [
        { ...producer, producerId: 7, producerEpoch: 0, lastSequence: 1 },
        { ...producer, producerId: 8, producerEpoch: 3, lastSequence: 0 },
      ],
    },
    { partitionIndex: 1, errorCode: ErrorCode.NONE, errorMessage: null, activeProducers: [] },
  ])
})

test('a transaction that is open is told with its first offset', async () => {
  const records = batchOf(['x'], { producerId: 9, producerEpoch: 0, baseSequence: 0, isTransactional: true })
  broker.partition('t', 1).append(records, 1, { origin: 'coordinator', now: START_MS })
  const [partition] = await describeOf('t', 1)
  expect(partition!.activeProducers).toMatchObject([{ producerId: 9, currentTxnStartOffset: 0 }])
})

test('topics and partitions that are not there', async () => {
  const unknown = {
    errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    errorMessage: 'This server does not host this topic-partition.',
    activeProducers: [],
  }
  expect(await describeOf('t', 5)).toEqual([{ ...unknown, partitionIndex: 5 }])
  expect(await describeOf('nope', 0)).toEqual([{ ...unknown, partitionIndex: 0 }])
  const errorMessage = 'The request attempted to perform an operation on an invalid topic.'
  expect(await describeOf('no name', 0)).toMatchObject([
    { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage, activeProducers: [] },
  ])
})

/** What the APIs of transactions answer at each of their versions; checked against Apache Kafka 4.3.1. */
import { ErrorCode } from '../../protocol/errors'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import { AddPartitionsToTxn } from '../../protocol/messages/24-add-partitions-to-txn'
import { AddOffsetsToTxn } from '../../protocol/messages/25-add-offsets-to-txn'
import { EndTxn } from '../../protocol/messages/26-end-txn'
import { WriteTxnMarkers } from '../../protocol/messages/27-write-txn-markers'
import { TxnOffsetCommit } from '../../protocol/messages/28-txn-offset-commit'
import { DescribeTransactions } from '../../protocol/messages/65-describe-transactions'
import { ListTransactions } from '../../protocol/messages/66-list-transactions'
import { TestBroker } from '../support/test-broker'

const TOPIC = 'orders'
const GROUP = 'copiers'
let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({
    settings: { 'transaction.state.log.num.partitions': '2', 'offsets.topic.num.partitions': '1' },
  })
  await broker.createTopic(TOPIC, { partitions: 2 })
  await broker.ask(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['tx'] })
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: [GROUP] })
})

afterEach(() => broker.close())

const begin = (version = 5, more: object = {}) =>
  broker.ask(InitProducerId, version, { transactionalId: 'tx', transactionTimeoutMs: 60_000, ...more })

interface Producer {
  readonly producerId: number
  readonly producerEpoch: number
}

const add = async (version: number, { producerId, producerEpoch }: Producer, partitions = [0], more: object = {}) => {
  const topics = [{ name: TOPIC, partitions }]
  const answer =
    version < 4
      ? await broker.ask(AddPartitionsToTxn, version, {
          v3AndBelowTransactionalId: 'tx',
          v3AndBelowProducerId: producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: topics,
        })
      : await broker.ask(AddPartitionsToTxn, version, {
          transactions: [{ transactionalId: 'tx', producerId, producerEpoch, topics, ...more }],
        })
  const results = version < 4 ? answer.resultsByTopicV3AndBelow : answer.resultsByTransaction[0]!.topicResults
  return results[0]!.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode)
}

describe('InitProducerId', () => {
  test.each([0, 1, 2, 3, 4, 5])('gives out an id, and then epochs of it, at version %s', async version => {
    const first = await begin(version)
    expect(first).toMatchObject({ errorCode: ErrorCode.NONE, producerEpoch: 0 })
    expect(await begin(version)).toMatchObject({ producerId: first.producerId, producerEpoch: 1 })
  })

  test.each([
    [3, ErrorCode.INVALID_PRODUCER_EPOCH],
    [4, ErrorCode.PRODUCER_FENCED],
    [5, ErrorCode.PRODUCER_FENCED],
  ])('fences at version %s with %s', async (version, errorCode) => {
    const { producerId, producerEpoch } = await begin()
    await begin()
    await begin()
    expect(await begin(version, { producerId, producerEpoch })).toMatchObject({ errorCode, producerId: -1 })
  })

  test.each([
    ['a timeout of 0', { transactionTimeoutMs: 0 }, ErrorCode.INVALID_TRANSACTION_TIMEOUT],
    ['a timeout above the limit', { transactionTimeoutMs: 900_001 }, ErrorCode.INVALID_TRANSACTION_TIMEOUT],
    ['an empty id', { transactionalId: '' }, ErrorCode.INVALID_REQUEST],
    ['a producer id without epoch', { producerId: 1 }, ErrorCode.INVALID_REQUEST],
  ])('refuses %s', async (_, more, errorCode) => {
    expect(await begin(5, more)).toMatchObject({ errorCode, producerId: -1, producerEpoch: -1 })
  })
})

describe('AddPartitionsToTxn', () => {
  test.each([0, 1, 2, 3, 4, 5])('adds partitions at version %s', async version => {
    expect(await add(version, await begin(), [0, 1])).toEqual([ErrorCode.NONE, ErrorCode.NONE])
  })

  test.each([0, 1, 2, 3, 4, 5])('adds none when one does not exist, at version %s', async version => {
    const errorCodes = [ErrorCode.OPERATION_NOT_ATTEMPTED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]
    expect(await add(version, await begin(), [0, 9])).toEqual(errorCodes)
  })

  test.each([
    [1, ErrorCode.INVALID_PRODUCER_EPOCH],
    [2, ErrorCode.PRODUCER_FENCED],
    [4, ErrorCode.PRODUCER_FENCED],
    [5, ErrorCode.PRODUCER_FENCED],
  ])('fences at version %s with %s', async (version, errorCode) => {
    const { producerId } = await begin()
    expect(await add(version, { producerId, producerEpoch: 4 })).toEqual([errorCode])
  })

  test.each([0, 3])('keeps clients away from internal topics at version %s', async version => {
    const { producerId, producerEpoch } = await begin()
    const { resultsByTopicV3AndBelow } = await broker.ask(AddPartitionsToTxn, version, {
      v3AndBelowTransactionalId: 'tx',
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: ['__consumer_offsets', TOPIC].map(name => ({ name, partitions: [0] })),
    })
    expect(resultsByTopicV3AndBelow.map(({ resultsByPartition }) => resultsByPartition[0]!.partitionErrorCode)).toEqual(
      [ErrorCode.TOPIC_AUTHORIZATION_FAILED, ErrorCode.OPERATION_NOT_ATTEMPTED],
    )
  })

  test('tells which partitions are in the transaction and changes nothing when it is only asked', async () => {
    const producer = await begin()
    const verifyOnly = { verifyOnly: true }
    expect(await add(4, producer, [0], verifyOnly)).toEqual([ErrorCode.TRANSACTION_ABORTABLE])
    await add(3, producer, [0])
    expect(await add(4, producer, [0, 1], verifyOnly)).toEqual([ErrorCode.NONE, ErrorCode.TRANSACTION_ABORTABLE])
    const other = { ...producer, producerId: 777 }
    expect(await add(4, other, [0], verifyOnly)).toEqual([ErrorCode.INVALID_PRODUCER_ID_MAPPING])
  })
})

describe('EndTxn', () => {
  test.each([0, 1, 2, 3, 4, 5])('commits at version %s', async version => {
    const { producerId, producerEpoch } = await begin()
    await add(version < 5 ? 3 : 5, { producerId, producerEpoch })
    const request = { transactionalId: 'tx', producerId, producerEpoch, committed: true }
    expect(await broker.ask(EndTxn, version, request)).toMatchObject({
      errorCode: ErrorCode.NONE,
      ...(version >= 5 && { producerId, producerEpoch: producerEpoch + 1 }),
    })
    const fenced = { ...request, producerEpoch: producerEpoch + 7 }
    expect(await broker.ask(EndTxn, version, fenced)).toMatchObject({
      errorCode: version < 2 ? ErrorCode.INVALID_PRODUCER_EPOCH : ErrorCode.PRODUCER_FENCED,
    })
  })
})

describe('offsets of a transaction', () => {
  const commit = async (version: number, { producerId, producerEpoch }: Producer, partition = 0) => {
    const partitions = [{ partitionIndex: partition, committedOffset: 3, committedMetadata: null }]
    const { topics } = await broker.ask(TxnOffsetCommit, version, {
      transactionalId: 'tx',
      groupId: GROUP,
      producerId,
      producerEpoch,
      topics: [{ name: TOPIC, partitions }],
    })
    return topics[0]!.partitions[0]!.errorCode
  }

  test.each([0, 1, 2, 3, 4])('are taken at version %s once the group was added', async version => {
    const { producerId, producerEpoch } = await begin()
    const expected = version < 4 ? ErrorCode.INVALID_TXN_STATE : ErrorCode.TRANSACTION_ABORTABLE
    expect(await commit(version, { producerId, producerEpoch })).toBe(expected)
    const request = { transactionalId: 'tx', groupId: GROUP, producerId, producerEpoch }
    expect(await broker.ask(AddOffsetsToTxn, version, request)).toMatchObject({ errorCode: ErrorCode.NONE })
    expect(await commit(version, { producerId, producerEpoch })).toBe(ErrorCode.NONE)
    expect(await commit(version, { producerId, producerEpoch }, 9)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    expect(await commit(version, { producerId, producerEpoch: 5 })).toBe(ErrorCode.INVALID_PRODUCER_EPOCH)
  })

  test('of a topic that is named twice are each told what became of them', async () => {
    const producer = await begin()
    const topicOf = (partitionIndex: number, committedMetadata = '') => ({
      name: TOPIC,
      partitions: [{ partitionIndex, committedOffset: 3, committedMetadata }],
    })
    const { topics } = await broker.ask(TxnOffsetCommit, 5, {
      transactionalId: 'tx',
      groupId: GROUP,
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      topics: [topicOf(0, 'x'.repeat(5_000)), topicOf(9), topicOf(1)],
    })
    expect(topics.map(({ partitions }) => partitions[0]!.errorCode)).toEqual([
      ErrorCode.OFFSET_METADATA_TOO_LARGE,
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      ErrorCode.NONE,
    ])
  })

  test('join the transaction by themselves at version 5', async () => {
    const { producerId, producerEpoch } = await begin()
    expect(await commit(5, { producerId, producerEpoch })).toBe(ErrorCode.NONE)
    const { transactionStates } = await broker.ask(DescribeTransactions, 0, { transactionalIds: ['tx'] })
    expect(transactionStates[0]!.topics).toEqual([{ topic: '__consumer_offsets', partitions: [0] }])
  })

  test.each([
    [1, ErrorCode.INVALID_PRODUCER_EPOCH],
    [2, ErrorCode.PRODUCER_FENCED],
  ])('are fenced by AddOffsetsToTxn at version %s with %s', async (version, errorCode) => {
    const { producerId } = await begin()
    const request = { transactionalId: 'tx', groupId: GROUP, producerId, producerEpoch: 4 }
    expect(await broker.ask(AddOffsetsToTxn, version, request)).toMatchObject({ errorCode })
  })
})

describe('WriteTxnMarkers', () => {
  const write = async (version: number, more: object) => {
    const { markers } = await broker.ask(WriteTxnMarkers, version, {
      markers: [
        {
          producerId: 42,
          producerEpoch: 1,
          transactionResult: true,
          coordinatorEpoch: 3,
          topics: [{ name: TOPIC, partitionIndexes: [0, 9] }],
          ...more,
        },
      ],
    })
    return markers[0]!.topics[0]!.partitions.map(({ errorCode }) => errorCode)
  }

  test.each([1, 2])(
    'writes where it can, and fences older coordinators and producers, at version %s',
    async version => {
      const unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      expect(await write(version, {})).toEqual([ErrorCode.NONE, unknown])
      expect(await write(version, { coordinatorEpoch: 2 })).toEqual([ErrorCode.TRANSACTION_COORDINATOR_FENCED, unknown])
      expect(await write(version, { producerEpoch: 0 })).toEqual([ErrorCode.INVALID_PRODUCER_EPOCH, unknown])
    },
  )
})

describe('ListTransactions', () => {
  const list = async (filters: object) => {
    const { errorCode, unknownStateFilters, transactionStates } = await broker.ask(ListTransactions, 1, filters)
    expect(errorCode).toBe(ErrorCode.NONE)
    return { unknown: unknownStateFilters, ids: transactionStates.map(({ transactionalId }) => transactionalId).sort() }
  }

  test('finds transactions by state, producer and duration', async () => {
    const ongoing = await begin()
    await add(3, ongoing)
    await broker.ask(InitProducerId, 5, { transactionalId: 'idle', transactionTimeoutMs: 1000 })
    expect(await list({})).toEqual({ unknown: [], ids: ['idle', 'tx'] })
    expect(await list({ stateFilters: ['Ongoing'] })).toEqual({ unknown: [], ids: ['tx'] })
    expect(await list({ stateFilters: ['ongoing', 'Dead'] })).toEqual({ unknown: ['ongoing'], ids: [] })
    expect(await list({ producerIdFilters: [ongoing.producerId] })).toEqual({ unknown: [], ids: ['tx'] })
    expect(await list({ durationFilter: 500 })).toEqual({ unknown: [], ids: ['idle'] })
    await broker.timers.advance(501)
    expect(await list({ durationFilter: 500 })).toEqual({ unknown: [], ids: ['idle', 'tx'] })
  })

  test('finds transactions whose id matches a pattern as a whole', async () => {
    await begin()
    await broker.ask(InitProducerId, 5, { transactionalId: 'tx-2', transactionTimeoutMs: 1000 })
    const matching = async (transactionalIdPattern: string | null) => {
      const answer = await broker.ask(ListTransactions, 2, { transactionalIdPattern })
      return [answer.errorCode, ...answer.transactionStates.map(({ transactionalId }) => transactionalId).sort()]
    }
    expect(await matching(null)).toEqual([ErrorCode.NONE, 'tx', 'tx-2'])
    expect(await matching('')).toEqual([ErrorCode.NONE, 'tx', 'tx-2'])
    expect(await matching('t.')).toEqual([ErrorCode.NONE, 'tx'])
    expect(await matching('(?i)TX-\\d')).toEqual([ErrorCode.NONE, 'tx-2'])
    expect(await matching('x')).toEqual([ErrorCode.NONE])
    expect(await matching('(')).toEqual([ErrorCode.INVALID_REGULAR_EXPRESSION])
  })
})

test('DescribeTransactions tells of ids that are not there, and of those that are', async () => {
  await add(3, await begin(), [1])
  const { transactionStates } = await broker.ask(DescribeTransactions, 0, { transactionalIds: ['tx', 'nobody', ''] })
  expect(transactionStates).toMatchObject([
    {
      errorCode: ErrorCode.NONE,
      transactionalId: 'tx',
      transactionState: 'Ongoing',
      transactionTimeoutMs: 60_000,
      transactionStartTimeMs: broker.clock.now(),
      topics: [{ topic: TOPIC, partitions: [1] }],
    },
    { errorCode: ErrorCode.TRANSACTIONAL_ID_NOT_FOUND, transactionalId: 'nobody' },
    { errorCode: ErrorCode.INVALID_REQUEST, transactionalId: '' },
  ])
})

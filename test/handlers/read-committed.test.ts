import { ErrorCode } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import { ListOffsets } from '../../protocol/messages/02-list-offsets'
import { encodeEndTransactionMarker } from '../../protocol/records/control-record'
import { DamagedFile } from '../../src/log/damaged-file'
import { batchOf, START_MS, valuesOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1
const VERSIONS = Array.from({ length: 15 }, (_, index) => 4 + index)

let broker: TestBroker
let topicId: string

/** The next sequence by producer id. */
const sequences = new Map<number, number>()

/** Appends as the coordinator of transactions does, which need not prove that there is a transaction. */
const put = (records: Buffer): void => {
  const result = broker.partition('t').append(records, 1, { origin: 'coordinator', now: START_MS })
  expect(result.errorCode).toBe(ErrorCode.NONE)
}

const transactional = (producerId: number, value: string): void => {
  const baseSequence = sequences.get(producerId) ?? 0
  sequences.set(producerId, baseSequence + 1)
  put(batchOf([value], { producerId, producerEpoch: 0, baseSequence, isTransactional: true }))
}

const end = (producerId: number, isCommit: boolean): void =>
  put(encodeEndTransactionMarker({ producerId, producerEpoch: 0, isCommit, coordinatorEpoch: 0, timestamp: START_MS }))

/** Offsets 0-10: x0 y1 plain2 (abort x)3 plain4 (commit y)5 x6 (abort x)7 plain8 x9 plain10; x9 stays open. */
beforeAll(async () => {
  broker = await TestBroker.start()
  topicId = await broker.createTopic('t')
  transactional(100, 'x0')
  transactional(101, 'y1')
  put(batchOf(['plain2']))
  end(100, false)
  put(batchOf(['plain4']))
  end(101, true)
  transactional(100, 'x6')
  end(100, false)
  put(batchOf(['plain8']))
  transactional(100, 'x9')
  put(batchOf(['plain10']))
  await broker.timers.settle()
})

afterAll(() => broker.close())

const fetch = async (isolationLevel: number, fetchOffset: number, version = 12, partitionMaxBytes = 1 << 20) => {
  const { responses } = await broker.ask(Fetch, version, {
    isolationLevel,
    topics: [{ topic: 't', topicId, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes }] }],
  })
  return responses[0]!.partitions[0]!
}

test.each(VERSIONS)(
  'version %i: committed records end at the first open transaction, aborted ones are named',
  async version => {
    const data = await fetch(READ_COMMITTED, 0, version)
    expect(data).toMatchObject({
      errorCode: ErrorCode.NONE,
      highWatermark: 11,
      lastStableOffset: 9,
      abortedTransactions: [
        { producerId: 100, firstOffset: 0 },
        { producerId: 100, firstOffset: 6 },
      ],
    })
    expect(valuesOf(data.records)).toEqual(['x0', 'y1', 'plain2', 'plain4', 'x6', 'plain8'])
  },
)

test.each(VERSIONS)('version %i: read_uncommitted gets everything', async version => {
  const data = await fetch(READ_UNCOMMITTED, 0, version)
  expect(data).toMatchObject({ highWatermark: 11, lastStableOffset: 9, abortedTransactions: null })
  expect(valuesOf(data.records)).toEqual(['x0', 'y1', 'plain2', 'plain4', 'x6', 'plain8', 'x9', 'plain10'])
})

test.each([
  [1, [0, 6]],
  [3, [0, 6]],
  [4, [6]],
  [7, [6]],
  [8, []],
  [9, []],
  [10, []],
])('from offset %i the aborted transactions that matter are named', async (fetchOffset, firstOffsets) => {
  const { abortedTransactions } = await fetch(READ_COMMITTED, fetchOffset)
  expect(abortedTransactions!.map(({ firstOffset }) => firstOffset)).toEqual(firstOffsets)
})

test('only those are named whose records may be in what is returned', async () => {
  const one = await fetch(READ_COMMITTED, 0, 12, 1)
  expect(valuesOf(one.records)).toEqual(['x0'])
  expect(one.abortedTransactions).toEqual([{ producerId: 100, firstOffset: 0 }])
})

test('at and above the last stable offset there is nothing to read', async () => {
  for (const offset of [9, 10, 11]) {
    const data = await fetch(READ_COMMITTED, offset)
    expect(data).toMatchObject({ errorCode: ErrorCode.NONE, abortedTransactions: [] })
    expect(valuesOf(data.records)).toEqual([])
  }
})

test('the latest offset is the last stable one for those who read committed records', async () => {
  const latest = async (isolationLevel: number) => {
    const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }]
    const answer = await broker.ask(ListOffsets, 5, { replicaId: -1, isolationLevel, topics })
    return answer.topics[0]!.partitions[0]!.offset
  }
  expect(await latest(READ_UNCOMMITTED)).toBe(11)
  expect(await latest(READ_COMMITTED)).toBe(9)
})

test('a long poll for committed records wakes when the transaction ends, not before', async () => {
  const client = await broker.connect()
  const answer = client.send(Fetch, 12, {
    isolationLevel: READ_COMMITTED,
    maxWaitMs: 500,
    minBytes: 1,
    topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 9, partitionMaxBytes: 1 << 20 }] }],
  })
  let isAnswered = false
  void answer.then(() => {
    isAnswered = true
  })
  await broker.timers.settle()
  put(batchOf(['plain11']))
  await broker.timers.settle()
  expect(isAnswered).toBe(false)
  end(100, true)
  const { responses } = await broker.until(answer)
  expect(valuesOf(responses[0]!.partitions[0]!.records)).toEqual(['x9', 'plain10', 'plain11'])
})

test('an index of aborted transactions that is damaged makes no aborted record look committed', async () => {
  const log = broker.partition('t').log
  const read = jest.spyOn(log, 'abortedTransactions')
  read.mockImplementation(() => {
    throw new DamagedFile('an index', 'it was damaged by a test')
  })
  expect(await fetch(READ_COMMITTED, 0)).toMatchObject({
    errorCode: ErrorCode.CORRUPT_MESSAGE,
    records: Buffer.alloc(0),
  })
  read.mockRestore()
})

import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch, type FetchRequest, type FetchResponse } from '../../protocol/messages/01-fetch'
import { DeleteTopics } from '../../protocol/messages/20-delete-topics'
import { DeleteRecords } from '../../protocol/messages/21-delete-records'
import type { InputOf } from '../../protocol/schema/message'
import { batchOf, valuesOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

type Request = InputOf<typeof FetchRequest>
type Wanted = NonNullable<NonNullable<Request['topics']>[number]['partitions']>[number]

const {
  FENCED_LEADER_EPOCH,
  NONE,
  NOT_LEADER_OR_FOLLOWER,
  OFFSET_OUT_OF_RANGE,
  UNKNOWN_LEADER_EPOCH,
  UNKNOWN_TOPIC_ID,
  UNKNOWN_TOPIC_OR_PARTITION,
} = ErrorCode
const VERSIONS = Array.from({ length: 15 }, (_, index) => 4 + index)
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const OTHER_ID = 'BAAAAAAAAAAAAAAAAAAAAA'
/** Of a batch with one record of one byte. */
const BATCH_BYTES = batchOf(['a']).length

let broker: TestBroker
let letters: string
const ids = new Map<string, string>()

beforeAll(async () => {
  broker = await TestBroker.start()
  letters = await createTopic('letters', 3)
  await createTopic('empty')
  for (const value of ['a', 'b', 'c', 'd', 'e', 'f']) await produce('letters', batchOf([value]))
  await produce('letters', batchOf(['x']), 1)
  await produce('letters', batchOf(['y']), 1)
})

afterAll(() => broker.close())

const createTopic = async (name: string, partitions = 1): Promise<string> => {
  const id = await broker.createTopic(name, { partitions })
  ids.set(name, id)
  return id
}

const produce = async (name: string, records: Buffer, index = 0) => {
  const topicData = [{ name, partitionData: [{ index, records }] }]
  const { responses } = await broker.ask(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(NONE)
}

/** A request without session for partitions of one topic; by default all of partition 0, without waiting. */
const requestOf = (topic: string, partitions: readonly Wanted[] = [{}], more: Request = {}): Request => ({
  minBytes: 1,
  topics: [
    {
      topic,
      topicId: ids.get(topic) ?? OTHER_ID,
      partitions: partitions.map(partition => ({ partitionMaxBytes: 1 << 20, ...partition })),
    },
  ],
  ...more,
})

const fetch = (version: number, request: Request) => broker.ask(Fetch, version, request)

/** The partitions of an answer of one topic. */
const partitionsOf = ({ responses }: FetchResponse) => responses[0]!.partitions

const fetched = async (topic: string, partitions?: readonly Wanted[], more?: Request, version = 12) =>
  partitionsOf(await fetch(version, requestOf(topic, partitions, more)))

/** Values by partition. */
const valuesIn = (partitions: readonly { records: Buffer | null }[]): string[] =>
  partitions.map(({ records }) => valuesOf(records).join(''))

test.each(VERSIONS)('version %i returns records', async version => {
  const response = await fetch(version, requestOf('letters', [{ partition: 1 }]))
  const [data] = partitionsOf(response)
  expect(valuesOf(data!.records)).toEqual(['x', 'y'])
  expect(response).toEqual({
    throttleTimeMs: 0,
    errorCode: NONE,
    sessionId: 0,
    nodeEndpoints: [],
    responses: [
      {
        topic: version < 13 ? 'letters' : '',
        topicId: version < 13 ? NO_ID : letters,
        partitions: [
          {
            partitionIndex: 1,
            errorCode: NONE,
            highWatermark: 2,
            lastStableOffset: 2,
            logStartOffset: version < 5 ? -1 : 0,
            divergingEpoch: { epoch: -1, endOffset: -1 },
            currentLeader: { leaderId: -1, leaderEpoch: -1 },
            snapshotId: { endOffset: -1, epoch: -1 },
            abortedTransactions: null,
            preferredReadReplica: -1,
            records: data!.records,
          },
        ],
      },
    ],
  })
})

test('a fetch begins with the batch that holds its offset', async () => {
  await createTopic('pairs')
  await produce('pairs', batchOf(['a', 'b']))
  await produce('pairs', batchOf(['c', 'd']))
  const from = async (fetchOffset: number) => valuesIn(await fetched('pairs', [{ fetchOffset }]))
  expect(await from(0)).toEqual(['abcd'])
  expect(await from(1)).toEqual(['abcd'])
  expect(await from(2)).toEqual(['cd'])
  expect(await from(3)).toEqual(['cd'])
  expect(await from(4)).toEqual([''])
})

test.each(VERSIONS)('version %i: topics and partitions that are not there', async version => {
  const unknown = version < 13 ? UNKNOWN_TOPIC_OR_PARTITION : UNKNOWN_TOPIC_ID
  expect(await fetched('nope', [{}], {}, version)).toMatchObject([{ errorCode: unknown, highWatermark: -1 }])
  expect(await fetched('letters', [{ partition: 3 }, { partition: -1 }], {}, version)).toMatchObject([
    { partitionIndex: 3, errorCode: UNKNOWN_TOPIC_OR_PARTITION, highWatermark: -1 },
    { partitionIndex: -1, errorCode: UNKNOWN_TOPIC_OR_PARTITION, highWatermark: -1 },
  ])
})

test.each([-1, 7, Number.MAX_SAFE_INTEGER])('offset %i is out of range', async fetchOffset => {
  for (const version of VERSIONS) {
    expect(await fetched('letters', [{ fetchOffset }], {}, version)).toMatchObject([
      { errorCode: OFFSET_OUT_OF_RANGE, highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 },
    ])
  }
})

test('offsets below the log start offset are out of range', async () => {
  await createTopic('cut')
  await produce('cut', batchOf(['a']))
  await produce('cut', batchOf(['b']))
  const topics = [{ name: 'cut', partitions: [{ partitionIndex: 0, offset: 1 }] }]
  await broker.ask(DeleteRecords, 2, { topics, timeoutMs: 1000 })
  expect(await fetched('cut', [{ fetchOffset: 0 }])).toMatchObject([{ errorCode: OFFSET_OUT_OF_RANGE }])
  const [data] = await fetched('cut', [{ fetchOffset: 1 }])
  expect(data).toMatchObject({ errorCode: NONE, logStartOffset: 1 })
  expect(valuesOf(data!.records)).toEqual(['b'])
})

test('one partition that fails does not keep the others from being answered', async () => {
  const results = await fetched('letters', [{ partition: 7 }, { fetchOffset: 99 }, { partition: 1 }, { partition: 2 }])
  expect(results.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode])).toEqual([
    [7, UNKNOWN_TOPIC_OR_PARTITION],
    [0, OFFSET_OUT_OF_RANGE],
    [1, NONE],
    [2, NONE],
  ])
  expect(valuesIn(results)).toEqual(['', '', 'xy', ''])
})

describe('limits in bytes', () => {
  const both = [{ partition: 0 }, { partition: 1 }]
  const limited = async (partitionMaxBytes: number, maxBytes: number) =>
    valuesIn(
      await fetched(
        'letters',
        both.map(wanted => ({ ...wanted, partitionMaxBytes })),
        { maxBytes },
      ),
    )

  test.each([
    [2 * BATCH_BYTES, 1 << 20, ['ab', 'xy']],
    [2 * BATCH_BYTES - 1, 1 << 20, ['a', 'x']],
    [1 << 20, 6 * BATCH_BYTES, ['abcdef', '']],
    [1 << 20, 7 * BATCH_BYTES, ['abcdef', 'x']],
    [1 << 20, 8 * BATCH_BYTES, ['abcdef', 'xy']],
    [4 * BATCH_BYTES, 5 * BATCH_BYTES, ['abcd', 'x']],
  ])('%i for a partition, %i for all', async (partitionMaxBytes, maxBytes, values) => {
    expect(await limited(partitionMaxBytes, maxBytes)).toEqual(values)
  })

  test.each([
    [0, 1 << 20],
    [1, 1 << 20],
    [-1, 1 << 20],
    [1 << 20, 0],
    [1 << 20, 1],
    [1 << 20, -1],
  ])('%i for a partition, %i for all: one batch comes all the same', async (partitionMaxBytes, maxBytes) => {
    expect(await limited(partitionMaxBytes, maxBytes)).toEqual(['a', ''])
  })

  test('the one batch comes from the first partition that has one', async () => {
    const wanted = [{ partition: 2 }, { partition: 1 }, { partition: 0 }]
    expect(valuesIn(await fetched('letters', wanted, { maxBytes: 1 }))).toEqual(['', 'x', ''])
  })

  test('the broker has a limit of its own, which does not count below one batch either', async () => {
    const narrow = await TestBroker.start({ settings: { 'fetch.max.bytes': '1024' } })
    await narrow.createTopic('t')
    for (const value of ['a'.repeat(600), 'b'.repeat(600)]) {
      const topicData = [{ name: 't', partitionData: [{ index: 0, records: batchOf([value]) }] }]
      await narrow.ask(Produce, 9, { acks: 1, topicData })
    }
    const answer = await narrow.ask(Fetch, 12, requestOf('t', [{}], { maxBytes: 1 << 30 }))
    expect(valuesIn(partitionsOf(answer))).toEqual(['a'.repeat(600)])
    await narrow.close()
  })
})

describe('leader epochs', () => {
  test.each([
    [-1, NONE],
    [0, NONE],
    [1, UNKNOWN_LEADER_EPOCH],
    [-2, FENCED_LEADER_EPOCH],
  ])('a client that knows epoch %i gets code %i', async (currentLeaderEpoch, errorCode) => {
    for (const version of VERSIONS.slice(5)) {
      expect(await fetched('letters', [{ currentLeaderEpoch }], {}, version)).toMatchObject([{ errorCode }])
    }
  })

  test('a client with an old epoch is told from version 16 on who leads, and where that is', async () => {
    const endpoint = { nodeId: 1, host: 'localhost', port: broker.port, rack: null }
    for (const version of [12, 15, 16, 18]) {
      const answer = await fetch(version, requestOf('letters', [{ currentLeaderEpoch: -2 }]))
      const currentLeader = version < 16 ? { leaderId: -1, leaderEpoch: -1 } : { leaderId: 1, leaderEpoch: 0 }
      expect(partitionsOf(answer)).toMatchObject([{ errorCode: FENCED_LEADER_EPOCH, currentLeader }])
      expect(answer.nodeEndpoints).toEqual(version < 16 ? [] : [endpoint])
    }
  })

  test('a fetcher whose last epoch is newer than all is told where the logs part', async () => {
    expect(await fetched('letters', [{ lastFetchedEpoch: 0, fetchOffset: 6 }])).toMatchObject([
      { errorCode: NONE, divergingEpoch: { epoch: -1, endOffset: -1 } },
    ])
    const [beyond] = await fetched('letters', [{ lastFetchedEpoch: 0, fetchOffset: 9 }])
    expect(beyond).toMatchObject({ errorCode: NONE, divergingEpoch: { epoch: 0, endOffset: 6 }, highWatermark: 6 })
    expect(valuesOf(beyond!.records)).toEqual([])
  })
})

describe('a long poll', () => {
  /** Begins one that waits on an empty topic. */
  const begin = async (more: Request = {}, partitions?: readonly Wanted[], topic = 'empty') => {
    const client = await broker.connect()
    const answer = client.send(Fetch, 12, requestOf(topic, partitions, { maxWaitMs: 500, ...more }))
    await broker.timers.settle()
    expect(client.receivedFrames).toBe(0)
    return { client, answer }
  }

  test('is answered with nothing when its time is over', async () => {
    const { client, answer } = await begin()
    await broker.timers.advance(499)
    let isAnswered = false
    void answer.then(() => {
      isAnswered = true
    })
    await broker.timers.settle()
    expect(isAnswered).toBe(false)
    await broker.timers.advance(1)
    expect(valuesIn(partitionsOf(await broker.until(answer)))).toEqual([''])
    expect(client.isClosed).toBe(false)
  })

  test('is answered when something comes', async () => {
    await createTopic('coming')
    const { answer } = await begin({}, [{}], 'coming')
    await produce('coming', batchOf(['news']))
    expect(valuesIn(partitionsOf(await broker.until(answer)))).toEqual(['news'])
  })

  test('waits for as many bytes as it wants', async () => {
    await createTopic('slow')
    const { answer } = await begin({ minBytes: 2 * BATCH_BYTES }, [{}], 'slow')
    let isAnswered = false
    void answer.then(() => {
      isAnswered = true
    })
    await produce('slow', batchOf(['a']))
    expect(isAnswered).toBe(false)
    await produce('slow', batchOf(['b']))
    expect(valuesIn(partitionsOf(await broker.until(answer)))).toEqual(['ab'])
  })

  test('adds up what comes in several partitions', async () => {
    await createTopic('spread', 2)
    const { answer } = await begin({ minBytes: 2 * BATCH_BYTES }, [{ partition: 0 }, { partition: 1 }], 'spread')
    await produce('spread', batchOf(['a']), 1)
    await produce('spread', batchOf(['b']), 0)
    expect(valuesIn(partitionsOf(await broker.until(answer)))).toEqual(['b', 'a'])
  })

  test('is answered with an error when the topic is deleted', async () => {
    await createTopic('doomed')
    const { answer } = await begin({}, [{}], 'doomed')
    await broker.ask(DeleteTopics, 3, { topicNames: ['doomed'], timeoutMs: 1000 })
    expect(partitionsOf(await broker.until(answer))).toMatchObject([{ errorCode: UNKNOWN_TOPIC_OR_PARTITION }])
  })

  test('does not wait beside an error', async () => {
    const answer = await fetched('letters', [{ partition: 2 }, { partition: 9 }], { maxWaitMs: 500 })
    expect(answer).toMatchObject([{ errorCode: NONE }, { errorCode: UNKNOWN_TOPIC_OR_PARTITION }])
  })

  test('without partitions has nothing to wait for', async () => {
    expect(await fetch(12, { maxWaitMs: 500, minBytes: 1 })).toMatchObject({ errorCode: NONE, responses: [] })
  })

  test('holds up what comes behind it on its connection, and nothing else', async () => {
    const { client, answer } = await begin()
    const second = client.send(Fetch, 12, requestOf('letters', [{ partition: 1 }]))
    expect(valuesIn(await fetched('letters', [{ partition: 1 }]))).toEqual(['xy'])
    await broker.timers.advance(500)
    expect(valuesIn(partitionsOf(await broker.until(answer)))).toEqual([''])
    expect(valuesIn(partitionsOf(await broker.until(second)))).toEqual(['xy'])
  })

  test('whose client goes away is forgotten', async () => {
    const timersBefore = broker.timers.pendingCount
    const { client, answer } = await begin({ maxWaitMs: 100_000 })
    answer.catch(() => {})
    await broker.until(client.destroy())
    await broker.timers.settle()
    expect(broker.timers.pendingCount).toBe(timersBefore)
  })
})

test.each([4, 12, 14])('nobody can fetch as a follower: version %i', async version => {
  expect(await fetched('letters', [{}], { replicaId: 1 }, version)).toMatchObject([
    { errorCode: NOT_LEADER_OR_FOLLOWER, highWatermark: -1 },
  ])
})

test('nobody can fetch as a follower: version 15 and later', async () => {
  const replicaState = { replicaId: 1, replicaEpoch: 1 }
  expect(await fetched('letters', [{}], { replicaState }, 15)).toMatchObject([{ errorCode: NOT_LEADER_OR_FOLLOWER }])
})

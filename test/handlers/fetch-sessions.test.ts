import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch, type FetchRequest, type FetchResponse } from '../../protocol/messages/01-fetch'
import type { InputOf } from '../../protocol/schema/message'
import { batchOf, valuesOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

type Request = InputOf<typeof FetchRequest>

const {
  FETCH_SESSION_ID_NOT_FOUND,
  FETCH_SESSION_TOPIC_ID_ERROR,
  INVALID_FETCH_SESSION_EPOCH,
  NONE,
  OFFSET_OUT_OF_RANGE,
  UNKNOWN_TOPIC_ID,
  UNKNOWN_TOPIC_OR_PARTITION,
} = ErrorCode
const OTHER_ID = 'BAAAAAAAAAAAAAAAAAAAAA'

let broker: TestBroker
let topicId: string

beforeEach(async () => {
  broker = await TestBroker.start({ settings: { 'max.incremental.fetch.session.cache.slots': '3' } })
  topicId = await broker.createTopic('t', { partitions: 3 })
})

afterEach(() => broker.close())

const produce = (index: number, value: string) =>
  broker.ask(Produce, 9, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: 't', partitionData: [{ index, records: batchOf([value]) }] }],
  })

const fetch = (version: number, sessionId: number, sessionEpoch: number, more: Request = {}) =>
  broker.ask(Fetch, version, { sessionId, sessionEpoch, ...more })

/** Partitions of the topic, each from an offset. */
const from = (...offsets: readonly (readonly [partition: number, fetchOffset: number])[]) => [
  {
    topic: 't',
    topicId,
    partitions: offsets.map(([partition, fetchOffset]) => ({ partition, fetchOffset, partitionMaxBytes: 1 << 20 })),
  },
]

/** `partition:values` of what was told; an error code instead of values. */
const told = ({ responses }: FetchResponse): string[] =>
  responses.flatMap(({ partitions }) =>
    partitions.map(({ partitionIndex, errorCode, records }) =>
      errorCode === NONE ? `${partitionIndex}:${valuesOf(records).join('')}` : `${partitionIndex}:${errorCode}`,
    ),
  )

describe.each([7, 11, 12, 13, 18])('in version %i', version => {
  const begin = async (...offsets: readonly (readonly [number, number])[]): Promise<number> => {
    const answer = await fetch(version, 0, 0, { topics: from(...offsets) })
    expect(answer).toMatchObject({ errorCode: NONE })
    expect(answer.sessionId).toBeGreaterThan(0)
    return answer.sessionId
  }

  test('a session tells everything once, then what has changed', async () => {
    await produce(0, 'a')
    const first = await fetch(version, 0, 0, { topics: from([0, 0], [1, 0], [2, 0]) })
    expect(told(first)).toEqual(['0:a', '1:', '2:'])
    const { sessionId } = first
    // The fetcher did not go on: it is given the same again.
    expect(told(await fetch(version, sessionId, 1))).toEqual(['0:a'])
    expect(told(await fetch(version, sessionId, 2, { topics: from([0, 1]) }))).toEqual([])
    await produce(2, 'c')
    const third = await fetch(version, sessionId, 3)
    expect(third).toMatchObject({ sessionId, errorCode: NONE })
    expect(told(third)).toEqual(['2:c'])
  })

  test('partitions join and leave a session', async () => {
    await produce(0, 'a')
    await produce(1, 'b')
    const sessionId = await begin([2, 0])
    expect(told(await fetch(version, sessionId, 1, { topics: from([0, 0], [1, 0]) }))).toEqual(['0:a', '1:b'])
    const forgottenTopicsData = [{ topic: 't', topicId, partitions: [0] }]
    expect(told(await fetch(version, sessionId, 2, { forgottenTopicsData }))).toEqual(['1:b'])
  })

  test('a session without partitions is over', async () => {
    const sessionId = await begin([0, 0])
    const forgottenTopicsData = [{ topic: 't', topicId, partitions: [0] }]
    expect(await fetch(version, sessionId, 1, { forgottenTopicsData })).toMatchObject({
      errorCode: NONE,
      sessionId: 0,
      responses: [],
    })
    expect(await fetch(version, sessionId, 2)).toMatchObject({ errorCode: FETCH_SESSION_ID_NOT_FOUND })
  })

  test('errors are told each time, and recovery from them too', async () => {
    const sessionId = await begin([0, 0])
    const outOfRange = `0:${OFFSET_OUT_OF_RANGE}`
    expect(told(await fetch(version, sessionId, 1, { topics: from([0, 9]) }))).toEqual([outOfRange])
    expect(told(await fetch(version, sessionId, 2))).toEqual([outOfRange])
    expect(told(await fetch(version, sessionId, 3, { topics: from([0, 0]) }))).toEqual(['0:'])
    expect(told(await fetch(version, sessionId, 4))).toEqual([])
  })

  test('a topic that is not there stays in the session until it is forgotten', async () => {
    const sessionId = await begin([0, 0])
    const unknown = `0:${version < 13 ? UNKNOWN_TOPIC_OR_PARTITION : UNKNOWN_TOPIC_ID}`
    const topics = [{ topic: 'nope', topicId: OTHER_ID, partitions: [{ partition: 0, partitionMaxBytes: 1 }] }]
    expect(told(await fetch(version, sessionId, 1, { topics }))).toEqual([unknown])
    expect(told(await fetch(version, sessionId, 2))).toEqual([unknown])
    const forgottenTopicsData = [{ topic: 'nope', topicId: OTHER_ID, partitions: [0] }]
    expect(told(await fetch(version, sessionId, 3, { forgottenTopicsData }))).toEqual([])
  })

  test('an epoch out of turn is refused and changes nothing', async () => {
    const sessionId = await begin([0, 0])
    for (const epoch of [2, 9]) {
      expect(await fetch(version, sessionId, epoch)).toMatchObject({
        errorCode: INVALID_FETCH_SESSION_EPOCH,
        sessionId: 0,
        responses: [],
      })
    }
    expect(await fetch(version, sessionId, 1)).toMatchObject({ errorCode: NONE, sessionId })
  })

  test.each([12_345, 0])('there is no session %i', async sessionId => {
    expect(await fetch(version, sessionId, 5)).toMatchObject({ errorCode: FETCH_SESSION_ID_NOT_FOUND, sessionId: 0 })
  })

  test('topics are named one way throughout a session', async () => {
    const sessionId = await begin([0, 0])
    expect(await fetch(version < 13 ? 13 : 12, sessionId, 1)).toMatchObject({
      errorCode: FETCH_SESSION_TOPIC_ID_ERROR,
    })
    expect(await fetch(version, sessionId, 1)).toMatchObject({ errorCode: NONE })
  })

  test('the last epoch closes a session and still answers', async () => {
    await produce(0, 'a')
    const sessionId = await begin([0, 0])
    const last = await fetch(version, sessionId, -1, { topics: from([0, 0]) })
    expect(last.sessionId).toBe(0)
    expect(told(last)).toEqual(['0:a'])
    expect(await fetch(version, sessionId, 1)).toMatchObject({ errorCode: FETCH_SESSION_ID_NOT_FOUND })
  })

  test('a new session takes the place of the one it names', async () => {
    const sessionId = await begin([0, 0])
    const replaced = await fetch(version, sessionId, 0, { topics: from([1, 0]) })
    expect(replaced.sessionId).not.toBe(sessionId)
    expect(told(replaced)).toEqual(['1:'])
    expect(await fetch(version, sessionId, 1)).toMatchObject({ errorCode: FETCH_SESSION_ID_NOT_FOUND })
    expect(await fetch(version, replaced.sessionId, 1)).toMatchObject({ errorCode: NONE })
  })
})

test('a long poll of a session wakes for any of its partitions', async () => {
  const { sessionId } = await fetch(12, 0, 0, { topics: from([0, 0], [1, 0]) })
  const client = await broker.connect()
  const answer = client.send(Fetch, 12, { sessionId, sessionEpoch: 1, maxWaitMs: 500, minBytes: 1 })
  await broker.timers.settle()
  expect(client.receivedFrames).toBe(0)
  await produce(1, 'b')
  expect(told(await broker.until(answer))).toEqual(['1:b'])
})

test('a request that comes while one of its session waits takes the turn', async () => {
  const { sessionId } = await fetch(12, 0, 0, { topics: from([0, 0]) })
  const client = await broker.connect()
  const waiting = client.send(Fetch, 12, { sessionId, sessionEpoch: 1, maxWaitMs: 500, minBytes: 1 })
  await broker.timers.settle()
  await produce(0, 'a')
  expect(told(await broker.until(waiting))).toEqual(['0:a'])
  const again = client.send(Fetch, 12, {
    sessionId,
    sessionEpoch: 2,
    topics: from([0, 1]),
    maxWaitMs: 500,
    minBytes: 1,
  })
  await broker.timers.settle()
  // The client has given that one up and gone on with a new connection.
  expect(await fetch(12, sessionId, 3)).toMatchObject({ errorCode: NONE })
  await broker.timers.advance(500)
  expect(await broker.until(again)).toMatchObject({ errorCode: INVALID_FETCH_SESSION_EPOCH, responses: [] })
})

test('when all slots are taken, fetchers go on without a session', async () => {
  for (const partition of [0, 1, 2]) {
    expect((await fetch(12, 0, 0, { topics: from([partition, 0]) })).sessionId).toBeGreaterThan(0)
  }
  await produce(0, 'a')
  const without = await fetch(12, 0, 0, { topics: from([0, 0]) })
  expect(without).toMatchObject({ errorCode: NONE, sessionId: 0 })
  expect(told(without)).toEqual(['0:a'])
  // Sessions that nobody uses any more make room.
  await broker.timers.advance(120_001)
  expect((await fetch(12, 0, 0, { topics: from([0, 0]) })).sessionId).toBeGreaterThan(0)
})

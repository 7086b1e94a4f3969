import { ErrorCode } from '../../protocol/errors'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { type FetchSessionRequest, fetchContext } from '../../src/replication/fetch-context'
import { FetchSessionCache, type FetchTarget, nextSessionEpoch } from '../../src/replication/fetch-session'
import type { FetchedPartition } from '../../src/replication/partition-fetch'

const target = (topic: string, partition = 0, fetchOffset = 0): FetchTarget => ({
  topic,
  topicId: `id-of-${topic}`,
  partition,
  currentLeaderEpoch: -1,
  fetchOffset,
  lastFetchedEpoch: -1,
  maxBytes: 1 << 20,
})

const fetched = (wanted: FetchTarget, change: Partial<FetchedPartition> = {}): FetchedPartition => ({
  target: wanted,
  partition: null,
  errorCode: ErrorCode.NONE,
  records: [],
  sizeInBytes: 0,
  highWatermark: 5,
  lastStableOffset: 5,
  logStartOffset: 0,
  abortedTransactions: null,
  divergingEpoch: null,
  ...change,
})

/** A cache on a clock that only the test moves, and the exchange of one request and its answer. */
const setUp = (slots = 10, evictionMs = 1000) => {
  const time = { now: 0 }
  const clock = { now: () => time.now, monotonic: () => time.now }
  const cache = new FetchSessionCache({ slots, evictionMs, clock, random: new SeededRandom(7) })
  const request = (change: Partial<FetchSessionRequest>): FetchSessionRequest => ({
    sessionId: 0,
    sessionEpoch: 0,
    byTopicId: false,
    privileged: false,
    targets: [],
    forgotten: [],
    ...change,
  })
  const exchange = (
    change: Partial<FetchSessionRequest>,
    result: (wanted: FetchTarget) => FetchedPartition = fetched,
  ) => {
    const context = fetchContext(cache, request(change))
    if (typeof context === 'number') return { errorCode: context, sessionId: 0, results: [], read: [] }
    const read = context.targets.map(({ topic, partition }) => `${topic}-${partition}`)
    const answer = context.answer(context.targets.map(wanted => result(wanted)))
    return {
      ...answer,
      read,
      results: answer.results.map(({ target: { topic, partition } }) => `${topic}-${partition}`),
    }
  }
  return { time, cache, exchange }
}

test('a fetcher that wants no session gets none', () => {
  const { cache, exchange } = setUp()
  const answer = exchange({ sessionEpoch: -1, targets: [target('a')] })
  expect(answer).toMatchObject({ errorCode: ErrorCode.NONE, sessionId: 0, results: ['a-0'] })
  expect(cache.size).toBe(0)
})

test('the first answer of a session is complete and later ones hold what changed', () => {
  const { exchange } = setUp()
  const first = exchange({ targets: [target('a'), target('b')] })
  expect(first).toMatchObject({ errorCode: ErrorCode.NONE, results: ['a-0', 'b-0'] })
  const { sessionId } = first
  const quiet = exchange({ sessionId, sessionEpoch: 1 })
  expect(quiet).toMatchObject({ sessionId, read: ['a-0', 'b-0'], results: [] })
  const grown = exchange({ sessionId, sessionEpoch: 2 }, wanted =>
    fetched(wanted, wanted.topic === 'b' ? { highWatermark: 6 } : {}),
  )
  expect(grown.results).toEqual(['b-0'])
})

test('partitions are added, changed and forgotten by naming only them', () => {
  const { exchange } = setUp()
  const { sessionId } = exchange({ targets: [target('a'), target('b')] })
  const next = exchange({
    sessionId,
    sessionEpoch: 1,
    targets: [target('c')],
    forgotten: [{ topic: 'a', topicId: '', partition: 0 }],
  })
  expect(next.read).toEqual(['b-0', 'c-0'])
  expect(next.results).toEqual(['c-0'])
})

test('a partition that delivered records is read after the others the next time', () => {
  const { exchange } = setUp()
  const { sessionId } = exchange({ targets: [target('a'), target('b')] })
  exchange({ sessionId, sessionEpoch: 1 }, wanted => fetched(wanted, wanted.topic === 'a' ? { sizeInBytes: 100 } : {}))
  expect(exchange({ sessionId, sessionEpoch: 2 }).read).toEqual(['b-0', 'a-0'])
})

test('a partition that recovered from an error is told even if nothing else changed', () => {
  const { exchange } = setUp()
  const { sessionId } = exchange({ targets: [target('a')] })
  const failed = exchange({ sessionId, sessionEpoch: 1 }, wanted =>
    fetched(wanted, { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, highWatermark: -1, logStartOffset: -1 }),
  )
  expect(failed.results).toEqual(['a-0'])
  expect(exchange({ sessionId, sessionEpoch: 2 }).results).toEqual(['a-0'])
  expect(exchange({ sessionId, sessionEpoch: 3 }).results).toEqual([])
})

test('an unknown session, a wrong epoch and a change between names and ids are refused', () => {
  const { exchange } = setUp()
  const { sessionId } = exchange({ targets: [target('a')] })
  expect(exchange({ sessionId: sessionId + 1, sessionEpoch: 1 }).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
  expect(exchange({ sessionId, sessionEpoch: 5 }).errorCode).toBe(ErrorCode.INVALID_FETCH_SESSION_EPOCH)
  expect(exchange({ sessionId, sessionEpoch: 1, byTopicId: true }).errorCode).toBe(
    ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR,
  )
})

test('a session from which all partitions were taken ends', () => {
  const { cache, exchange } = setUp()
  const { sessionId } = exchange({ targets: [target('a')] })
  const last = exchange({ sessionId, sessionEpoch: 1, forgotten: [{ topic: 'a', topicId: '', partition: 0 }] })
  expect(last).toMatchObject({ errorCode: ErrorCode.NONE, sessionId: 0, results: [] })
  expect(cache.size).toBe(0)
})

test('an answer that comes after a later request of its session is refused', () => {
  const { cache } = setUp()
  const start = fetchContext(cache, {
    sessionId: 0,
    sessionEpoch: 0,
    byTopicId: false,
    privileged: false,
    targets: [target('a')],
    forgotten: [],
  })
  if (typeof start === 'number') throw new Error('refused')
  const { sessionId } = start.answer([fetched(target('a'))])
  const next = { sessionId, byTopicId: false, privileged: false, targets: [], forgotten: [] }
  const slow = fetchContext(cache, { ...next, sessionEpoch: 1 })
  const fast = fetchContext(cache, { ...next, sessionEpoch: 2 })
  if (typeof slow === 'number' || typeof fast === 'number') throw new Error('refused')
  expect(fast.answer([fetched(target('a'))]).errorCode).toBe(ErrorCode.NONE)
  expect(slow.answer([fetched(target('a'))]).errorCode).toBe(ErrorCode.INVALID_FETCH_SESSION_EPOCH)
})

test('without a free slot a fetcher goes on without a session until an old one may be evicted', () => {
  const { time, exchange } = setUp(1, 1000)
  const { sessionId: old } = exchange({ targets: [target('a')] })
  expect(exchange({ targets: [target('b')] })).toMatchObject({ sessionId: 0, results: ['b-0'] })
  time.now = 1001
  const { sessionId } = exchange({ targets: [target('b')] })
  expect(sessionId).toBeGreaterThan(0)
  expect(exchange({ sessionId: old, sessionEpoch: 1 }).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
})

test('a larger fetcher takes the slot of a smaller one that has had its time, although it is in use', () => {
  const { time, exchange } = setUp(1, 1000)
  const { sessionId } = exchange({ targets: [target('a')] })
  time.now = 900
  exchange({ sessionId, sessionEpoch: 1 })
  time.now = 1100
  expect(exchange({ targets: [target('b'), target('c')] }).sessionId).toBeGreaterThan(0)
  expect(exchange({ sessionId, sessionEpoch: 2 }).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
})

test('a new full request replaces the session it names', () => {
  const { cache, exchange } = setUp()
  const { sessionId } = exchange({ targets: [target('a')] })
  exchange({ sessionId, sessionEpoch: 0, targets: [target('a')] })
  expect(cache.size).toBe(1)
  exchange({ sessionId, sessionEpoch: -1, targets: [target('a')] })
  expect(exchange({ sessionId, sessionEpoch: 1 }).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
})

test('session epochs count up and go round without zero', () => {
  expect(nextSessionEpoch(0)).toBe(1)
  expect(nextSessionEpoch(1)).toBe(2)
  expect(nextSessionEpoch(0x7fffffff)).toBe(1)
  expect(nextSessionEpoch(-1)).toBe(-1)
})

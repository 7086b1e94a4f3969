import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { ListOffsets, type ListOffsetsRequest } from '../../protocol/messages/02-list-offsets'
import { DeleteRecords } from '../../protocol/messages/21-delete-records'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { InputOf } from '../../protocol/schema/message'
import { START_MS } from '../support/batches'
import { TestBroker } from '../support/test-broker'

type Topics = NonNullable<InputOf<typeof ListOffsetsRequest>['topics']>
type Wanted = NonNullable<Topics[number]['partitions']>[number]

const {
  FENCED_LEADER_EPOCH,
  INVALID_REQUEST,
  NONE,
  UNKNOWN_LEADER_EPOCH,
  UNKNOWN_TOPIC_OR_PARTITION,
  UNSUPPORTED_VERSION,
} = ErrorCode
const VERSIONS = Array.from({ length: 11 }, (_, index) => 1 + index)
const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5
const EARLIEST_PENDING_UPLOAD = -6

let broker: TestBroker

/** Offsets 0-11 in four batches with these timestamps, counted from the start of the test; each codec once. */
const TIMES = [
  [10, 20, 10],
  [30, 25, 30],
  [40, 50, 40],
  [50, 45, 50],
]

const fill = async (name: string): Promise<void> => {
  await broker.createTopic(name, { partitions: 2 })
  for (const [compression, times] of TIMES.entries()) {
    const records = times.map(time => ({ value: Buffer.from('v'), timestamp: START_MS + time }))
    const topicData = [{ name, partitionData: [{ index: 0, records: encodeBatch({ records, compression }) }] }]
    await broker.ask(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  }
}

const deleteBelow = (name: string, offset: number) =>
  broker.ask(DeleteRecords, 2, { topics: [{ name, partitions: [{ partitionIndex: 0, offset }] }], timeoutMs: 1000 })

beforeAll(async () => {
  broker = await TestBroker.start()
  await fill('full')
  await fill('cut')
  await deleteBelow('cut', 4)
  await fill('emptied')
  await deleteBelow('emptied', -1)
})

afterAll(() => broker.close())

const ask = async (version: number, topics: Topics, isolationLevel = 0) =>
  (await broker.ask(ListOffsets, version, { replicaId: -1, isolationLevel, topics })).topics

const find = async (version: number, name: string, wanted: Wanted) => {
  const topics = await ask(version, [{ name, partitions: [{ partitionIndex: 0, ...wanted }] }])
  const { errorCode, offset, timestamp, leaderEpoch } = topics[0]!.partitions[0]!
  return { errorCode, offset, timestamp: timestamp < 0 ? timestamp : timestamp - START_MS, leaderEpoch }
}

/** Versions before 4 have no place for the epoch. */
const found = (version: number, offset: number, timestamp = -1, leaderEpoch = 0) => ({
  errorCode: NONE,
  offset,
  timestamp,
  leaderEpoch: version < 4 ? -1 : leaderEpoch,
})
const nothing = { errorCode: NONE, offset: -1, timestamp: -1, leaderEpoch: -1 }
const unsupported = { ...nothing, errorCode: UNSUPPORTED_VERSION }

test.each(VERSIONS)('version %i knows the questions of its time', async version => {
  expect(await find(version, 'full', { timestamp: LATEST })).toEqual(found(version, 12))
  expect(await find(version, 'full', { timestamp: EARLIEST })).toEqual(found(version, 0))
  expect(await find(version, 'full', { timestamp: MAX_TIMESTAMP })).toEqual(
    version < 7 ? unsupported : found(version, 7, 50),
  )
  expect(await find(version, 'full', { timestamp: EARLIEST_LOCAL })).toEqual(
    version < 8 ? unsupported : found(version, 0),
  )
  expect(await find(version, 'full', { timestamp: LATEST_TIERED })).toEqual(version < 9 ? unsupported : nothing)
  expect(await find(version, 'full', { timestamp: EARLIEST_PENDING_UPLOAD })).toEqual(
    version < 11 ? unsupported : nothing,
  )
  expect(await find(version, 'full', { timestamp: -7 })).toEqual(unsupported)
})

test.each([
  [0, 0, 10],
  [10, 0, 10],
  [11, 1, 20],
  [20, 1, 20],
  [21, 3, 30],
  [25, 3, 30],
  [30, 3, 30],
  [31, 6, 40],
  [45, 7, 50],
  [50, 7, 50],
])('of time %i the first record at or after it is found inside its batch', async (time, offset, timestamp) => {
  for (const version of VERSIONS) {
    expect(await find(version, 'full', { timestamp: START_MS + time })).toEqual(found(version, offset, timestamp))
  }
})

test('after the last record there is nothing', async () => {
  expect(await find(10, 'full', { timestamp: START_MS + 51 })).toEqual(nothing)
  expect(await find(10, 'full', { timestamp: Number.MAX_SAFE_INTEGER })).toEqual(nothing)
})

test('records below the log start offset are not found', async () => {
  expect(await find(10, 'cut', { timestamp: EARLIEST })).toEqual(found(10, 4))
  expect(await find(10, 'cut', { timestamp: LATEST })).toEqual(found(10, 12))
  expect(await find(10, 'cut', { timestamp: 0 })).toEqual(found(10, 4, 25))
  expect(await find(10, 'cut', { timestamp: START_MS + 26 })).toEqual(found(10, 5, 30))
})

test('of a log without records its end is known', async () => {
  expect(await find(10, 'emptied', { timestamp: EARLIEST })).toEqual(found(10, 12))
  expect(await find(10, 'emptied', { timestamp: LATEST })).toEqual(found(10, 12))
  expect(await find(10, 'emptied', { timestamp: MAX_TIMESTAMP })).toEqual(nothing)
  expect(await find(10, 'emptied', { timestamp: 0 })).toEqual(nothing)
})

test('a client with a leader epoch that is not in force is refused', async () => {
  for (const version of VERSIONS.slice(3)) {
    const under = (currentLeaderEpoch: number) => find(version, 'full', { timestamp: LATEST, currentLeaderEpoch })
    expect(await under(0)).toEqual(found(version, 12))
    expect(await under(1)).toEqual({ ...nothing, errorCode: UNKNOWN_LEADER_EPOCH })
    expect(await under(-2)).toEqual({ ...nothing, errorCode: FENCED_LEADER_EPOCH })
  }
})

test('topics and partitions that are not there', async () => {
  for (const version of VERSIONS) {
    const unknown = { ...nothing, errorCode: UNKNOWN_TOPIC_OR_PARTITION }
    expect(await find(version, 'nope', { timestamp: LATEST })).toEqual(unknown)
    expect(await find(version, 'a b', { timestamp: LATEST })).toEqual(unknown)
    expect(await find(version, 'full', { timestamp: LATEST, partitionIndex: 2 })).toEqual(unknown)
    expect(await find(version, 'full', { timestamp: LATEST, partitionIndex: -1 })).toEqual(unknown)
  }
})

test('a partition that is named twice beside its topic is answered once', async () => {
  const topics = await ask(10, [
    {
      name: 'full',
      partitions: [
        { partitionIndex: 0, timestamp: LATEST },
        { partitionIndex: 0, timestamp: EARLIEST },
      ],
    },
  ])
  expect(topics).toMatchObject([{ partitions: [{ partitionIndex: 0, errorCode: INVALID_REQUEST }] }])
})

test('what is asked of one partition twice is refused, the others are answered', async () => {
  const topics = await ask(10, [
    {
      name: 'full',
      partitions: [
        { partitionIndex: 0, timestamp: LATEST },
        { partitionIndex: 1, timestamp: LATEST },
      ],
    },
    { name: 'full', partitions: [{ partitionIndex: 0, timestamp: EARLIEST }] },
  ])
  expect(
    topics.flatMap(({ partitions }) => partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode])),
  ).toEqual([
    [0, INVALID_REQUEST],
    [1, NONE],
    [0, INVALID_REQUEST],
  ])
})

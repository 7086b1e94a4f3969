import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { CreatePartitions, type CreatePartitionsRequest } from '../../protocol/messages/37-create-partitions'
import type { InputOf } from '../../protocol/schema/message'
import { batchOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

type Wanted = NonNullable<InputOf<typeof CreatePartitionsRequest>['topics']>[number]

const { INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT, INVALID_REQUEST, NONE, POLICY_VIOLATION } = ErrorCode

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start()
  await broker.createTopic('two', { partitions: 2 })
})

afterAll(() => broker.close())

const grow = async (topics: readonly Wanted[], version = 3, validateOnly = false) =>
  (await broker.ask(CreatePartitions, version, { topics, timeoutMs: 1000, validateOnly })).results

test.each([0, 1, 2, 3])('version %i adds partitions that can be used at once', async version => {
  const name = `grown-${version}`
  await broker.createTopic(name)
  expect(await grow([{ name, count: 3, assignments: null }], version)).toEqual([
    { name, errorCode: NONE, errorMessage: null },
  ])
  const { responses } = await broker.ask(Produce, 9, {
    acks: -1,
    topicData: [{ name, partitionData: [{ index: 2, records: batchOf(['a']) }] }],
  })
  expect(responses[0]!.partitionResponses).toMatchObject([{ errorCode: NONE, baseOffset: 0 }])
})

test('the brokers of the new partitions can be named', async () => {
  await broker.createTopic('named')
  const assignments = [{ brokerIds: [1] }, { brokerIds: [1] }]
  expect(await grow([{ name: 'named', count: 3, assignments }])).toMatchObject([{ errorCode: NONE }])
  expect(broker.partition('named', 2)).toBeDefined()
})

const REFUSALS: [string, Wanted, number, RegExp | null][] = [
  ['as many as there are', { name: 'two', count: 2 }, INVALID_PARTITIONS, /already has 2 partition/],
  ['fewer', { name: 'two', count: 1 }, INVALID_PARTITIONS, /1 would not be an increase/],
  ['none', { name: 'two', count: 0 }, INVALID_PARTITIONS, /0 would not be an increase/],
  ['a negative number', { name: 'two', count: -3 }, INVALID_PARTITIONS, /-3 would not be an increase/],
  ['too many', { name: 'two', count: 20_000 }, POLICY_VIOLATION, /Excessively large/],
  ['an unknown topic', { name: 'nope', count: 4 }, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null],
  ['a bad name', { name: 'a b', count: 4 }, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null],
  [
    'too few assignments',
    { name: 'two', count: 4, assignments: [{ brokerIds: [1] }] },
    INVALID_REPLICA_ASSIGNMENT,
    /add 2 additional partition\(s\), but only 1 assignment/,
  ],
  ['two replicas', { name: 'two', count: 3, assignments: [{ brokerIds: [1, 2] }] }, INVALID_REPLICA_ASSIGNMENT, /./],
  ['an unknown broker', { name: 'two', count: 3, assignments: [{ brokerIds: [9] }] }, INVALID_REPLICA_ASSIGNMENT, /9/],
  ['no broker', { name: 'two', count: 3, assignments: [{ brokerIds: [] }] }, INVALID_REPLICA_ASSIGNMENT, /./],
]

test.each(REFUSALS)('%s: nothing is added', async (_what, wanted, errorCode, message) => {
  for (const validateOnly of [true, false]) {
    expect(await grow([{ assignments: null, ...wanted }], 3, validateOnly)).toEqual([
      { name: wanted.name, errorCode, errorMessage: message === null ? null : expect.stringMatching(message) },
    ])
  }
  expect(broker.partition('two', 2)).toBeUndefined()
})

test('a topic that is named twice is refused', async () => {
  const wanted = [
    { name: 'two', count: 4, assignments: null },
    { name: 'two', count: 5, assignments: null },
  ]
  expect(await grow(wanted)).toMatchObject([{ name: 'two', errorCode: INVALID_REQUEST }])
  expect(broker.partition('two', 2)).toBeUndefined()
})

test('validation adds nothing', async () => {
  expect(await grow([{ name: 'two', count: 4, assignments: null }], 3, true)).toMatchObject([{ errorCode: NONE }])
  expect(broker.partition('two', 2)).toBeUndefined()
})

import { ErrorCode } from '../../protocol/errors'
import { Metadata } from '../../protocol/messages/03-metadata'
import { CreateTopics, type CreateTopicsRequest } from '../../protocol/messages/19-create-topics'
import type { InputOf } from '../../protocol/schema/message'
import { TestBroker } from '../support/test-broker'

type Topic = NonNullable<InputOf<typeof CreateTopicsRequest>['topics']>[number]

const {
  INVALID_CONFIG,
  INVALID_PARTITIONS,
  INVALID_REPLICATION_FACTOR,
  INVALID_REPLICA_ASSIGNMENT,
  INVALID_REQUEST,
  INVALID_TOPIC_EXCEPTION,
  NONE,
  POLICY_VIOLATION,
  TOPIC_ALREADY_EXISTS,
} = ErrorCode
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const VERSIONS = [2, 3, 4, 5, 6, 7]

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start({ settings: { 'num.partitions': '4', 'log.index.interval.bytes': '8192' } })
})

afterAll(() => broker.close())

const topic = (name: string, more: Partial<Topic> = {}): Topic => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  ...more,
})

const create = async (topics: readonly Topic[], version = 7, validateOnly = false) =>
  (await broker.ask(CreateTopics, version, { topics, timeoutMs: 1000, validateOnly })).topics

/** Partitions of a topic as Metadata has them; undefined when it does not exist. */
const partitionsOf = async (name: string): Promise<number | undefined> => {
  const { topics } = await broker.ask(Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false })
  return topics[0]!.errorCode === NONE ? topics[0]!.partitions.length : undefined
}

test.each(VERSIONS)('version %i creates a topic that can be used at once, but not twice', async version => {
  const name = `created-${version}`
  const [created] = await create([topic(name, { numPartitions: 2 })], version)
  expect(created).toMatchObject({ name, errorCode: NONE, errorMessage: null })
  expect(await partitionsOf(name)).toBe(2)
  const [again] = await create([topic(name)], version)
  expect(again).toMatchObject({ errorCode: TOPIC_ALREADY_EXISTS, errorMessage: `Topic '${name}' already exists.` })
})

test('what was made is told from version 5 on, its id from version 7 on', async () => {
  expect(await create([topic('told-4')], 4)).toMatchObject([{ numPartitions: -1, replicationFactor: -1, configs: [] }])
  const [five] = await create([topic('told-5', { configs: [{ name: 'segment.bytes', value: '2000000' }] })], 5)
  expect(five).toMatchObject({ numPartitions: 1, replicationFactor: 1, topicId: NO_ID })
  const configs = new Map(five!.configs!.map(config => [config.name, config]))
  const setting = { readOnly: false, isSensitive: false }
  expect(configs.get('segment.bytes')).toEqual({ name: 'segment.bytes', value: '2000000', configSource: 1, ...setting })
  expect(configs.get('index.interval.bytes')).toEqual({
    name: 'index.interval.bytes',
    value: '8192',
    configSource: 4,
    ...setting,
  })
  expect(configs.get('cleanup.policy')).toEqual({
    name: 'cleanup.policy',
    value: 'delete',
    configSource: 5,
    ...setting,
  })
  const [seven] = await create([topic('told-7')], 7)
  const { topics } = await broker.ask(Metadata, 12, { topics: [{ name: 'told-7' }] })
  expect(seven!.topicId).toBe(topics[0]!.topicId)
  expect(seven!.topicId).not.toBe(NO_ID)
})

test.each(VERSIONS)('version %i leaves partitions and replication to the broker', async version => {
  const [made] = await create([topic(`default-${version}`, { numPartitions: -1, replicationFactor: -1 })], version)
  expect(made!.errorCode).toBe(NONE)
  expect(await partitionsOf(`default-${version}`)).toBe(4)
})

test.each(VERSIONS)('version %i can only validate', async version => {
  const [valid, invalid] = await create([topic('valid', { numPartitions: 3 }), topic('in valid')], version, true)
  expect(valid).toMatchObject({ name: 'valid', errorCode: NONE, numPartitions: version < 5 ? -1 : 3 })
  expect(invalid).toMatchObject({ name: 'in valid', errorCode: INVALID_TOPIC_EXCEPTION })
  expect(await partitionsOf('valid')).toBeUndefined()
})

const assigned = (name: string, assignments: [number, number[]][], more: Partial<Topic> = {}): Topic =>
  topic(name, {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: assignments.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
    ...more,
  })
const configured = (configs: [string, string | null][]): Topic =>
  topic('refused', { configs: configs.map(([name, value]) => ({ name, value })) })

const REFUSALS: [string, Topic, number, RegExp][] = [
  ['an empty name', topic(''), INVALID_TOPIC_EXCEPTION, /the empty string is not allowed/],
  ['a name of two dots', topic('..'), INVALID_TOPIC_EXCEPTION, /'\.\.' is not allowed/],
  ['a blank in the name', topic('a b'), INVALID_TOPIC_EXCEPTION, /other than ASCII alphanumerics/],
  ['a long name', topic('a'.repeat(250)), INVALID_TOPIC_EXCEPTION, /longer than the max allowed length 249/],
  ["the metadata's name", topic('__cluster_metadata'), INVALID_REQUEST, /prohibited/],
  ['no replicas', topic('refused', { replicationFactor: 0 }), INVALID_REPLICATION_FACTOR, /larger than 0/],
  ['replicas below -1', topic('refused', { replicationFactor: -2 }), INVALID_REPLICATION_FACTOR, /larger than 0/],
  ['more replicas than brokers', topic('refused', { replicationFactor: 2 }), INVALID_REPLICATION_FACTOR, /2 time\(s\)/],
  ['no partitions', topic('refused', { numPartitions: 0 }), INVALID_PARTITIONS, /non-positive/],
  ['partitions below -1', topic('refused', { numPartitions: -2 }), INVALID_PARTITIONS, /non-positive/],
  ['too many partitions', topic('refused', { numPartitions: 10_001 }), POLICY_VIOLATION, /Excessively large/],
  ['the most partitions', topic('refused', { numPartitions: 2 ** 31 - 1 }), POLICY_VIOLATION, /Excessively large/],
  ['assignments beside numbers', assigned('refused', [[0, [1]]], { numPartitions: 1 }), INVALID_REQUEST, /./],
  ['assignments with a gap', assigned('refused', [[1, [1]]]), INVALID_REPLICA_ASSIGNMENT, /./],
  [
    'a partition assigned twice',
    assigned('refused', [
      [0, [1]],
      [0, [1]],
    ]),
    INVALID_REPLICA_ASSIGNMENT,
    /./,
  ],
  ['an unknown broker', assigned('refused', [[0, [7]]]), INVALID_REPLICA_ASSIGNMENT, /7/],
  ['a partition on no broker', assigned('refused', [[0, []]]), INVALID_REPLICA_ASSIGNMENT, /./],
  ['a broker twice', assigned('refused', [[0, [1, 1]]]), INVALID_REPLICA_ASSIGNMENT, /./],
  ['an unknown setting', configured([['no.such', '1']]), INVALID_CONFIG, /Unknown topic config name: no\.such/],
  ['a bad value', configured([['retention.ms', 'abc']]), INVALID_CONFIG, /Invalid value abc/],
  ['a value out of range', configured([['retention.ms', '-5']]), INVALID_CONFIG, /at least -1/],
  ['a setting without value', configured([['retention.ms', null]]), INVALID_CONFIG, /Null value.*retention\.ms/],
  ['a policy that is none', configured([['cleanup.policy', 'compress']]), INVALID_CONFIG, /cleanup\.policy/],
  [
    'settings that do not go together',
    configured([
      ['min.compaction.lag.ms', '100'],
      ['max.compaction.lag.ms', '10'],
    ]),
    INVALID_CONFIG,
    /min\.compaction\.lag\.ms \(100\) > max\.compaction\.lag\.ms \(10\)/,
  ],
]

test.each(REFUSALS)('%s is refused, and nothing is made', async (_what, wanted, errorCode, message) => {
  for (const validateOnly of [true, false]) {
    expect(await create([wanted], 7, validateOnly)).toEqual([
      {
        name: wanted.name,
        topicId: NO_ID,
        errorCode,
        errorMessage: expect.stringMatching(message),
        topicConfigErrorCode: 0,
        numPartitions: -1,
        replicationFactor: -1,
        configs: [],
      },
    ])
  }
  expect(await partitionsOf('refused')).toBeUndefined()
})

test('replicas may be assigned by hand', async () => {
  const wanted = assigned('by-hand', [
    [1, [1]],
    [0, [1]],
  ])
  expect(await create([wanted])).toMatchObject([{ errorCode: NONE, numPartitions: 2, replicationFactor: 1 }])
  expect(await partitionsOf('by-hand')).toBe(2)
})

test('a name that is given twice is refused, the others are made', async () => {
  const results = await create([topic('twice'), topic('once'), topic('twice')])
  expect(new Map(results.map(({ name, errorCode }) => [name, errorCode]))).toEqual(
    new Map([
      ['twice', INVALID_REQUEST],
      ['once', NONE],
    ]),
  )
  expect(await partitionsOf('twice')).toBeUndefined()
})

test('names that differ in dots and underscores only do not go together', async () => {
  expect(await create([topic('a.b')])).toMatchObject([{ errorCode: NONE }])
  expect(await create([topic('a_b')])).toMatchObject([
    { errorCode: INVALID_TOPIC_EXCEPTION, errorMessage: "Topic 'a_b' collides with existing topic: a.b" },
  ])
})

test('of a setting that is given twice the last value counts', async () => {
  const configs = [
    { name: 'retention.ms', value: '1' },
    { name: 'retention.ms', value: '2' },
  ]
  const [made] = await create([topic('set-twice', { configs })])
  expect(made!.configs!.find(({ name }) => name === 'retention.ms')!.value).toBe('2')
})

test('nothing asked, nothing answered', async () => {
  expect(await create([])).toEqual([])
})

import { ErrorCode } from '../../protocol/errors'
import { DescribeConfigs, type DescribeConfigsRequest } from '../../protocol/messages/32-describe-configs'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import type { InputOf } from '../../protocol/schema/message'
import { TestBroker } from '../support/test-broker'

type Wanted = NonNullable<InputOf<typeof DescribeConfigsRequest>['resources']>[number]

const { INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, NONE, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode
const TOPIC = 2
const BROKER = 4
const VERSIONS = [1, 2, 3, 4]
/** Where a value comes from (DescribeConfigsResponse.ConfigSource). */
const SOURCE = { topic: 1, broker: 2, allBrokers: 3, file: 4, default: 5 }

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start({ settings: { 'log.segment.bytes': '2000000' } })
  await broker.createTopic('t', { configs: { 'segment.bytes': '3000000', 'cleanup.policy': 'compact' } })
  for (const [resourceName, value] of [
    ['', '111111'],
    ['1', '222222'],
  ] as const) {
    const configs = [{ name: 'message.max.bytes', value }]
    await broker.ask(IncrementalAlterConfigs, 1, { resources: [{ resourceType: BROKER, resourceName, configs }] })
  }
})

afterAll(() => broker.close())

const ask = async (version: number, wanted: Wanted, more: InputOf<typeof DescribeConfigsRequest> = {}) =>
  (await broker.ask(DescribeConfigs, version, { resources: [wanted], ...more })).results[0]!

const topic = (configurationKeys: string[] | null, resourceName = 't'): Wanted => ({
  resourceType: TOPIC,
  resourceName,
  configurationKeys,
})
const ofBroker = (configurationKeys: string[] | null, resourceName = '1'): Wanted => ({
  resourceType: BROKER,
  resourceName,
  configurationKeys,
})

test.each(VERSIONS)('version %i tells values with their sources', async version => {
  const { errorCode, errorMessage, configs } = await ask(version, topic(['segment.bytes', 'max.message.bytes', 'nope']))
  expect([errorCode, errorMessage]).toEqual([NONE, null])
  const INT = 3
  const common = { readOnly: false, isSensitive: false, synonyms: [], documentation: version < 3 ? '' : null }
  expect(configs).toEqual([
    {
      ...common,
      name: 'segment.bytes',
      value: '3000000',
      configSource: SOURCE.topic,
      configType: version < 3 ? 0 : INT,
    },
    {
      ...common,
      name: 'max.message.bytes',
      value: '222222',
      configSource: SOURCE.broker,
      configType: version < 3 ? 0 : INT,
    },
  ])
})

test('synonyms are told when they are asked for: all values, the one in force first', async () => {
  for (const version of VERSIONS) {
    const { configs } = await ask(version, topic(['segment.bytes', 'max.message.bytes']), { includeSynonyms: true })
    expect(configs.map(({ synonyms }) => synonyms)).toEqual([
      [
        { name: 'segment.bytes', value: '3000000', source: SOURCE.topic },
        { name: 'log.segment.bytes', value: '2000000', source: SOURCE.file },
        { name: 'log.segment.bytes', value: '1073741824', source: SOURCE.default },
      ],
      [
        { name: 'message.max.bytes', value: '222222', source: SOURCE.broker },
        { name: 'message.max.bytes', value: '111111', source: SOURCE.allBrokers },
        { name: 'message.max.bytes', value: '1048588', source: SOURCE.default },
      ],
    ])
  }
})

test('documentation is told from version 3 on when it is asked for', async () => {
  for (const version of VERSIONS) {
    const { configs } = await ask(version, topic(['retention.ms']), { includeDocumentation: true })
    expect(configs[0]!.documentation).toEqual(version < 3 ? '' : expect.stringMatching(/\w+ \w+/))
  }
})

test('without names, or with none, all settings are told', async () => {
  for (const version of VERSIONS) {
    const all = (await ask(version, topic(null))).configs.map(({ name }) => name)
    expect(all).toEqual(expect.arrayContaining(['retention.ms', 'min.insync.replicas', 'compression.type']))
    expect((await ask(version, topic([]))).configs.map(({ name }) => name)).toEqual(all)
  }
})

test('a broker tells its own settings, and which of them cannot change while it runs', async () => {
  const { configs } = await ask(4, ofBroker(['message.max.bytes', 'log.segment.bytes', 'node.id']))
  const told = configs.map(({ name, value, configSource, readOnly }) => [name, value, configSource, readOnly])
  expect(told.sort()).toEqual([
    ['log.segment.bytes', '2000000', SOURCE.file, false],
    ['message.max.bytes', '222222', SOURCE.broker, false],
    ['node.id', '1', SOURCE.file, true],
  ])
  expect((await ask(4, ofBroker(null))).configs.length).toBeGreaterThan(100)
})

test('under the empty name only what was set for all brokers is told', async () => {
  const { errorCode, configs } = await ask(4, ofBroker(null, ''))
  expect(errorCode).toBe(NONE)
  expect(configs).toMatchObject([{ name: 'message.max.bytes', value: '111111', configSource: SOURCE.allBrokers }])
})

test.each<[string, Wanted, number, RegExp]>([
  ['a topic that is not there', topic(null, 'nope'), UNKNOWN_TOPIC_OR_PARTITION, /./],
  ['a bad name of a topic', topic(null, 'a b'), INVALID_TOPIC_EXCEPTION, /./],
  ['no name of a topic', topic(null, ''), INVALID_TOPIC_EXCEPTION, /./],
  ['another broker', ofBroker(null, '2'), INVALID_REQUEST, /Unexpected broker id, expected 1 or empty string/],
  ['a broker that is no number', ofBroker(null, 'x'), INVALID_REQUEST, /x/],
  ['an unknown type', { resourceType: 99, resourceName: 'x', configurationKeys: null }, INVALID_REQUEST, /99/],
  ['no type', { resourceType: 0, resourceName: 'x', configurationKeys: null }, INVALID_REQUEST, /0/],
])('%s is refused', async (_what, wanted, errorCode, message) => {
  for (const version of VERSIONS) {
    const { resourceType, resourceName } = wanted
    expect(await ask(version, wanted)).toEqual({
      resourceType,
      resourceName,
      errorCode,
      errorMessage: expect.stringMatching(message),
      configs: [],
    })
  }
})

test('each resource has an answer of its own', async () => {
  const { results } = await broker.ask(DescribeConfigs, 4, {
    resources: [topic(['retention.ms']), topic(null, 'nope'), ofBroker(['node.id']), topic(['cleanup.policy'])],
  })
  expect(results.map(({ errorCode, configs }) => [errorCode, configs.map(({ name }) => name)])).toEqual([
    [NONE, ['retention.ms']],
    [UNKNOWN_TOPIC_OR_PARTITION, []],
    [NONE, ['node.id']],
    [NONE, ['cleanup.policy']],
  ])
  expect((await broker.ask(DescribeConfigs, 4, {})).results).toEqual([])
})

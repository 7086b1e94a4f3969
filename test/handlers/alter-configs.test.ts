import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { DescribeConfigs } from '../../protocol/messages/32-describe-configs'
import { AlterConfigs } from '../../protocol/messages/33-alter-configs'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { batchOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

const { INVALID_CONFIG, INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, NONE, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode
const TOPIC = 2
const BROKER = 4
const OPERATION = { set: 0, delete: 1, append: 2, subtract: 3 }

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { name: string; value: string | null; configOperation?: number }[]
}

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start()
  await broker.createTopic('t')
})

afterEach(() => broker.close())

const topic = (configs: Readonly<Record<string, string | null>>, resourceName = 't'): Resource => ({
  resourceType: TOPIC,
  resourceName,
  configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
})

const brokers = (configs: Readonly<Record<string, string | null>>, resourceName = '1'): Resource => ({
  ...topic(configs, resourceName),
  resourceType: BROKER,
})

/** Answers by resource, in the order of the request. */
const alter = async (
  api: typeof AlterConfigs | typeof IncrementalAlterConfigs,
  version: number,
  ...resources: Resource[]
) => (await broker.ask(api, version, { resources })).responses

const incremental = (...resources: Resource[]) => alter(IncrementalAlterConfigs, 1, ...resources)

/** The settings that a topic has of its own. */
const ownSettings = async (name = 't'): Promise<Record<string, string | null>> => {
  const resources = [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }]
  const { results } = await broker.ask(DescribeConfigs, 4, { resources })
  const own = results[0]!.configs.filter(({ configSource }) => configSource === 1)
  return Object.fromEntries(own.map(({ name: setting, value }) => [setting, value]))
}

describe.each([
  ['AlterConfigs', AlterConfigs, [0, 1, 2]],
  ['IncrementalAlterConfigs', IncrementalAlterConfigs, [0, 1]],
] as const)('%s', (_name, api, versions) => {
  test('changes a topic at every version', async () => {
    for (const version of versions) {
      const value = `${1000 + version}`
      expect(await alter(api, version, topic({ 'retention.ms': value }))).toEqual([
        { errorCode: NONE, errorMessage: null, resourceType: TOPIC, resourceName: 't' },
      ])
      expect(await ownSettings()).toEqual({ 'retention.ms': value })
      expect(broker.partition('t').log.config.retentionMs).toBe(Number(value))
    }
  })

  test.each<[string, Resource, number, RegExp | null]>([
    ['a topic that is not there', topic({ 'retention.ms': '1' }, 'nope'), UNKNOWN_TOPIC_OR_PARTITION, /nope/],
    ['a bad name of a topic', topic({ 'retention.ms': '1' }, 'a b'), INVALID_TOPIC_EXCEPTION, /./],
    ['an unknown setting', topic({ 'no.such': '1' }), INVALID_CONFIG, /Unknown topic config name: no\.such/],
    ['a bad value', topic({ 'retention.ms': 'x' }), INVALID_CONFIG, /Invalid value x for configuration retention\.ms/],
    ['no value', topic({ 'retention.ms': null }), INVALID_REQUEST, /Null value not supported for : retention\.ms/],
    [
      'values that do not go together',
      topic({ 'min.compaction.lag.ms': '100', 'max.compaction.lag.ms': '10' }),
      INVALID_CONFIG,
      /min\.compaction\.lag\.ms \(100\)/,
    ],
    ['another broker', brokers({ 'log.retention.ms': '1' }, '2'), INVALID_REQUEST, /Unexpected broker id/],
    ['what no broker changes while it runs', brokers({ 'node.id': '3' }), INVALID_REQUEST, /\[node\.id\]/],
    ['a bad value of a broker', brokers({ 'log.retention.ms': 'x' }), INVALID_REQUEST, /Invalid value x/],
    ['an unknown type', { resourceType: 99, resourceName: 'x', configs: [] }, INVALID_REQUEST, /99/],
  ])('refuses %s, and changes nothing', async (_what, resource, errorCode, message) => {
    for (const version of versions) {
      const { resourceType, resourceName } = resource
      expect(await alter(api, version, resource)).toEqual([
        { resourceType, resourceName, errorCode, errorMessage: message && expect.stringMatching(message) },
      ])
    }
    expect(await ownSettings()).toEqual({})
  })

  test('refuses a resource or a setting that is named twice', async () => {
    await broker.createTopic('other')
    const setting = { name: 'retention.ms', value: '1' }
    const twice = { resourceType: TOPIC, resourceName: 'other', configs: [setting, setting] }
    const results = await alter(api, 1, topic({ 'retention.ms': '1' }), topic({ 'retention.ms': '2' }), twice)
    expect(results.map(({ errorCode }) => errorCode)).toEqual([INVALID_REQUEST, INVALID_REQUEST, INVALID_REQUEST])
    expect(await ownSettings()).toEqual({})
    expect(await ownSettings('other')).toEqual({})
  })

  test('one resource that is refused does not keep the others from being changed', async () => {
    const results = await alter(api, 1, topic({ nope: '1' }, 'nope'), topic({ 'retention.ms': '7' }))
    expect(results.map(({ errorCode }) => errorCode)).toEqual([UNKNOWN_TOPIC_OR_PARTITION, NONE])
    expect(await ownSettings()).toEqual({ 'retention.ms': '7' })
  })

  test('validates without changing anything when it is asked to', async () => {
    const resources = [
      topic({ 'retention.ms': '7' }),
      topic({ 'retention.ms': 'x' }, 't2'),
      brokers({ 'log.retention.ms': '7' }),
    ]
    await broker.createTopic('t2')
    const { responses } = await broker.ask(api, 1, { resources, validateOnly: true })
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([NONE, INVALID_CONFIG, NONE])
    expect(await ownSettings()).toEqual({})
    expect(broker.broker.config.current.logRetentionMs).not.toBe(7)
  })

  test('nothing to change, nothing to answer', async () => {
    expect(await alter(api, 1)).toEqual([])
    expect(await alter(api, 1, topic({}))).toMatchObject([{ errorCode: NONE }])
  })
})

test('AlterConfigs replaces all settings, IncrementalAlterConfigs only those it names', async () => {
  await incremental(topic({ 'retention.ms': '1', 'segment.ms': '2' }))
  await incremental(topic({ 'retention.ms': '3' }))
  expect(await ownSettings()).toEqual({ 'retention.ms': '3', 'segment.ms': '2' })
  await alter(AlterConfigs, 2, topic({ 'flush.ms': '4' }))
  expect(await ownSettings()).toEqual({ 'flush.ms': '4' })
  await alter(AlterConfigs, 2, topic({}))
  expect(await ownSettings()).toEqual({})
})

test('a setting that is deleted falls back to that of the broker', async () => {
  await incremental(topic({ 'max.message.bytes': '200' }))
  expect(broker.partition('t').log.config.maxMessageBytes).toBe(200)
  const deletion = { name: 'max.message.bytes', value: null, configOperation: OPERATION.delete }
  expect(await incremental({ ...topic({}), configs: [deletion] })).toMatchObject([{ errorCode: NONE }])
  expect(broker.partition('t').log.config.maxMessageBytes).toBe(1_048_588)
})

test('lists are extended and cut', async () => {
  const change = (configOperation: number, value: string, name = 'cleanup.policy') =>
    incremental({ ...topic({}), configs: [{ name, value, configOperation }] })
  expect(await change(OPERATION.append, 'compact')).toMatchObject([{ errorCode: NONE }])
  expect(await ownSettings()).toEqual({ 'cleanup.policy': 'delete,compact' })
  expect(broker.partition('t').log.config.cleanupPolicy).toEqual({ compact: true, delete: true })
  expect(await change(OPERATION.subtract, 'delete')).toMatchObject([{ errorCode: NONE }])
  expect(await ownSettings()).toEqual({ 'cleanup.policy': 'compact' })
  expect(await change(OPERATION.append, '5', 'retention.ms')).toMatchObject([
    { errorCode: INVALID_CONFIG, errorMessage: "Can't APPEND to key retention.ms because its type is not LIST." },
  ])
  expect(await change(4, '5')).toMatchObject([{ errorCode: INVALID_REQUEST }])
})

test('many changes of one topic at once are all made', async () => {
  const client = await broker.connect()
  const settings = [
    'retention.ms',
    'segment.ms',
    'flush.ms',
    'retention.bytes',
    'index.interval.bytes',
    'flush.messages',
  ]
  const answers = settings.map(name =>
    client.send(IncrementalAlterConfigs, 1, { resources: [topic({ [name]: '777' })] }),
  )
  for (const { responses } of await broker.until(Promise.all(answers))) {
    expect(responses).toMatchObject([{ errorCode: NONE }])
  }
  expect(await ownSettings()).toEqual(Object.fromEntries(settings.map(name => [name, '777'])))
})

describe('settings of the broker that change while it runs', () => {
  const produce = async (size: number) => {
    const records = batchOf(['a'.repeat(size)])
    const request = { acks: -1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] }
    return (await broker.ask(Produce, 9, request)).responses[0]!.partitionResponses[0]!.errorCode
  }

  test('reach the logs of topics without a value of their own', async () => {
    await broker.createTopic('own', { configs: { 'retention.ms': '5' } })
    await incremental(brokers({ 'log.retention.ms': '3600000' }))
    expect(broker.partition('t').log.config.retentionMs).toBe(3_600_000)
    expect(broker.partition('own').log.config.retentionMs).toBe(5)
    await alter(AlterConfigs, 2, brokers({}))
    expect(broker.partition('t').log.config.retentionMs).toBe(604_800_000)
  })

  test('count for the one broker before those for all', async () => {
    await incremental(brokers({ 'message.max.bytes': '1000' }, ''))
    expect(await produce(1000)).toBe(ErrorCode.MESSAGE_TOO_LARGE)
    await incremental(brokers({ 'message.max.bytes': '2000' }))
    expect(await produce(1000)).toBe(NONE)
    expect(await produce(2000)).toBe(ErrorCode.MESSAGE_TOO_LARGE)
  })

  test('reach topics that are made later', async () => {
    await incremental(brokers({ 'log.retention.ms': '9' }, ''))
    await broker.createTopic('later')
    expect(broker.partition('later').log.config.retentionMs).toBe(9)
  })
})

test('records go when a changed retention says so', async () => {
  const record = { timestamp: broker.clock.now(), value: Buffer.from('a') }
  const request = (name: string) => ({
    acks: -1,
    topicData: [{ name, partitionData: [{ index: 0, records: batchOf([], { records: [record] }) }] }],
  })
  await broker.createTopic('kept')
  for (const name of ['t', 'kept']) await broker.ask(Produce, 9, request(name))
  await broker.timers.advance(3_600_000)
  await incremental(topic({ 'retention.ms': '60000' }))
  await broker.timers.advance(300_000)
  expect(broker.partition('t').log.logStartOffset).toBe(1)
  expect(broker.partition('kept').log.logStartOffset).toBe(0)
})

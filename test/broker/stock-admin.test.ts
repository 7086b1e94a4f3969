/** kafkajs, as it is: what its producer and admin client do without a consumer group. */
import { type Admin, CompressionTypes, ConfigResourceTypes, Kafka, logLevel, type Producer } from 'kafkajs'
import { type RunningBroker, startBroker } from '../../src/broker/start-broker'

let broker: RunningBroker
let admin: Admin
let producer: Producer

beforeAll(async () => {
  broker = await startBroker({ settings: { 'num.partitions': 2 } })
  const kafka = new Kafka({
    clientId: 'test',
    brokers: [broker.bootstrap],
    logLevel: logLevel.NOTHING,
  })
  admin = kafka.admin({ retry: { retries: 0 } })
  producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await Promise.all([admin.connect(), producer.connect()])
})

afterAll(async () => {
  await Promise.allSettled([admin?.disconnect(), producer?.disconnect()])
  await broker.close()
})

const create = (topic: string, more: object = {}) =>
  admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, ...more }] })

const send = (topic: string, ...values: string[]) =>
  producer.send({ topic, messages: values.map(value => ({ value, partition: 0 })) })

/** `partition:low-high` */
const offsetsOf = async (topic: string): Promise<string[]> =>
  (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => `${partition}:${low}-${high}`).sort()

test('topics are created, listed, described and deleted', async () => {
  expect(await create('made', { numPartitions: 3 })).toBe(true)
  expect(await create('made')).toBe(false)
  expect(await admin.listTopics()).toContain('made')
  const { topics } = await admin.fetchTopicMetadata({ topics: ['made'] })
  expect(topics[0]!.partitions.map(({ partitionId, leader, isr }) => [partitionId, leader, isr]).sort()).toEqual([
    [0, 1, [1]],
    [1, 1, [1]],
    [2, 1, [1]],
  ])
  await admin.deleteTopics({ topics: ['made'] })
  expect(await admin.listTopics()).not.toContain('made')
})

test('refusals reach the client with their codes', async () => {
  await expect(create('a b')).rejects.toMatchObject({ errors: [{ type: 'INVALID_TOPIC_EXCEPTION', code: 17 }] })
  await expect(create('wide', { replicationFactor: 3 })).rejects.toMatchObject({
    errors: [{ type: 'INVALID_REPLICATION_FACTOR', code: 38 }],
  })
  await expect(admin.deleteTopics({ topics: ['nope'] })).rejects.toThrow(
    'This server does not host this topic-partition',
  )
})

test('a topic is created by producing to it', async () => {
  await producer.send({ topic: 'demanded', messages: [{ value: 'a' }] })
  expect((await admin.fetchTopicMetadata({ topics: ['demanded'] })).topics[0]!.partitions).toHaveLength(2)
})

test('offsets are found, from the ends and by time', async () => {
  await create('timed')
  for (const timestamp of ['1000', '2000', '3000']) {
    await producer.send({ topic: 'timed', messages: [{ value: 'v', timestamp }], compression: CompressionTypes.GZIP })
  }
  expect(await offsetsOf('timed')).toEqual(['0:0-3'])
  expect(await admin.fetchTopicOffsetsByTimestamp('timed', 1500)).toEqual([{ partition: 0, offset: '1' }])
  expect(await admin.fetchTopicOffsetsByTimestamp('timed', 9000)).toEqual([{ partition: 0, offset: '3' }])
})

test('records are deleted up to an offset', async () => {
  await create('cut')
  await send('cut', 'a', 'b', 'c')
  // kafkajs looks for leaders among those that it knows of already.
  expect(await offsetsOf('cut')).toEqual(['0:0-3'])
  await admin.deleteTopicRecords({ topic: 'cut', partitions: [{ partition: 0, offset: '2' }] })
  expect(await offsetsOf('cut')).toEqual(['0:2-3'])
  await admin.deleteTopicRecords({ topic: 'cut', partitions: [{ partition: 0, offset: '-1' }] })
  expect(await offsetsOf('cut')).toEqual(['0:3-3'])
})

test('partitions are added', async () => {
  await create('grown')
  await admin.createPartitions({ topicPartitions: [{ topic: 'grown', count: 4 }] })
  expect(await offsetsOf('grown')).toEqual(['0:0-0', '1:0-0', '2:0-0', '3:0-0'])
})

test('settings are described and altered', async () => {
  await create('set', { configEntries: [{ name: 'retention.ms', value: '1234' }] })
  const resource = { type: ConfigResourceTypes.TOPIC, name: 'set' }
  const settingOf = async (name: string) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: true,
      resources: [{ ...resource, configNames: [name] }],
    })
    return resources[0]!.configEntries[0]!.configValue
  }
  expect(await settingOf('retention.ms')).toBe('1234')
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ ...resource, configEntries: [{ name: 'segment.ms', value: '5678' }] }],
  })
  expect([await settingOf('segment.ms'), await settingOf('retention.ms')]).toEqual(['5678', '604800000'])
})

test('the cluster is described', async () => {
  const { host, port } = broker.listeners[0]!
  expect(await admin.describeCluster()).toEqual({
    brokers: [{ nodeId: 1, host, port }],
    controller: 1,
    clusterId: expect.stringMatching(/^[\w-]{22}$/),
  })
})

test('an idempotent producer sends many batches in order, each once', async () => {
  await create('ordered')
  for (let n = 0; n < 50; n++) expect((await send('ordered', `${n}`))[0]).toMatchObject({ baseOffset: `${n}` })
  expect(await offsetsOf('ordered')).toEqual(['0:0-50'])
})

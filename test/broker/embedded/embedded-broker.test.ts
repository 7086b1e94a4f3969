import { type RunningBroker, startBroker } from '../../../src'
import { commitOffset, connected, embeddedBroker, kafkaOf } from '../../support/embedded-broker'
import { eventually } from '../../support/eventually'

const topicsOf = async (broker: RunningBroker) => {
  const admin = await connected(kafkaOf(broker).admin())
  const { topics } = await admin.fetchTopicMetadata()
  return Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))
}

const values = async (broker: RunningBroker, topic: string) => (await broker.records(topic)).map(record => record.value)

describe('topics that a broker is started with', () => {
  const topics = { orders: 3, audit: { partitions: 2, configs: { 'cleanup.policy': 'compact' }, records: [] } }

  test('are there, with their partitions and settings', async () => {
    const broker = await embeddedBroker({ topics })
    expect(await topicsOf(broker)).toEqual({ orders: 3, audit: 2 })
    const admin = await connected(kafkaOf(broker).admin())
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: 'audit', configNames: ['cleanup.policy'] }],
    })
    expect(resources[0]!.configEntries).toMatchObject([{ configName: 'cleanup.policy', configValue: 'compact' }])
  })

  test('hold their records', async () => {
    const records = [{ key: 'a', value: '1' }, 'two', Buffer.from('three')]
    const broker = await embeddedBroker({ topics: { numbers: { records } } })
    expect(await broker.records('numbers')).toMatchObject([
      { offset: 0, key: 'a', value: '1' },
      { offset: 1, key: null, value: 'two' },
      { offset: 2, key: null, value: 'three' },
    ])
  })

  test('that are refused end the start with the reason, and leave no port open', async () => {
    const first = await startBroker()
    const { port } = first.listeners[0]!
    await first.close()
    const refused = embeddedBroker({ port, topics: { 'a b': 1 } })
    await expect(refused).rejects.toThrow('the topic a b was not created: INVALID_TOPIC_EXCEPTION')
    expect((await embeddedBroker({ port })).listeners[0]!.port).toBe(port)
  })
})

describe('a reset', () => {
  test('brings back the topics of the start with their records, and nothing else', async () => {
    const broker = await embeddedBroker({ topics: { orders: { partitions: 2, records: ['seed'] } } })
    await broker.produce('orders', ['of a test'])
    await broker.createTopics({ other: 1 })
    await broker.reset()
    expect(await topicsOf(broker)).toEqual({ orders: 2 })
    expect(await values(broker, 'orders')).toEqual(['seed'])
  })

  test('removes groups and their offsets, and transactions that are open', async () => {
    const broker = await embeddedBroker({ topics: { orders: { records: ['a'] } } })
    const kafka = kafkaOf(broker)
    const admin = await connected(kafka.admin())
    await commitOffset(broker, 'g', 'orders', 1)
    const options = { transactionalId: 'tx', idempotent: true, maxInFlightRequests: 1 }
    const producer = await connected(kafka.producer(options))
    await (await producer.transaction()).send({ topic: 'orders', messages: [{ value: 'open' }] })
    await broker.reset()
    expect((await admin.listGroups()).groups).toEqual([])
    const [fetched] = await admin.fetchOffsets({ groupId: 'g', topics: ['orders'] })
    expect(fetched!.partitions).toMatchObject([{ offset: '-1' }])
    await broker.produce('orders', ['b'])
    const committed = await broker.records('orders', { isolation: 'read_committed' })
    expect(committed.map(({ value }) => value)).toEqual(['a', 'b'])
  })

  test('leaves clients connected: a producer goes on, and a consumer reads what comes after it', async () => {
    const broker = await embeddedBroker({ topics: { orders: 1 } })
    const kafka = kafkaOf(broker, { retry: { initialRetryTime: 10 } })
    const producer = await connected(kafka.producer())
    const consumer = await connected(kafka.consumer({ groupId: 'g', heartbeatInterval: 50, sessionTimeout: 6000 }))
    const seen: string[] = []
    await consumer.subscribe({ topic: 'orders', fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) })
    await producer.send({ topic: 'orders', messages: [{ value: 'before' }] })
    await eventually(() => seen.includes('before'))
    await broker.reset()
    await producer.send({ topic: 'orders', messages: [{ value: 'after' }] })
    await eventually(() => seen.includes('after'))
    expect(seen).toEqual(['before', 'after'])
  })
})

describe('records that a program appends', () => {
  test('go where the producers of clients would put their keys, in turn without one', async () => {
    const broker = await embeddedBroker({ topics: { ours: 5, theirs: 5 } })
    const messages = ['a', 'b', 'c', 'd', 'e', 'f'].map(key => ({ key, value: key }))
    await (await connected(kafkaOf(broker).producer())).send({ topic: 'theirs', messages })
    await broker.produce('ours', messages)
    const places = (await broker.records('ours')).map(({ key, partition }) => [key, partition])
    expect(places).toEqual((await broker.records('theirs')).map(({ key, partition }) => [key, partition]))
    expect(await broker.produce('ours', ['x', 'y', { value: 'z', partition: 4 }])).toMatchObject([
      { partition: 0 },
      { partition: 1 },
      { partition: 4 },
    ])
  })

  test('keep their headers, timestamps and missing values', async () => {
    const broker = await embeddedBroker()
    await broker.produce('new', [{ key: 'k', value: null, headers: { trace: '1' }, timestamp: 1234 }])
    expect(await broker.records('new')).toEqual([
      { partition: 0, offset: 0, timestamp: 1234, key: 'k', value: null, headers: { trace: '1' } },
    ])
  })

  test('that are refused reject with the reason', async () => {
    const settings = { 'auto.create.topics.enable': false }
    const broker = await embeddedBroker({ settings, topics: { audit: { configs: { 'cleanup.policy': 'compact' } } } })
    await expect(broker.produce('audit', ['no key'])).rejects.toThrow(
      /records were not appended to partition 0 of audit: INVALID_RECORD, .*key/,
    )
    await expect(broker.produce('audit', [{ key: 'k', value: 'v', partition: 7 }])).rejects.toThrow(
      'the topic audit has no partition 7',
    )
    await expect(broker.produce('missing', ['x'])).rejects.toThrow('there is no topic missing')
  })
})

describe('the end', () => {
  test('can be left to the language', async () => {
    const broker = await startBroker()
    await broker[Symbol.asyncDispose]()
    await expect(
      kafkaOf(broker, { retry: { retries: 0 } })
        .admin()
        .connect(),
    ).rejects.toThrow(/ECONNREFUSED/)
  })
})

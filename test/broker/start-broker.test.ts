import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { Metadata } from '../../protocol/messages/03-metadata'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { ListGroups } from '../../protocol/messages/16-list-groups'
import { DescribeConfigs } from '../../protocol/messages/32-describe-configs'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { encodeBatch } from '../../protocol/records/record-batch'
import { type RunningBroker, type StartBrokerOptions, startBroker } from '../../src/broker/start-broker'
import { nodeClock } from '../../src/io/node/node-clock'
import { NodeTransport } from '../../src/io/node/node-transport'
import { batchOf, valuesOf } from '../support/batches'
import { RecordingLogger } from '../support/recording-logger'
import { temporaryDirectory } from '../support/temporary-directory'
import { TestClient } from '../support/test-client'

const { NONE } = ErrorCode

const brokers: RunningBroker[] = []
const clients: TestClient[] = []

const start = async (options: StartBrokerOptions = {}): Promise<RunningBroker> => {
  const broker = await startBroker(options)
  brokers.push(broker)
  return broker
}

const connect = async (broker: RunningBroker): Promise<TestClient> => {
  const client = await TestClient.connect(new NodeTransport(), broker.listeners[0]!)
  clients.push(client)
  return client
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map(client => client.destroy()))
  await Promise.all(brokers.splice(0).map(broker => broker.close()))
})

const produce = async (client: TestClient, name: string, records: Buffer) => {
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const { responses } = await client.send(Produce, 9, { acks: -1, timeoutMs: 5000, topicData })
  return responses[0]!.partitionResponses[0]!
}

const stored = async (client: TestClient, topic: string): Promise<string[]> => {
  const topics = [{ topic, partitions: [{ partition: 0, partitionMaxBytes: 1 << 20 }] }]
  const { responses } = await client.send(Fetch, 4, { topics })
  return valuesOf(responses[0]!.partitions[0]!.records)
}

const topicsOf = async (client: TestClient) => (await client.send(Metadata, 12, { topics: null })).topics

describe('in memory', () => {
  test('it listens on a free port of this machine, which it advertises', async () => {
    const broker = await start()
    const { port } = broker.listeners[0]!
    expect(broker.listeners).toEqual([{ name: 'PLAINTEXT', host: '127.0.0.1', port }])
    expect(broker.bootstrap).toBe(`127.0.0.1:${port}`)
    const { brokers: told } = await (await connect(broker)).send(Metadata, 9, { topics: [] })
    expect(told).toMatchObject([{ host: '127.0.0.1', port }])
  })

  test('an address of IPv6 stands in brackets', async () => {
    const broker = await start({ host: '::1' })
    expect(broker.bootstrap).toBe(`[::1]:${broker.listeners[0]!.port}`)
    expect(await topicsOf(await connect(broker))).toEqual([])
  })

  test('on all addresses it has to be told what to advertise', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow('Clients cannot connect to 0.0.0.0')
    const advertised = { 'advertised.listeners': 'PLAINTEXT://kafka.test:9999' }
    const broker = await start({ host: '0.0.0.0', settings: advertised })
    expect(broker.bootstrap).toBe('kafka.test:9999')
  })

  test('topics it creates can be used at once, with the settings they were given', async () => {
    const broker = await start({ settings: { 'num.partitions': 3 } })
    await broker.createTopic('default')
    await broker.createTopic('own', { partitions: 2, configs: { 'retention.ms': 5000, preallocate: true } })
    const client = await connect(broker)
    const topics = await topicsOf(client)
    expect(new Map(topics.map(({ name, partitions }) => [name, partitions.length]))).toEqual(
      new Map([
        ['default', 3],
        ['own', 2],
      ]),
    )
    const resources = [{ resourceType: 2, resourceName: 'own', configurationKeys: ['retention.ms', 'preallocate'] }]
    const { results } = await client.send(DescribeConfigs, 4, { resources })
    expect(results[0]!.configs.map(({ name, value }) => [name, value]).sort()).toEqual([
      ['preallocate', 'true'],
      ['retention.ms', '5000'],
    ])
    expect(await produce(client, 'own', batchOf(['a']))).toMatchObject({ errorCode: NONE, baseOffset: 0 })
  })

  test('a topic that cannot be created rejects with the reason', async () => {
    const broker = await start()
    await broker.createTopic('t')
    await expect(broker.createTopic('t')).rejects.toThrow("TOPIC_ALREADY_EXISTS, Topic 't' already exists.")
    await expect(broker.createTopic('a b')).rejects.toThrow(/a b was not created: INVALID_TOPIC_EXCEPTION/)
    await expect(broker.createTopic('u', { configs: { 'retention.ms': 'x' } })).rejects.toThrow(/INVALID_CONFIG/)
  })

  test('a reset deletes all topics, and what waits on them is told', async () => {
    const broker = await start()
    await broker.createTopic('a', { partitions: 3 })
    await broker.createTopic('b')
    const client = await connect(broker)
    await produce(client, 'b', batchOf(['old']))
    const topics = [{ topic: 'a', partitions: [{ partition: 0, partitionMaxBytes: 1000 }] }]
    const poll = (await connect(broker)).send(Fetch, 12, { maxWaitMs: 60_000, minBytes: 1, topics })
    await broker.reset()
    expect((await poll).responses[0]!.partitions).toMatchObject([{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }])
    expect(await topicsOf(client)).toEqual([])
    await broker.createTopic('b')
    expect(await stored(client, 'b')).toEqual([])
    await Promise.all([broker.reset(), broker.reset()])
    await broker.reset()
  })

  test('settings that make no sense reject before anything is opened', async () => {
    await expect(start({ settings: { 'num.partitions': 0 } })).rejects.toThrow(/num\.partitions/)
    await expect(start({ settings: { 'log.retention.ms': 'soon' } })).rejects.toThrow(/log\.retention\.ms/)
    await expect(start({ storage: 'disk' })).rejects.toThrow("storage 'disk' needs a directory")
  })

  test('settings that have no effect are named in the log', async () => {
    const logger = new RecordingLogger()
    await start({ logger, settings: { 'num.io.threads': 4 } })
    expect(logger.at('warn').map(({ message }) => message)).toEqual([expect.stringContaining('num.io.threads')])
  })

  test('a port that is taken rejects, and nothing is left open', async () => {
    const { port } = (await start()).listeners[0]!
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('the port is free after a close, however often that was asked for', async () => {
    const broker = await start()
    const { port } = broker.listeners[0]!
    await Promise.all([broker.close(), broker.close()])
    await broker.close()
    expect((await start({ port })).listeners[0]!.port).toBe(port)
  })

  test('clients that are connected do not keep it from closing', async () => {
    const broker = await start()
    const connected = await Promise.all(Array.from({ length: 20 }, () => connect(broker)))
    await broker.close()
    await Promise.all(connected.map(client => client.closed))
  })
})

describe('on a disk', () => {
  test('each coordinator is loaded once at a start', async () => {
    const directory = temporaryDirectory()
    const settings = { 'offsets.topic.num.partitions': 3 }
    const first = await start({ storage: 'disk', directory, settings })
    const client = await connect(first)
    await client.send(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['group'] })
    await first.close()
    const logger = new RecordingLogger()
    const second = await start({ storage: 'disk', directory, settings, logger })
    await (await connect(second)).send(ListGroups, 4, {})
    const loaded = logger.at('debug').filter(({ message }) => message === 'a coordinator is loaded')
    expect(loaded.map(({ fields }) => fields['partition']).sort()).toEqual([0, 1, 2])
  })

  test('the directory of an Apache Kafka is left alone', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, '__cluster_metadata-0'))
    const starting = startBroker({ storage: 'disk', directory })
    await expect(starting).rejects.toThrow(/is the log directory of an Apache Kafka.*odradek import/)
    expect(readdirSync(directory)).toEqual(['__cluster_metadata-0'])
  })

  test('topics that shall be there from the start stay as they are when they are there already', async () => {
    const directory = temporaryDirectory()
    const seeds = { a: { partitions: 1, records: ['seeded'] } }
    const first = await start({ storage: 'disk', directory, topics: seeds })
    await first.produce('a', ['later'])
    await first.close()
    const second = await start({ storage: 'disk', directory, topics: { ...seeds, b: 2 } })
    const client = await connect(second)
    expect(await stored(client, 'a')).toEqual(['seeded', 'later'])
    expect((await topicsOf(client)).map(({ name }) => name).sort()).toEqual(['a', 'b'])
  })

  test('everything is there again after a restart', async () => {
    const directory = temporaryDirectory()
    const options = { storage: 'disk', directory } as const
    // Producers are forgotten a day after their last record.
    const timestamp = nodeClock.now()
    const batch = (baseSequence: number, ...values: string[]) =>
      encodeBatch({
        records: values.map(value => ({ value: Buffer.from(value), timestamp })),
        producerId: 42,
        producerEpoch: 0,
        baseSequence,
      })
    const first = await start(options)
    await first.createTopic('t', { partitions: 2, configs: { 'segment.ms': 77_000 } })
    const before = await connect(first)
    const ofBroker = { resourceType: 4, resourceName: '', configs: [{ name: 'message.max.bytes', value: '123456' }] }
    await before.send(IncrementalAlterConfigs, 1, { resources: [ofBroker] })
    expect(await produce(before, 't', batch(0, 'a', 'b'))).toMatchObject({ errorCode: NONE, baseOffset: 0 })
    const topicsBefore = await topicsOf(before)
    const { clusterId } = await before.send(Metadata, 9, { topics: [] })
    await first.close()

    const second = await start(options)
    const after = await connect(second)
    expect((await after.send(Metadata, 9, { topics: [] })).clusterId).toBe(clusterId)
    const topicsAfter = await topicsOf(after)
    expect(topicsAfter.map(({ name, topicId }) => [name, topicId])).toEqual([['t', topicsBefore[0]!.topicId]])
    expect(topicsAfter[0]!.partitions.map(({ leaderId }) => leaderId)).toEqual(
      topicsBefore[0]!.partitions.map(({ leaderId }) => leaderId),
    )
    // The producer sends again what it had no answer to: it is known.
    expect(await produce(after, 't', batch(0, 'a', 'b'))).toMatchObject({ errorCode: NONE, baseOffset: 0 })
    expect(await stored(after, 't')).toEqual(['a', 'b'])
    expect(await produce(after, 't', batch(2, 'c'))).toMatchObject({ errorCode: NONE, baseOffset: 2 })
    const resources = [
      { resourceType: 2, resourceName: 't', configurationKeys: ['segment.ms'] },
      { resourceType: 4, resourceName: '', configurationKeys: null },
    ]
    const { results } = await after.send(DescribeConfigs, 4, { resources })
    expect(results.flatMap(({ configs }) => configs.map(({ name, value }) => [name, value]))).toEqual([
      ['segment.ms', '77000'],
      ['message.max.bytes', '123456'],
    ])
  })

  test('a directory that is in use is refused, and its broker goes on', async () => {
    const directory = temporaryDirectory()
    const first = await start({ storage: 'disk', directory })
    await expect(start({ storage: 'disk', directory })).rejects.toThrow(
      `The log directory ${directory} is in use by another broker.`,
    )
    await first.createTopic('t')
    const client = await connect(first)
    expect(await produce(client, 't', batchOf(['a']))).toMatchObject({ errorCode: NONE })
    await first.close()
    const second = await start({ storage: 'disk', directory })
    expect(await stored(await connect(second), 't')).toEqual(['a'])
  })

  test('a start that fails leaves the directory to the next one', async () => {
    const directory = temporaryDirectory()
    const { port } = (await start()).listeners[0]!
    await expect(start({ storage: 'disk', directory, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const broker = await start({ storage: 'disk', directory })
    await broker.createTopic('t')
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(['meta.properties', 't-0']))
  })

  test('a reset deletes the logs, too', async () => {
    const directory = temporaryDirectory()
    const broker = await start({
      storage: 'disk',
      directory,
      settings: { 'log.segment.delete.delay.ms': 0 },
    })
    await broker.createTopic('t', { partitions: 4 })
    await broker.reset()
    await broker.close()
    expect(readdirSync(directory).filter(name => name.startsWith('t-'))).toEqual([])
  })
})

test('many brokers run in one process', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => start()))
  expect(new Set(all.map(({ bootstrap }) => bootstrap)).size).toBe(8)
  await Promise.all(all.map((broker, n) => broker.createTopic(`t${n}`)))
  for (const [n, broker] of all.entries()) {
    expect((await topicsOf(await connect(broker))).map(({ name }) => name)).toEqual([`t${n}`])
  }
})

import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { Metadata } from '../../protocol/messages/03-metadata'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { MetadataStoreError } from '../../src/metadata/metadata-store'
import { batchOf, valuesOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

const { KAFKA_STORAGE_ERROR, NONE } = ErrorCode

/** What became of `broker.failed` up to now. */
const failureOf = async (broker: TestBroker): Promise<Error | null> => {
  let failure: Error | null = null
  broker.broker.failed.catch(error => {
    failure = error
  })
  await broker.timers.settle()
  return failure
}

const produce = async (broker: TestBroker, name: string, value: string, index = 0) => {
  const topicData = [{ name, partitionData: [{ index, records: batchOf([value]) }] }]
  const { responses } = await broker.ask(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  return responses[0]!.partitionResponses[0]!
}

const stored = async (broker: TestBroker, topic: string): Promise<string[]> => {
  const topics = [{ topic, partitions: [{ partition: 0, partitionMaxBytes: 1 << 20 }] }]
  const { responses } = await broker.ask(Fetch, 4, { topics })
  return valuesOf(responses[0]!.partitions[0]!.records)
}

describe('a start that fails leaves nothing open', () => {
  const start = (settings: Readonly<Record<string, string>>, disk?: MemoryDisk) => TestBroker.start({ settings, disk })

  test('when its directory is in use, and the other broker goes on', async () => {
    const disk = new MemoryDisk()
    const first = await start({}, disk)
    await first.createTopic('t')
    const files = disk.list('/data')
    await expect(start({}, disk)).rejects.toThrow('The log directory /data is in use by another broker.')
    expect(disk.list('/data')).toEqual(files)
    expect(await produce(first, 't', 'a')).toMatchObject({ errorCode: NONE, baseOffset: 0 })
    await first.close()
    const second = await start({}, disk)
    await second.close()
  })

  test('when its directory belongs to another broker', async () => {
    const disk = new MemoryDisk()
    await (await start({ 'node.id': '1' }, disk)).close()
    await expect(start({ 'node.id': '2' }, disk)).rejects.toThrow(/node\.id=1, but this broker has node\.id=2/)
    await (await start({ 'node.id': '1' }, disk)).close()
  })

  test('when its disk does not work', async () => {
    const disk = new MemoryDisk()
    disk.faults.failWhen(({ operation }) => operation === 'open', 'EIO')
    await expect(start({}, disk)).rejects.toThrow('None of the log directories can be used.')
    disk.faults.clear()
    await (await start({}, disk)).close()
  })
})

test('a directory that does not work is left out, the others are used', async () => {
  const disk = new MemoryDisk()
  disk.faults.failWhen(({ path }) => path.startsWith('/broken'), 'EACCES')
  const broker = await TestBroker.start({ disk, settings: { 'log.dirs': '/sound,/broken' } })
  await broker.createTopic('t', { partitions: 2 })
  expect(await produce(broker, 't', 'a', 0)).toMatchObject({ errorCode: NONE })
  expect(await produce(broker, 't', 'b', 1)).toMatchObject({ errorCode: NONE })
  await broker.close()
})

describe('disks that fail', () => {
  test('one of two takes its partitions offline, and the broker goes on', async () => {
    const broker = await TestBroker.start({ settings: { 'log.dirs': '/one,/two' } })
    await broker.createTopic('t', { partitions: 2 })
    const [first, second] = [broker.partition('t', 0), broker.partition('t', 1)]
    broker.disk.faults.failWhen(({ path }) => path.startsWith(first.log.directory), 'EIO')
    expect(await produce(broker, 't', 'a', 0)).toMatchObject({ errorCode: KAFKA_STORAGE_ERROR })
    expect(await produce(broker, 't', 'b', 1)).toMatchObject({ errorCode: NONE })
    expect([first.log.isOffline, second.log.isOffline]).toEqual([true, false])
    expect(await failureOf(broker)).toBeNull()
    await broker.close()
  })

  test('all of them end the broker', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('t')
    broker.disk.faults.failWhen(({ operation }) => operation.startsWith('write'), 'EIO')
    expect(await produce(broker, 't', 'a')).toMatchObject({ errorCode: KAFKA_STORAGE_ERROR })
    expect(await failureOf(broker)).toMatchObject({ code: 'EIO' })
    await broker.close()
  })
})

test('a broker whose store fails ends', async () => {
  let fail: (error: MetadataStoreError) => void = () => {}
  const broker = await TestBroker.start({
    store: store => {
      const watch = store.watch.bind(store)
      store.watch = options => {
        fail = options.onEnd
        return watch(options)
      }
      return store
    },
  })
  fail(new MetadataStoreError('CLOSED', 'the store was closed by a test'))
  expect(await failureOf(broker)).toMatchObject({ message: expect.stringMatching(/store/) })
  await broker.close()
})

describe('a stop', () => {
  test('answers requests in work, long polls too, and closes connections', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('t')
    const client = await broker.connect()
    const topics = [{ topic: 't', partitions: [{ partition: 0, partitionMaxBytes: 1 << 20 }] }]
    const poll = client.send(Fetch, 12, { maxWaitMs: 100_000, minBytes: 1, topics })
    const producer = await broker.connect()
    const produced = producer.send(Produce, 9, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: 't', partitionData: [{ index: 0, records: batchOf(['last']) }] }],
    })
    await broker.timers.settle()
    const closed = broker.broker.close()
    const { responses } = await broker.until(produced)
    expect(responses[0]!.partitionResponses).toMatchObject([{ errorCode: NONE, baseOffset: 0 }])
    expect((await broker.until(poll)).responses).toHaveLength(1)
    await broker.until(Promise.all([client.closed, producer.closed, closed]))
    await broker.close()
  })

  test('takes no new connections', async () => {
    const broker = await TestBroker.start()
    const { port } = broker
    await broker.until(broker.broker.close())
    await expect(broker.connect(port)).rejects.toThrow('ECONNREFUSED')
    await broker.close()
  })

  test('is the same however often it is asked for', async () => {
    const broker = await TestBroker.start()
    const first = broker.broker.close()
    expect(broker.broker.close()).toBe(first)
    await broker.until(first)
    expect(broker.broker.close()).toBe(first)
    await broker.close()
  })

  test('says in the log what does not stop in order, and stops the rest', async () => {
    const broker = await TestBroker.start()
    jest.spyOn(broker.broker.cache, 'close').mockImplementation(() => {
      throw new Error('broken by a test')
    })
    await broker.until(broker.broker.close())
    expect(broker.logger.at('error')).toMatchObject([{ fields: { error: new Error('broken by a test') } }])
    expect(() => broker.disk.lock('/data/.lock').release()).not.toThrow()
    await broker.close()
  })
})

test('logs are clean after a stop: the next start has nothing to recover', async () => {
  const disk = new MemoryDisk()
  const broker = await TestBroker.start({ disk })
  await broker.createTopic('t')
  await produce(broker, 't', 'a')
  await broker.close()
  expect(disk.list('/data')).toEqual(expect.arrayContaining(['.kafka_cleanshutdown', 'meta.properties', 't-0']))
})

test('many brokers in one process know nothing of each other', async () => {
  const brokers = await Promise.all(
    Array.from({ length: 5 }, (_, n) => TestBroker.start({ settings: { 'node.id': `${n}` } })),
  )
  for (const [n, broker] of brokers.entries()) {
    await broker.createTopic('t')
    await produce(broker, 't', `of ${n}`)
  }
  for (const [n, broker] of brokers.entries()) {
    expect(await stored(broker, 't')).toEqual([`of ${n}`])
    const { topics, controllerId } = await broker.ask(Metadata, 9, { topics: null })
    expect([topics.length, controllerId]).toEqual([1, n])
  }
  await brokers[0]!.close()
  for (const broker of brokers.slice(1)) expect(await produce(broker, 't', 'more')).toMatchObject({ errorCode: NONE })
  for (const broker of brokers.slice(1)) await broker.close()
})

test('settings that were changed while it ran are in force as soon as the answer is there', async () => {
  const broker = await TestBroker.start()
  const seen: number[] = []
  broker.broker.config.onChange(() => seen.push(broker.broker.config.current.numPartitions))
  const configs = [{ name: 'message.max.bytes', value: '1234' }]
  await broker.ask(IncrementalAlterConfigs, 1, { resources: [{ resourceType: 4, resourceName: '', configs }] })
  expect(broker.broker.config.current.messageMaxBytes).toBe(1234)
  expect(seen).toHaveLength(1)
  await broker.close()
})

test('requests are answered from the moment on in which the start is over', async () => {
  const broker = await TestBroker.start()
  expect((await broker.ask(ApiVersions, 3, { clientSoftwareName: 'a', clientSoftwareVersion: '1' })).errorCode).toBe(
    NONE,
  )
  expect(broker.broker.endpoints).toMatchObject([{ listenerName: 'PLAINTEXT', host: 'localhost', port: broker.port }])
  await broker.close()
})

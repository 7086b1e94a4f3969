/** What can be seen of a broker over HTTP while it starts, runs and stops. */
import { Produce } from '../../../protocol/messages/00-produce'
import { Broker } from '../../../src/broker/broker'
import { nodeHttp } from '../../../src/broker/http/node-http'
import { inMemory, ONE_NODE_DEFAULTS, startBroker } from '../../../src/broker/start-broker'
import { loadStaticConfig } from '../../../src/config/static-config'
import { MemoryDisk } from '../../../src/io/memory/memory-disk'
import { MemoryHttpServer } from '../../../src/io/memory/memory-http-server'
import { MemoryTransport } from '../../../src/io/memory/memory-transport'
import { SeededRandom } from '../../../src/io/memory/seeded-random'
import { MemoryMetadataStore } from '../../../src/metadata/memory-metadata-store'
import type { MetadataStore } from '../../../src/metadata/metadata-store'
import { batchOf } from '../../support/batches'
import { RecordingLogger } from '../../support/recording-logger'
import { TestBroker } from '../../support/test-broker'
import { virtualTime } from '../../support/virtual-time'

const PORT = 9464

const pending = <Value>() => {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

/** A start in virtual time that waits for its metadata. */
const starting = (http: MemoryHttpServer, settings: Readonly<Record<string, string>> = {}) => {
  const { clock, timers } = virtualTime()
  const logger = new RecordingLogger()
  const disk = new MemoryDisk({ clock })
  const platform = { clock, timers, disk, logger, transport: new MemoryTransport(timers), random: new SeededRandom(1) }
  const store = pending<MetadataStore>()
  const broker = Broker.start({
    platform,
    settings: loadStaticConfig({
      defaults: { ...ONE_NODE_DEFAULTS, listeners: 'PLAINTEXT://localhost:0', 'log.dirs': '/data' },
      options: settings,
    }),
    openStore: () => store.promise,
    hostName: 'localhost',
    http: { server: http, processMetrics: null },
  })
  broker.catch(() => {})
  const settle = async () => {
    for (let turn = 0; turn < 100; turn++) await timers.settle()
  }
  return { broker, settle, logger, openStore: () => store.resolve(new MemoryMetadataStore(platform)) }
}

const ask = async (http: MemoryHttpServer, path: string) => {
  const { status, body } = await http.request(PORT, path)
  return `${status} ${body.trim()}`
}

test('a broker lives from the first step of its start, and is ready when clients are served', async () => {
  const http = new MemoryHttpServer()
  const start = starting(http)
  await start.settle()
  expect(await ask(http, '/health/live')).toBe('200 live')
  expect(await ask(http, '/health/ready')).toBe('503 starting: metadata is being read')
  expect((await http.request(PORT, '/metrics')).body).toMatch(/^odradek_ready 0$/m)
  start.openStore()
  await start.settle()
  const broker = await start.broker
  expect(await ask(http, '/health/ready')).toBe('200 ready')
  expect((await http.request(PORT, '/metrics')).body).toMatch(/^odradek_ready 1$/m)
  const closing = broker.close()
  expect(await ask(http, '/health/ready')).toBe('503 stopping')
  expect(await ask(http, '/health/live')).toBe('200 live')
  await start.settle()
  await closing
  await expect(http.request(PORT, '/health/live')).rejects.toThrow('ECONNREFUSED')
})

test('a broker that cannot go on says why', async () => {
  const broker = await TestBroker.start()
  await broker.createTopic('orders')
  broker.disk.faults.failWhen(({ operation }) => operation.startsWith('write'), 'EIO')
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['lost']) }] }]
  await broker.ask(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  const { status, body } = await broker.until(broker.http.request(PORT, '/health/ready'))
  expect([status, body]).toEqual([503, expect.stringMatching(/^failed: .*EIO/)])
  expect(await broker.metrics()).toMatch(/^kafka_server_replicamanager_offlinereplicacount 1$/m)
  expect(await broker.metrics()).toMatch(/^kafka_log_logmanager_offlinelogdirectorycount 1$/m)
  await broker.close()
})

test('a start that fails leaves no listener behind', async () => {
  const http = new MemoryHttpServer()
  const taken = await http.listen({ host: 'localhost', port: 1 }, async () => ({
    status: 200,
    contentType: '',
    body: '',
  }))
  const start = starting(http, { 'http.listeners': `localhost:${PORT},localhost:1` })
  await expect(start.broker).rejects.toThrow('EADDRINUSE')
  await expect(http.request(PORT, '/health/live')).rejects.toThrow('ECONNREFUSED')
  await taken.close()
})

test('the default port is left to whoever has it, with a warning', async () => {
  const http = new MemoryHttpServer()
  await http.listen({ host: 'localhost', port: PORT }, async () => ({ status: 200, contentType: '', body: 'another' }))
  const start = starting(http)
  start.openStore()
  await start.settle()
  const broker = await start.broker
  expect(broker.httpAddresses).toEqual([])
  expect(
    start.logger.lines.some(({ level, message }) => level === 'warn' && /default port is taken/.test(message)),
  ).toBe(true)
  const closing = broker.close()
  await start.settle()
  await closing
  expect(await ask(http, '/')).toBe('200 another')
})

test('over real sockets the figures of the process are told, too', async () => {
  const { platform, openStore } = inMemory()
  const settings = loadStaticConfig({
    defaults: ONE_NODE_DEFAULTS,
    options: { listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': '/data', 'http.listeners': '127.0.0.1:0' },
  })
  const broker = await Broker.start({ platform, settings, openStore, hostName: '127.0.0.1', http: nodeHttp() })
  try {
    const response = await fetch(`${broker.httpAddresses[0]}/metrics`)
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(text).toMatch(/^odradek_ready 1$/m)
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
  } finally {
    await broker.close()
  }
})

test('an embedded broker is watched only when its settings say so', async () => {
  const unwatched = await startBroker()
  const watched = await startBroker({ settings: { 'http.listeners': '127.0.0.1:0' } })
  expect(unwatched.http).toBeNull()
  expect(await (await fetch(`${watched.http}/health/ready`)).text()).toBe('ready\n')
  await Promise.all([unwatched.close(), watched.close()])
})

import { ErrorCode } from '../../protocol/errors'
import { CreateTopics } from '../../protocol/messages/19-create-topics'
import type { Api } from '../../protocol/schema/api'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import { Broker } from '../../src/broker/broker'
import { ONE_NODE_DEFAULTS } from '../../src/broker/start-broker'
import { loadStaticConfig } from '../../src/config/static-config'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { MemoryHttpServer } from '../../src/io/memory/memory-http-server'
import { MemoryTransport } from '../../src/io/memory/memory-transport'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import type { MetadataStore } from '../../src/metadata/metadata-store'
import type { Partition } from '../../src/replication/partition'
import { RecordingLogger } from './recording-logger'
import { TestClient } from './test-client'
import { virtualTime } from './virtual-time'

export interface TestBrokerOptions {
  /** By Kafka's names. */
  readonly settings?: Readonly<Record<string, string>>
  /** Puts something between the broker and its store. */
  readonly store?: (store: MetadataStore) => MetadataStore
  /** Instead of a new one. The metadata of an earlier broker is not on it. */
  readonly disk?: MemoryDisk | undefined
}

export interface TestTopic {
  readonly partitions?: number
  readonly configs?: Readonly<Record<string, string>>
}

const TURNS_MAX = 1_000

/** A whole broker with its clients in one process, over a disk in memory and on virtual time: nothing happens before the test lets it. */
export class TestBroker {
  readonly logger = new RecordingLogger()
  readonly disk: MemoryDisk
  readonly clients: TestClient[] = []
  /** Where the broker is watched from outside. */
  readonly http = new MemoryHttpServer()
  readonly #time = virtualTime()
  readonly #transport = new MemoryTransport(this.#time.timers)
  #broker: Broker | null = null
  #client: TestClient | null = null

  private constructor(disk: MemoryDisk | undefined) {
    this.disk = disk ?? new MemoryDisk({ clock: this.#time.clock })
  }

  static async start(options: TestBrokerOptions = {}): Promise<TestBroker> {
    const { settings = {}, store = same => same } = options
    const test = new TestBroker(options.disk)
    const { logger, disk } = test
    const platform = { ...test.#time, logger, disk, transport: test.#transport, random: new SeededRandom(1) }
    const own = { 'node.id': '1', listeners: 'PLAINTEXT://localhost:0', 'log.dirs': '/data' }
    test.#broker = await test.until(
      Broker.start({
        platform,
        settings: loadStaticConfig({ defaults: { ...ONE_NODE_DEFAULTS, ...own }, options: settings }),
        openStore: async () => store(new MemoryMetadataStore(platform)),
        hostName: 'localhost',
        http: { server: test.http, processMetrics: null },
      }),
    )
    // What is only put off to the next turn is part of the start.
    await test.timers.advance(0)
    return test
  }

  get broker(): Broker {
    return this.#broker!
  }

  get timers() {
    return this.#time.timers
  }

  get clock() {
    return this.#time.clock
  }

  /** The port of the first listener, unless another one is advertised. */
  get port(): number {
    return this.broker.endpoints[0]!.port
  }

  /** A connection of its own, closed with the broker. */
  async connect(port = this.port): Promise<TestClient> {
    const client = await this.until(TestClient.connect(this.#transport, { host: 'localhost', port }))
    this.clients.push(client)
    return client
  }

  /** The outcome of something that happens without time going by; rejects when it does not. */
  async until<T>(outcome: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = outcome.finally(() => {
      isSettled = true
    })
    settled.catch(() => {})
    for (let turn = 0; !isSettled; turn++) {
      if (turn === TURNS_MAX) throw new Error('this waits for time to go by')
      await this.timers.settle()
    }
    return settled
  }

  /** Asks on a connection that all such questions share. */
  async ask<A extends Api>(api: A, version: number, request: InputOf<A['request']>): Promise<MessageOf<A['response']>> {
    if (!this.#client || this.#client.isClosed) this.#client = await this.connect()
    return this.until(this.#client.send(api, version, request))
  }

  /** Asks on a new connection; 'closed' when the broker closes it instead of answering. */
  async askAlone<A extends Api>(
    api: A,
    version: number,
    request: InputOf<A['request']>,
  ): Promise<MessageOf<A['response']> | 'closed'> {
    const client = await this.connect()
    const answer = client.send(api, version, request)
    return this.until(
      Promise.race([answer.catch(() => 'closed' as const), client.closed.then(() => 'closed' as const)]),
    )
  }

  /** Returns the id of the new topic. */
  async createTopic(name: string, { partitions = 1, configs = {} }: TestTopic = {}): Promise<string> {
    const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
    const { topics } = await this.ask(CreateTopics, 7, {
      topics: [{ name, numPartitions: partitions, replicationFactor: 1, configs: entries }],
      timeoutMs: 10_000,
    })
    expect(topics).toMatchObject([{ name, errorCode: ErrorCode.NONE }])
    return topics[0]!.topicId
  }

  /** The text of /metrics. */
  async metrics(): Promise<string> {
    const port = Number(new URL(this.broker.httpAddresses[0]!).port)
    return (await this.until(this.http.request(port, '/metrics'))).body
  }

  partition(topic: string, index = 0): Partition {
    return this.broker.partitions.find(topic, index)!
  }

  /** Stops, and checks that nothing is left behind that would run later. */
  async close(): Promise<void> {
    for (const client of this.clients) await this.until(client.destroy())
    await this.until(this.broker.close())
    expect(this.timers.pendingCount).toBe(0)
  }
}

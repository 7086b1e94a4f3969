import { ErrorCode, errorName } from '../../protocol/errors'
import { loadStaticConfig } from '../config/static-config'
import { type Logger, silentLogger } from '../io/logger'
import { MemoryDisk } from '../io/memory/memory-disk'
import { nodeClock } from '../io/node/node-clock'
import { NodeDisk } from '../io/node/node-disk'
import { nodeRandom } from '../io/node/node-random'
import { NodeTimers } from '../io/node/node-timers'
import { NodeTransport } from '../io/node/node-transport'
import type { Platform } from '../io/platform'
import { LmdbMetadataStore } from '../metadata/lmdb-metadata-store'
import { MemoryMetadataStore } from '../metadata/memory-metadata-store'
import type { MetadataStore } from '../metadata/metadata-store'
import { Broker } from './broker'

export interface StartBrokerOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string
  /** Port to listen on, 0 (the default) for a free one; `bootstrap` tells which. */
  readonly port?: number
  /** `memory` (the default): everything is gone at `close`. `disk`: a durable log in `directory`. */
  readonly storage?: 'memory' | 'disk'
  /** Where the data is, with `storage: 'disk'`. */
  readonly directory?: string
  /** Settings by Kafka's names, as in server.properties: `{ 'num.partitions': 3 }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Gets what the broker logs. Default: nobody. */
  readonly logger?: Logger
}

export interface NewTopicOptions {
  /** Default: `num.partitions`. */
  readonly partitions?: number
  /** Settings of the topic by Kafka's names: `{ 'cleanup.policy': 'compact' }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
}

export interface BrokerListener {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** A broker that runs in this process. It takes no signals and never ends the process. */
export interface RunningBroker {
  /** `host:port` of the first listener: what clients call a bootstrap server. */
  readonly bootstrap: string
  readonly listeners: readonly BrokerListener[]
  /** Rejects when the broker cannot go on by itself, for example because its disk failed. Never resolves. */
  readonly failed: Promise<never>
  /** Creates a topic that can be used at once. Rejects when it exists or a setting is refused. */
  createTopic(name: string, options?: NewTopicOptions): Promise<void>
  /** Deletes all topics with their records: a clean broker for the next test. */
  reset(): Promise<void>
  /** Stops in order: requests in work are finished, everything is on the disk, ports are free. */
  close(): Promise<void>
}

/**
 * Starts a broker in this process.
 * @throws ConfigError when an option or a setting is refused; other errors when a port or a directory cannot be had
 */
export const startBroker = async (options: StartBrokerOptions = {}): Promise<RunningBroker> => {
  const { host = '127.0.0.1', port = 0, storage = 'memory', directory } = options
  if (storage === 'disk' && directory === undefined) throw new TypeError("storage 'disk' needs a directory")
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const settings = loadStaticConfig({
    defaults: ONE_NODE_DEFAULTS,
    options: textsOf({
      listeners: `PLAINTEXT://${authority}`,
      'log.dirs': directory ?? '/memory',
      ...options.settings,
    }),
  })
  const { platform, openStore } = storage === 'disk' ? onDisk(options.logger) : inMemory(options.logger)
  for (const warning of settings.warnings) platform.logger.warn(warning)
  return new EmbeddedBroker(await Broker.start({ platform, settings, openStore, hostName: host }))
}

/** Where Kafka's defaults are those of a cluster: one node keeps one copy of everything, and a group need not wait for other brokers. */
export const ONE_NODE_DEFAULTS: Readonly<Record<string, string>> = {
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
}

const textsOf = (values: Readonly<Record<string, string | number | boolean>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))

interface Storage {
  readonly platform: Platform
  readonly openStore: (directory: string) => Promise<MetadataStore>
}

const adapters = (logger: Logger = silentLogger) => ({
  clock: nodeClock,
  timers: new NodeTimers(),
  random: nodeRandom,
  transport: new NodeTransport({
    acceptFailed: error => logger.error('a connection could not be accepted', { error }),
  }),
  logger,
})

export const inMemory = (logger?: Logger): Storage => {
  const platform = { ...adapters(logger), disk: new MemoryDisk({ clock: nodeClock }) }
  return { platform, openStore: async () => new MemoryMetadataStore(platform) }
}

/** Metadata is in a file of the first log directory. */
export const onDisk = (logger?: Logger): Storage => {
  const platform = { ...adapters(logger), disk: new NodeDisk() }
  const openStore = (directory: string) => LmdbMetadataStore.open(`${directory}/${METADATA_FILE}`, platform)
  return { platform, openStore }
}

const METADATA_FILE = 'odradek-metadata.mdb'

/** Somebody else was faster. */
const GONE: ReadonlySet<number> = new Set([ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION])

class EmbeddedBroker implements RunningBroker {
  readonly listeners: readonly BrokerListener[]
  readonly failed: Promise<never>
  readonly #broker: Broker

  constructor(broker: Broker) {
    this.#broker = broker
    this.failed = broker.failed
    this.listeners = broker.endpoints.map(({ listenerName, host, port }) => ({ name: listenerName, host, port }))
  }

  get bootstrap(): string {
    const { host, port } = this.listeners[0]!
    return `${host.includes(':') ? `[${host}]` : host}:${port}`
  }

  async createTopic(name: string, { partitions = -1, settings }: NewTopicOptions = {}): Promise<void> {
    const configs = Object.entries(textsOf(settings)).map(([key, value]) => ({ name: key, value }))
    const topic = { name, partitions, replicationFactor: -1, assignments: [], configs }
    const [result] = await this.#broker.topics.createTopics([topic], { validateOnly: false })
    succeeded(result!, `the topic ${name} was not created`)
  }

  async reset(): Promise<void> {
    const topics = Array.from(this.#broker.cache.current.topics(), ({ id }) => ({ name: null, topicId: id }))
    const results = await this.#broker.topics.deleteTopics(topics)
    for (const result of results) {
      if (!GONE.has(result.errorCode)) succeeded(result, `the topic ${result.name} was not deleted`)
    }
  }

  close(): Promise<void> {
    return this.#broker.close()
  }
}

const succeeded = (result: { errorCode: number; errorMessage: string | null }, failure: string): void => {
  if (result.errorCode === ErrorCode.NONE) return
  throw new Error(`${failure}: ${errorName(result.errorCode)}${result.errorMessage ? `, ${result.errorMessage}` : ''}`)
}

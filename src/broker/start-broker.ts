import { loadStaticConfig } from '../config/static-config'
import { addressText } from '../io/address'
import { type Logger, silentLogger } from '../io/logger'
import { MemoryDisk } from '../io/memory/memory-disk'
import { nodeClock } from '../io/node/node-clock'
import { NodeDisk } from '../io/node/node-disk'
import { nodeRandom } from '../io/node/node-random'
import { NodeTimers } from '../io/node/node-timers'
import { NodeTransport } from '../io/node/node-transport'
import type { Platform } from '../io/platform'
import { checkLmdbFile } from '../metadata/lmdb-file'
import { LmdbMetadataStore } from '../metadata/lmdb-metadata-store'
import { MemoryMetadataStore } from '../metadata/memory-metadata-store'
import type { MetadataStore } from '../metadata/metadata-store'
import { Broker } from './broker'
import { realTime, VirtualTime } from './embedded/broker-time'
import { EmbeddedBroker } from './embedded/embedded-broker'
import type { RunningBroker } from './embedded/running-broker'
import { type SettingValues, type TopicSeeds, textsOf } from './embedded/topic-seeds'
import { nodeHttp } from './http/node-http'

export type { RunningBroker }

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
  readonly settings?: SettingValues
  /** Topics that are there from the start, and again after every `reset`. One that is in `directory` already stays as it is. */
  readonly topics?: TopicSeeds
  /**
   * `real` (the default), or `virtual`: time stands still but for `broker.time.advance`. Connections, and fetches that wait for records, live in
   * real time nevertheless. Needs `storage: 'memory'`.
   */
  readonly time?: 'real' | 'virtual'
  /** Gets what the broker logs. Default: nobody. */
  readonly logger?: Logger
}

/**
 * Starts a broker in this process.
 * @throws ConfigError when an option or a setting is refused; other errors when a port or a directory cannot be had
 */
export const startBroker = async (options: StartBrokerOptions = {}): Promise<RunningBroker> => {
  const { host = '127.0.0.1', storage = 'memory', directory, logger, topics: seeds = {} } = options
  if (storage === 'disk' && directory === undefined) throw new TypeError("storage 'disk' needs a directory")
  const isVirtual = options.time === 'virtual'
  if (storage === 'disk' && isVirtual)
    throw new TypeError("time 'virtual' needs storage 'memory': disks take real time")
  const settings = staticConfigOf(options)
  const real = storage === 'disk' ? onDisk(logger) : inMemory(logger)
  const { clock, timers } = real.platform
  const virtual = isVirtual ? new VirtualTime(timers, clock.now()) : null
  const platform = virtual ? { ...real.platform, clock: virtual.clock, timers: virtual } : real.platform
  for (const warning of settings.warnings) platform.logger.warn(warning)
  const { openStore } = real
  const broker = await Broker.start({
    platform,
    settings,
    openStore,
    hostName: host,
    realTime: real.platform,
    http: nodeHttp(),
  })
  const time = virtual ?? realTime(platform.clock)
  const running = new EmbeddedBroker({ broker, platform, time, realTimers: timers, seeds })
  try {
    await running.createTopics(absentOf(seeds, broker))
  } catch (error) {
    await running.close()
    throw error
  }
  return running
}

const absentOf = (seeds: TopicSeeds, { cache }: Broker): TopicSeeds =>
  Object.fromEntries(Object.entries(seeds).filter(([name]) => cache.current.topic(name) === undefined))

const staticConfigOf = ({ host = '127.0.0.1', port = 0, directory = '/memory', time, settings }: StartBrokerOptions) =>
  loadStaticConfig({
    defaults: time === 'virtual' ? { ...ONE_NODE_DEFAULTS, ...VIRTUAL_TIME_DEFAULTS } : ONE_NODE_DEFAULTS,
    options: textsOf({
      listeners: `PLAINTEXT://${addressText(host, port)}`,
      'log.dirs': directory,
      // Brokers of tests have nobody who watches them.
      'http.listeners': '',
      ...settings,
    }),
  })

/** Where Kafka's defaults are those of a cluster: one node keeps one copy of everything, and a group need not wait for other brokers. */
export const ONE_NODE_DEFAULTS: Readonly<Record<string, string>> = {
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
}

/** What is only for a restart, which is not to come, or need not be this often: a month shall go by in a second. */
const VIRTUAL_TIME_DEFAULTS: Readonly<Record<string, string>> = {
  'replica.high.watermark.checkpoint.interval.ms': '3600000',
  'log.flush.offset.checkpoint.interval.ms': '3600000',
  'log.flush.start.offset.checkpoint.interval.ms': '3600000',
  'log.cleaner.backoff.ms': '300000',
  'log.segment.delete.delay.ms': '0',
}

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
  const openStore = async (directory: string) => {
    const path = `${directory}/${METADATA_FILE}`
    checkLmdbFile(platform.disk, path)
    return LmdbMetadataStore.open(path, platform)
  }
  return { platform, openStore }
}

const METADATA_FILE = 'odradek-metadata.mdb'

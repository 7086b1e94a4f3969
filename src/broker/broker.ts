/**
 * One broker, put together of its parts over the ports it is given. It owns no signals, no globals and no exit of the process.
 *
 * Order of a start: metadata is read, logs are opened and recovered, listeners are bound (so that ports are known), the broker joins its
 * cluster, and only then are requests read. A stop goes the other way.
 */
import { DynamicBrokerConfig } from '../config/dynamic-broker-config'
import type { Listener } from '../config/listeners'
import type { StaticConfig } from '../config/static-config'
import { effectiveTopicConfig, type TopicConfig, validateTopicConfigs } from '../config/topic-config'
import { Faults } from '../faults/faults'
import { HandlerRegistry } from '../handlers/registry'
import { addressText } from '../io/address'
import { SeededRandom } from '../io/memory/seeded-random'
import type { Platform } from '../io/platform'
import { DirectoryRefused, ensureDirectory, inUse, LOCK_FILE, refuseApacheKafka } from '../log/directory-claim'
import { LogDirectories } from '../log/log-directories'
import { ClusterMember } from '../metadata/cluster-member'
import { ConfigAdmin } from '../metadata/config-admin'
import { type ConfigOverrides, NO_OVERRIDES } from '../metadata/config-resource'
import { MetadataCache } from '../metadata/metadata-cache'
import type { Endpoint, MetadataImage } from '../metadata/metadata-image'
import { MetadataKeys } from '../metadata/metadata-keys'
import type { MetadataStore } from '../metadata/metadata-store'
import { ProducerIdBlocks } from '../metadata/producer-id-blocks'
import { TopicAdmin } from '../metadata/topic-admin'
import type { TopicConfigRules } from '../metadata/topic-plan'
import { SocketServer } from '../network/socket-server'
import { Partitions } from '../replication/partitions'
import { clusterIdOf, randomClusterId } from './cluster-id'
import { groupCoordinator } from './coordinators'
import { FEATURES } from './features'
import { brokerHandlers, fetchSessions, type HandlerDependencies } from './handlers'
import { type BrokerHttp, Observation } from './http/observation'
import { transactionCoordinator } from './transactions'
import { VERSION } from './version'

export interface BrokerOptions {
  readonly platform: Platform
  readonly settings: StaticConfig
  /** Opens the store that holds the cluster's metadata. `directory` is the first of `log.dirs`, which is there. */
  readonly openStore: (directory: string) => Promise<MetadataStore>
  /** Told to clients of listeners that name no host of their own. */
  readonly hostName: string
  /** The time of connections, of fetches that wait for records and of leases in the cluster. Default: that of the platform. */
  readonly realTime?: Pick<Platform, 'clock' | 'timers'>
  /** How the broker is watched from outside. Default: it is not, whatever `http.listeners` says. */
  readonly http?: BrokerHttp
  /** Id of the cluster when no log directory belongs to one yet; null (the default): a random one. */
  readonly clusterId?: string | null
}

/** Requests in work at a stop get this long to finish, in milliseconds. */
const SHUTDOWN_GRACE_MS = 5_000
/** Nobody but this process reads or ends the leases of an embedded store, so they need not be short. */
const LEASE_MS = 60_000

export class Broker {
  /** Where clients reach this broker: what is advertised, with real ports. */
  readonly endpoints: readonly Endpoint[]
  /** `http://host:port` of each of `http.listeners`, with real ports. */
  readonly httpAddresses: readonly string[]
  readonly topics: TopicAdmin
  readonly cache: MetadataCache
  readonly partitions: Partitions
  readonly config: DynamicBrokerConfig
  /** What goes wrong on purpose. */
  readonly faults: Faults
  /** Rejects when the broker cannot go on (all log directories failed, its registration or its metadata was lost); never resolves. */
  readonly failed: Promise<never>
  readonly #closeParts: () => Promise<void>
  #closing: Promise<void> | null = null

  private constructor(parts: BrokerParts) {
    this.endpoints = parts.endpoints
    this.httpAddresses = parts.httpAddresses
    this.topics = parts.topics
    this.cache = parts.cache
    this.partitions = parts.partitions
    this.config = parts.config
    this.faults = parts.faults
    this.failed = parts.failed
    this.#closeParts = parts.close
  }

  /** Resolves when requests are served; rejects with an error for people, and leaves nothing open then. */
  static async start(options: BrokerOptions): Promise<Broker> {
    const start = new BrokerStart(options)
    try {
      return new Broker(await start.run())
    } catch (error) {
      await start.undo()
      throw error
    }
  }

  /** A clean shutdown: finishes requests in work, then leaves the cluster and closes the logs with everything on the disk. */
  close(): Promise<void> {
    this.#closing ??= this.#closeParts()
    return this.#closing
  }
}

interface BrokerParts
  extends Pick<
    Broker,
    'endpoints' | 'httpAddresses' | 'topics' | 'cache' | 'partitions' | 'config' | 'faults' | 'failed'
  > {
  readonly close: () => Promise<void>
}

interface StoreParts {
  readonly store: MetadataStore
  readonly keys: MetadataKeys
}

interface ServerParts extends Omit<HandlerDependencies, 'brokerId' | 'configs' | 'fetchTimers'>, StoreParts {
  readonly faults: Faults
}

interface JoinParts extends StoreParts {
  readonly cache: MetadataCache
  readonly rules: TopicConfigRules
  readonly endpoints: readonly Endpoint[]
}

/** The steps of a start, each with the one that undoes it. */
class BrokerStart {
  readonly #options: BrokerOptions
  readonly #config: DynamicBrokerConfig
  readonly #brokerId: number
  readonly #undo: (() => Promise<void> | void)[] = []
  readonly #observation: Observation
  readonly #failed: Promise<never>
  #fail: (error: Error) => void = () => {}
  #stopServing: () => Promise<void> = async () => {}

  constructor(options: BrokerOptions) {
    this.#options = options
    this.#config = new DynamicBrokerConfig(options.settings.texts)
    this.#brokerId = this.#config.current.nodeId
    this.#observation = new Observation(options.http ?? null, options.settings, options.platform)
    this.#failed = new Promise((_resolve, reject) => {
      this.#fail = error => {
        this.#observation.status.failed(error)
        reject(error)
      }
    })
    // Whoever does not ask must not be ended by an unhandled rejection.
    this.#failed.catch(() => {})
  }

  async run(): Promise<BrokerParts> {
    const { platform, settings, clusterId: newClusterId } = this.#options
    const startedAt = platform.clock.monotonic()
    const { status } = this.#observation
    this.#undo.push(() => this.#observation.close())
    await this.#observation.open()
    const paths = this.#config.current.logDirs
    for (const path of paths) refuseApacheKafka(platform.disk, path)
    ensureDirectory(platform.disk, paths[0]!)
    const clusterId = clusterIdOf(paths, platform.disk) ?? newClusterId ?? randomClusterId(platform.random)
    status.entered('metadata is being read')
    const { store, keys, cache } = await this.#openMetadata(paths[0]!, clusterId)
    status.entered('logs are being recovered')
    const directories = await this.#openLogs(paths, clusterId, cache)
    const partitions = this.#openPartitions(cache, directories)
    const rules = this.#topicRules()
    const self = () => member.self
    const topics = new TopicAdmin({ store, cache, keys, random: platform.random, rules, self })
    const groups = groupCoordinator({ platform, config: this.#config, cache, topics, partitions })
    this.#undo.push(groups.close)
    const producerIds = new ProducerIdBlocks(store, keys)
    const sessions = fetchSessions(this.#config.current, platform)
    const shared = { platform, config: this.#config, cache, topics, partitions, producerIds, sessions }
    const transactions = transactionCoordinator({ ...shared, groups: groups.runtime })
    this.#undo.push(transactions.close)
    const coordinators = { groupCoordinator: groups, transactionCoordinator: transactions }
    const faults = new Faults({
      timers: platform.timers,
      logger: platform.logger,
      randomOf: seed => new SeededRandom(seed),
      topicNameById: topicId => cache.current.topicById(topicId)?.name,
    })
    const server = this.#openServer({ ...shared, ...coordinators, store, keys, directories, faults })
    this.#observation.observe({ ...shared, ...coordinators, brokerId: this.#brokerId, directories, server, faults })
    status.entered('the broker joins its cluster')
    const bound = []
    for (const listener of settings.listeners.listeners) bound.push(await server.listen(listener))
    const endpoints = bound.map(listener => this.#endpointOf(listener))
    const member = await this.#join({ store, keys, cache, rules, endpoints })
    groups.runtime.start()
    transactions.runtime.start()
    // A stop begins with the clients, whose requests need all the rest.
    this.#undo.push(this.#stopServing)
    server.serve()
    status.ready()
    const milliseconds = Math.round(platform.clock.monotonic() - startedAt)
    const partitionCount = [...partitions].length
    platform.logger.info('the broker is ready', {
      version: VERSION,
      brokerId: this.#brokerId,
      clusterId,
      advertised: endpoints.map(({ listenerName, host, port }) => `${listenerName}://${addressText(host, port)}`),
      logDirs: paths,
      partitions: partitionCount,
      milliseconds,
    })
    return {
      endpoints,
      httpAddresses: this.#observation.addresses,
      topics,
      cache,
      partitions,
      config: this.#config,
      faults,
      failed: this.#failed,
      close: () => this.undo(),
    }
  }

  async #openMetadata(directory: string, clusterId: string) {
    const { platform, openStore } = this.#options
    // The store has no lock of its own, and must not be opened beside the broker that has it open.
    if (platform.disk.isLocked(`${directory}/${LOCK_FILE}`)) throw new DirectoryRefused(inUse(directory))
    const store = await openStore(directory)
    this.#undo.push(() => store.close())
    const keys = new MetadataKeys(clusterId)
    const { timers, logger } = platform
    const cache = await MetadataCache.start({ store, keys, clusterId, timers, logger, onFailure: this.#fail })
    this.#undo.push(() => cache.close())
    this.#takeOverConfig(cache.current)
    cache.onChange((image, { configs }) => {
      if (configs.some(({ type }) => type === 'broker')) this.#takeOverConfig(image)
    })
    return { store, keys, cache }
  }

  /** Settings that were changed while running count from the image. */
  #takeOverConfig(image: MetadataImage): void {
    this.#config.update({
      dynamicBroker: image.overrides({ type: 'broker', name: String(this.#brokerId) }),
      dynamicDefault: image.overrides({ type: 'broker', name: '' }),
    })
  }

  async #openLogs(paths: readonly string[], clusterId: string, cache: MetadataCache): Promise<LogDirectories> {
    const { platform } = this.#options
    const directories = await LogDirectories.open({
      ...platform,
      paths,
      clusterId,
      nodeId: this.#brokerId,
      settings: () => this.#config.current,
      topicConfig: topic => this.#topicConfig(cache.current.topic(topic)?.configs ?? NO_OVERRIDES),
      onAllFailed: this.#fail,
    })
    this.#undo.push(() => directories.close())
    return directories
  }

  #openPartitions(cache: MetadataCache, directories: LogDirectories): Partitions {
    const partitions = new Partitions({
      brokerId: this.#brokerId,
      directories,
      cache,
      topicConfig: topic => this.#topicConfig(topic.configs),
      logger: this.#options.platform.logger,
    })
    const stopRefreshing = this.#config.onChange(() => partitions.refreshConfigs())
    this.#undo.push(() => {
      stopRefreshing()
      partitions.close()
    })
    return partitions
  }

  #openServer(parts: ServerParts): SocketServer {
    const { platform, realTime = platform } = this.#options
    const { clock, timers } = realTime
    const configs = new ConfigAdmin(parts)
    const handlers = brokerHandlers({ ...parts, brokerId: this.#brokerId, configs, fetchTimers: timers })
    const wrap = parts.faults.wrap.bind(parts.faults)
    const registry = new HandlerRegistry(handlers, () => FEATURES, wrap)
    const settings = () => this.#config.current
    const { network: observer } = this.#observation
    const server = new SocketServer({ ...platform, clock, timers, registry, settings, observer })
    let closing: Promise<void> | null = null
    this.#stopServing = () => {
      closing ??= server.close(SHUTDOWN_GRACE_MS)
      return closing
    }
    this.#undo.push(this.#stopServing)
    return server
  }

  #endpointOf(listener: Listener): Endpoint {
    const { name, securityProtocol, advertisedHost, advertisedPort, port } = listener
    const host = advertisedHost ?? this.#options.hostName
    return { listenerName: name, securityProtocol, host, port: advertisedPort === 0 ? port : advertisedPort }
  }

  async #join(parts: JoinParts): Promise<ClusterMember> {
    const { platform, realTime = platform } = this.#options
    const { clock, timers } = realTime
    const { rack, id } = { rack: this.#config.current.brokerRack, id: this.#brokerId }
    const member = await ClusterMember.join({
      ...platform,
      clock,
      timers,
      ...parts,
      broker: { id, rack, endpoints: parts.endpoints, safeSince: null },
      leaseMs: LEASE_MS,
      onLost: () => this.#fail(new Error('the registration of this broker was lost')),
    })
    this.#undo.push(() => member.leave())
    return member
  }

  #topicConfig(overrides: ConfigOverrides): TopicConfig {
    return effectiveTopicConfig(this.#config.current, overrides)
  }

  #topicRules(): TopicConfigRules {
    const config = this.#config
    return {
      validate: values => validateTopicConfigs(config.current, values),
      minInsyncReplicas: overrides => this.#topicConfig(overrides).minInsyncReplicas,
      get defaultPartitions() {
        return config.current.numPartitions
      },
      get defaultReplicationFactor() {
        return config.current.defaultReplicationFactor
      },
    }
  }

  /**
   * Takes the steps back, the last one first, so that what tells how the broker is goes last. A step that fails does not keep the others from
   * being undone.
   */
  async undo(): Promise<void> {
    this.#observation.status.stopping()
    for (let step = this.#undo.pop(); step; step = this.#undo.pop()) {
      try {
        await step()
      } catch (error) {
        this.#options.platform.logger.error('a part of the broker did not stop in order', { error })
      }
    }
  }
}

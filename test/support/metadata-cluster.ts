import { SeededRandom } from '../../src/io/memory/seeded-random'
import type { VirtualTimers } from '../../src/io/memory/virtual-timers'
import { ClusterMember } from '../../src/metadata/cluster-member'
import { ConfigAdmin } from '../../src/metadata/config-admin'
import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import { MetadataCache } from '../../src/metadata/metadata-cache'
import { MetadataKeys } from '../../src/metadata/metadata-keys'
import type { MetadataStore } from '../../src/metadata/metadata-store'
import { TopicAdmin } from '../../src/metadata/topic-admin'
import type { TopicConfigRules } from '../../src/metadata/topic-plan'
import type { NewTopic } from '../../src/metadata/topic-request'
import { RecordingLogger } from './recording-logger'
import { virtualTime } from './virtual-time'

/** Knows `retention.ms` (digits) and `min.insync.replicas`. */
export const topicRules: TopicConfigRules = {
  validate: values => {
    const nulls = Object.keys(values).filter(name => values[name] === null)
    if (nulls.length > 0) return `Null value not supported for topic configs: ${nulls}`
    for (const [name, value] of Object.entries(values)) {
      if (name !== 'retention.ms' && name !== 'min.insync.replicas') return `Unknown topic config name: ${name}`
      if (!/^\d+$/.test(value!)) return `Invalid value ${value} for configuration ${name}: Not a number of type LONG`
    }
    return null
  },
  minInsyncReplicas: overrides => Number(overrides['min.insync.replicas'] ?? 1),
  defaultPartitions: 1,
  defaultReplicationFactor: 1,
}

/** A broker of a test cluster, as far as metadata goes. */
export interface TestMember {
  readonly id: number
  readonly cache: MetadataCache
  readonly member: ClusterMember
  readonly topics: TopicAdmin
  readonly configs: ConfigAdmin
  /** What the cache reported when it could not go on. */
  readonly failures: readonly Error[]
  /** Leaves and stops. */
  stop(): Promise<void>
}

/** Several brokers' metadata over one store in memory, in virtual time. */
export class MetadataCluster {
  readonly keys = new MetadataKeys('test-cluster')
  readonly logger = new RecordingLogger()
  readonly store: MemoryMetadataStore
  readonly timers: VirtualTimers
  readonly #time = virtualTime()
  #joined = 0

  constructor() {
    this.timers = this.#time.timers
    this.store = new MemoryMetadataStore({ timers: this.timers })
  }

  /** A cache that belongs to no broker. */
  cache(store: MetadataStore = this.store, onFailure: (error: Error) => void = () => {}): Promise<MetadataCache> {
    const { keys, timers, logger } = this
    return MetadataCache.start({ store, keys, clusterId: 'test-cluster', timers, logger, onFailure })
  }

  /** Starts a broker; `store` may be one that misbehaves. */
  async join(
    id: number,
    options: { store?: MetadataStore; safeSince?: number | null; rules?: TopicConfigRules; onLost?: () => void } = {},
  ): Promise<TestMember> {
    const { store = this.store, safeSince = 0, rules = topicRules, onLost = () => {} } = options
    const { keys, timers, logger } = this
    const { clock } = this.#time
    const failures: Error[] = []
    const cache = await this.cache(store, error => failures.push(error))
    const endpoints = [{ listenerName: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host: 'localhost', port: 9000 + id }]
    const random = new SeededRandom(++this.#joined)
    const common = { store, cache, keys, random, rules }
    const member = await ClusterMember.join({
      ...common,
      clock,
      timers,
      logger,
      broker: { id, endpoints, rack: null, safeSince },
      leaseMs: 3000,
      onLost,
    })
    const topics = new TopicAdmin({ ...common, self: () => member.self })
    const configs = new ConfigAdmin({ store, cache, keys })
    const stop = async (): Promise<void> => {
      await member.leave()
      cache.close()
    }
    return { id, cache, member, topics, configs, failures, stop }
  }
}

export const newTopic = (name: string, more: Partial<NewTopic> = {}): NewTopic => ({
  name,
  partitions: -1,
  replicationFactor: -1,
  assignments: [],
  configs: [],
  ...more,
})

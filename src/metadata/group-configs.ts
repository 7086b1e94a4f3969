import type { BrokerConfig } from '../config/broker-config'
import type { DynamicBrokerConfig } from '../config/dynamic-broker-config'
import { effectiveGroupConfig, type GroupConfig } from '../config/group-config'
import { NO_OVERRIDES } from './config-resource'
import type { MetadataCache } from './metadata-cache'

/** The settings of groups as they are at this moment. A group need not exist to have some. */
export class GroupConfigs {
  readonly #cache: MetadataCache
  readonly #broker: DynamicBrokerConfig
  /** Of groups without own settings, which are most: every heartbeat asks. */
  #shared: { readonly broker: BrokerConfig; readonly config: GroupConfig } | null = null

  constructor(cache: MetadataCache, broker: DynamicBrokerConfig) {
    this.#cache = cache
    this.#broker = broker
  }

  of(groupId: string): GroupConfig {
    const broker = this.#broker.current
    const overrides = this.#cache.current.overrides({ type: 'group', name: groupId })
    if (overrides !== NO_OVERRIDES) return effectiveGroupConfig(broker, overrides)
    if (this.#shared?.broker !== broker) this.#shared = { broker, config: effectiveGroupConfig(broker, NO_OVERRIDES) }
    return this.#shared.config
  }
}

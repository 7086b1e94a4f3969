import type { ConfigResource, ConfigResourceType } from './config-resource'
import { type KeyRange, prefixRange } from './metadata-store'

/** What a key of the store stands for. */
export type MetadataKey =
  | { readonly kind: 'broker'; readonly id: number }
  | { readonly kind: 'controller' }
  | { readonly kind: 'topic-name'; readonly name: string }
  | { readonly kind: 'topic'; readonly topicId: string }
  | { readonly kind: 'partition'; readonly topicId: string; readonly partition: number }
  | { readonly kind: 'config'; readonly resource: ConfigResource }

const BROKER_DEFAULT = 'default'

/**
 * The keys of one cluster, all below `/odradek/<cluster id>/`:
 *
 * - `brokers/<id>` (leased), `controller` (leased)
 * - `topics/name/<name>` -> topic id, `topics/id/<topic id>` -> name, state, configs; `parts/<topic id>/<partition>` -> partition state
 * - `producer-ids/next`
 * - `config/broker/<id>`, `config/broker/default`, `config/group/<name>`, `config/client-metrics/<name>` (names are percent-encoded)
 */
export class MetadataKeys {
  readonly prefix: string
  readonly controller: string
  readonly producerIds: string

  constructor(clusterId: string) {
    this.prefix = `/odradek/${clusterId}/`
    this.controller = `${this.prefix}controller`
    this.producerIds = `${this.prefix}producer-ids/next`
  }

  /** Everything of the cluster. */
  get all(): KeyRange {
    return prefixRange(this.prefix)
  }

  /** All `topics/id/` keys. */
  get topics(): KeyRange {
    return prefixRange(`${this.prefix}topics/id/`)
  }

  broker(id: number): string {
    return `${this.prefix}brokers/${id}`
  }

  topicName(name: string): string {
    return `${this.prefix}topics/name/${name}`
  }

  topic(topicId: string): string {
    return `${this.prefix}topics/id/${topicId}`
  }

  partition(topicId: string, partition: number): string {
    return `${this.prefix}parts/${topicId}/${partition}`
  }

  /** All partitions of a topic. */
  partitions(topicId: string): KeyRange {
    return prefixRange(`${this.prefix}parts/${topicId}/`)
  }

  /** The key of a resource's overrides; those of a topic are part of its `topics/id/` value. */
  config(type: Exclude<ConfigResourceType, 'topic'>, name: string): string {
    const encoded = type === 'broker' && name === '' ? BROKER_DEFAULT : encodeURIComponent(name)
    return `${this.prefix}config/${type}/${encoded}`
  }

  /** Null for keys that other parts of the broker own. */
  parse(key: string): MetadataKey | null {
    const [head = '', first = '', second = ''] = key.slice(this.prefix.length).split('/')
    switch (head) {
      case 'brokers':
        return { kind: 'broker', id: Number(first) }
      case 'controller':
        return { kind: 'controller' }
      case 'topics':
        return first === 'name' ? { kind: 'topic-name', name: second } : { kind: 'topic', topicId: second }
      case 'parts':
        return { kind: 'partition', topicId: first, partition: Number(second) }
      case 'config':
        return { kind: 'config', resource: configResource(first, second) }
      default:
        return null
    }
  }
}

const configResource = (type: string, encodedName: string): ConfigResource => ({
  type: type as ConfigResourceType,
  name: type === 'broker' && encodedName === BROKER_DEFAULT ? '' : decodeURIComponent(encodedName),
})

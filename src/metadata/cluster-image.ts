import { type ConfigOverrides, type ConfigResource, type ConfigResourceType, NO_OVERRIDES } from './config-resource'
import type { BrokerImage, ControllerImage, MetadataImage, PartitionImage, TopicImage } from './metadata-image'
import type { TopicValue } from './metadata-values'
import { PersistentMap } from './persistent-map'
import { collisionKey } from './topic-name'

/** All that the store holds of one topic id; `image` is what others may see of it. */
export interface TopicParts {
  /** The name whose key points at this topic id. */
  readonly name: string | null
  readonly value: TopicValue | null
  readonly partitions: readonly (PartitionImage | undefined)[]
  readonly image: TopicImage | null
}

export interface ClusterContent {
  readonly revision: number
  readonly clusterId: string
  readonly controller: ControllerImage | null
  readonly brokers: ReadonlyMap<number, BrokerImage>
  /** Topic id by topic name. */
  readonly topicIds: PersistentMap<string>
  /** Names by what they have in common with names they must not clash with, where they contain '.' or '_'. */
  readonly namesByCollisionKey: PersistentMap<readonly string[]>
  readonly parts: PersistentMap<TopicParts>
  /** Overrides by `resourceKey`; those of topics are with the topic. */
  readonly configs: PersistentMap<ConfigOverrides>
}

/** The image as it is kept: what the store holds, in maps of which versions share most. */
export class ClusterImage implements MetadataImage {
  readonly content: ClusterContent

  constructor(content: ClusterContent) {
    this.content = content
  }

  static empty(clusterId: string): ClusterImage {
    return new ClusterImage({
      revision: 0,
      clusterId,
      controller: null,
      brokers: new Map(),
      topicIds: new PersistentMap(),
      namesByCollisionKey: new PersistentMap(),
      parts: new PersistentMap(),
      configs: new PersistentMap(),
    })
  }

  get revision(): number {
    return this.content.revision
  }

  get clusterId(): string {
    return this.content.clusterId
  }

  get controller(): ControllerImage | null {
    return this.content.controller
  }

  get controllerId(): number {
    return this.content.controller?.id ?? -1
  }

  get brokers(): ReadonlyMap<number, BrokerImage> {
    return this.content.brokers
  }

  get topicCount(): number {
    return this.content.topicIds.size
  }

  topic(name: string): TopicImage | undefined {
    const topicId = this.content.topicIds.get(name)
    return topicId === undefined ? undefined : this.topicById(topicId)
  }

  topicById(topicId: string): TopicImage | undefined {
    return this.content.parts.get(topicId)?.image ?? undefined
  }

  partition(topicName: string, partition: number): PartitionImage | undefined {
    return this.topic(topicName)?.partitions[partition]
  }

  collidingTopic(name: string): TopicImage | undefined {
    const key = collisionKey(name)
    const names = key === null ? undefined : this.content.namesByCollisionKey.get(key)
    const other = names?.find(candidate => candidate !== name)
    return other === undefined ? undefined : this.topic(other)
  }

  *topics(): IterableIterator<TopicImage> {
    for (const [, { image }] of this.content.parts.entries()) if (image !== null) yield image
  }

  *unnamedTopicIds(): IterableIterator<string> {
    for (const [topicId, { image }] of this.content.parts.entries()) if (image === null) yield topicId
  }

  overrides(resource: ConfigResource): ConfigOverrides {
    if (resource.type === 'topic') return this.topic(resource.name)?.configs ?? NO_OVERRIDES
    return this.content.configs.get(resourceKey(resource)) ?? NO_OVERRIDES
  }

  *configuredNames(type: ConfigResourceType): IterableIterator<string> {
    if (type === 'topic') {
      for (const topic of this.topics()) if (Object.keys(topic.configs).length > 0) yield topic.name
      return
    }
    const prefix = resourceKey({ type, name: '' })
    for (const [key] of this.content.configs.entries()) if (key.startsWith(prefix)) yield key.slice(prefix.length)
  }
}

export const resourceKey = (resource: ConfigResource): string => `${resource.type}/${resource.name}`

import type { ConfigOverrides, ConfigResource, ConfigResourceType } from './config-resource'
import type { PartitionState } from './partition-state'

/** Where clients and brokers reach a broker under one listener name. */
export interface Endpoint {
  readonly listenerName: string
  readonly securityProtocol: string
  readonly host: string
  readonly port: number
}

/** A registered, so living, broker. */
export interface BrokerImage {
  readonly id: number
  /** Broker epoch: the revision that created its registration. */
  readonly epoch: number
  /** Random id of this run of the broker's process. */
  readonly incarnation: string
  readonly endpoints: readonly Endpoint[]
  readonly rack: string | null
  /** `draining`: wants to hand over its leaders and stop. */
  readonly state: 'running' | 'draining'
  /** The oldest broker epoch since which this replica cannot have lost data. */
  readonly safeSince: number
}

/** Who decides on elections right now. */
export interface ControllerImage {
  readonly id: number
  /** Broker epoch of the controller's registration. */
  readonly brokerEpoch: number
  /** Controller epoch: the revision that created the controller's key. */
  readonly epoch: number
}

export interface PartitionImage extends PartitionState {
  readonly partition: number
  /** Compare token of every change. */
  readonly modRevision: number
}

export interface TopicImage {
  readonly name: string
  /** 16 bytes in Kafka's base64url form (22 characters). */
  readonly id: string
  /** Indexed by partition number, without gaps. */
  readonly partitions: readonly PartitionImage[]
  readonly configs: ConfigOverrides
}

/** The cluster at one revision. Immutable; what did not change is the same object in the next image. Only named topics are in it. */
export interface MetadataImage {
  readonly revision: number
  readonly clusterId: string
  /** Null: no controller right now. */
  readonly controller: ControllerImage | null
  /** Broker id of the controller; -1: none right now. */
  readonly controllerId: number
  readonly brokers: ReadonlyMap<number, BrokerImage>
  readonly topicCount: number
  topic(name: string): TopicImage | undefined
  topicById(topicId: string): TopicImage | undefined
  partition(topicName: string, partition: number): PartitionImage | undefined
  /** Another topic whose name differs only in '.' and '_' (Kafka refuses such pairs: their metrics would clash). */
  collidingTopic(name: string): TopicImage | undefined
  /** Ids of topics that are being made or removed, or were left over by a broker that died doing so. */
  unnamedTopicIds(): Iterable<string>
  /** All topics, in no particular order. */
  topics(): Iterable<TopicImage>
  /** The settings of a resource that were set; empty for one that has none or does not exist. */
  overrides(resource: ConfigResource): ConfigOverrides
  /** Names of the resources of a type that have overrides. */
  configuredNames(type: ConfigResourceType): Iterable<string>
}

/** What one step from `previous` to the next image changed. A topic deleted and created again is two entries. */
export interface MetadataDelta {
  readonly previous: MetadataImage
  readonly topics: readonly TopicDelta[]
  readonly brokers: readonly BrokerDelta[]
  /** Resources whose overrides changed, topics included (except created and deleted ones). */
  readonly configs: readonly ConfigResource[]
  readonly controllerChanged: boolean
}

/** `before` is null for a created topic, `after` for a deleted one. Partitions that did not change are the same objects in both. */
export interface TopicDelta {
  readonly before: TopicImage | null
  readonly after: TopicImage | null
}

export interface BrokerDelta {
  readonly before: BrokerImage | null
  readonly after: BrokerImage | null
}

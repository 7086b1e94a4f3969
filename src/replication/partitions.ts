/**
 * The partitions whose replicas this broker holds. Follows the metadata image: opens, updates and deletes logs as it says.
 *
 * Invariants
 * - When a listener of the metadata cache that was registered later is called, the partitions of that image are here.
 * - A log whose topic is not in the image is left alone on the disk and never served.
 */
import { ErrorCode } from '../../protocol/errors'
import type { TopicConfig } from '../config/topic-config'
import type { Logger } from '../io/logger'
import type { LogDirectories } from '../log/log-directories'
import type { PartitionLog } from '../log/partition-log'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { MetadataDelta, MetadataImage, TopicImage } from '../metadata/metadata-image'
import { Partition } from './partition'

export interface PartitionsOptions {
  readonly brokerId: number
  readonly directories: LogDirectories
  readonly cache: MetadataCache
  /** The settings in force for a topic, from its overrides and the broker's own. */
  readonly topicConfig: (topic: TopicImage) => TopicConfig
  readonly logger: Logger
}

interface HostedTopic {
  readonly image: TopicImage
  /** Indexed by partition number; holes are partitions of other brokers. */
  readonly partitions: (Partition | undefined)[]
}

export class Partitions {
  readonly #options: PartitionsOptions
  readonly #byName = new Map<string, HostedTopic>()
  readonly #byId = new Map<string, HostedTopic>()
  readonly #stopFollowing: () => void

  constructor(options: PartitionsOptions) {
    this.#options = options
    for (const topic of options.cache.current.topics()) this.#host(topic, topic)
    for (const log of options.directories.logs()) {
      if (this.find(log.topic, log.partition)?.log !== log) {
        options.logger.warn('a log belongs to no topic of this cluster: it stays on the disk and is not served', {
          folder: log.folder,
          topicId: log.topicId,
        })
      }
    }
    this.#stopFollowing = options.cache.onChange((image, delta) => this.#follow(image, delta))
  }

  find(topic: string, partition: number): Partition | undefined {
    return this.#byName.get(topic)?.partitions[partition]
  }

  /** Finds by the topic's id (KIP-516). */
  findById(topicId: string, partition: number): Partition | undefined {
    return this.#byId.get(topicId)?.partitions[partition]
  }

  *[Symbol.iterator](): IterableIterator<Partition> {
    for (const topic of this.#byName.values()) {
      for (const partition of topic.partitions) if (partition) yield partition
    }
  }

  /** Why a partition is not here: UNKNOWN_TOPIC_OR_PARTITION, or NOT_LEADER_OR_FOLLOWER when other brokers hold it. */
  absence(topic: string, partition: number): number {
    return this.#options.cache.current.partition(topic, partition)
      ? ErrorCode.NOT_LEADER_OR_FOLLOWER
      : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  }

  /** The same for a topic named by id: UNKNOWN_TOPIC_ID when no topic has it. */
  absenceById(topicId: string, partition: number): number {
    const topic = this.#options.cache.current.topicById(topicId)
    return topic ? this.absence(topic.name, partition) : ErrorCode.UNKNOWN_TOPIC_ID
  }

  /** The broker's own settings changed: topics that do not override them follow. */
  refreshConfigs(): void {
    for (const { image, partitions } of this.#byName.values()) this.#configure(image, partitions)
  }

  /** Ends all waits with NOT_LEADER_OR_FOLLOWER; the logs stay open for their owner to close. */
  close(): void {
    this.#stopFollowing()
    for (const partition of this) partition.close(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  }

  #follow(image: MetadataImage, delta: MetadataDelta): void {
    for (const { before, after } of delta.topics) {
      if (before && (!after || after.id !== before.id)) this.#drop(before)
      if (after) this.#host(after, before?.id === after.id ? before : null)
    }
    for (const resource of delta.configs) {
      const hosted = resource.type === 'topic' ? this.#byName.get(resource.name) : undefined
      const topic = image.topic(resource.name)
      if (hosted && topic) this.#host(topic, topic)
    }
  }

  /** Opens what is new of a topic since `before` and passes on what changed. */
  #host(topic: TopicImage, before: TopicImage | null): void {
    const known = this.#byId.get(topic.id)
    const partitions = known?.partitions ?? []
    for (const state of topic.partitions) {
      if (!state.replicas.includes(this.#options.brokerId)) continue
      const partition = partitions[state.partition]
      if (!partition) {
        const isNew = before?.partitions[state.partition] === undefined
        partitions[state.partition] = this.#open(topic, state.partition, isNew)
      } else if (partition.state !== state) partition.update(state)
    }
    if (known && known.image.configs !== topic.configs) this.#configure(topic, partitions)
    const hosted = { image: topic, partitions }
    this.#byName.set(topic.name, hosted)
    this.#byId.set(topic.id, hosted)
  }

  #open(topic: TopicImage, index: number, isNew: boolean): Partition {
    const { directories, brokerId } = this.#options
    const state = topic.partitions[index]!
    const config = this.#options.topicConfig(topic)
    let log: PartitionLog | undefined = directories.get(topic.name, index)
    if (log && log.topicId === topic.id) log.updateConfig(config)
    else log = directories.create(topic.name, index, topic.id, config, { isNew })
    return new Partition({ log, state, brokerId })
  }

  #configure(topic: TopicImage, partitions: readonly (Partition | undefined)[]): void {
    const config = this.#options.topicConfig(topic)
    for (const partition of partitions) partition?.log.updateConfig(config)
  }

  #drop(topic: TopicImage): void {
    const hosted = this.#byId.get(topic.id)
    this.#byId.delete(topic.id)
    this.#byName.delete(topic.name)
    for (const partition of hosted?.partitions ?? []) {
      if (!partition) continue
      partition.close(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
      this.#options.directories.delete(topic.name, partition.index)
    }
  }
}

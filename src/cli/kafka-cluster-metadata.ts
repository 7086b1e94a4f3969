import {
  ClusterMetadataType,
  ConfigRecord,
  PartitionRecord,
  ProducerIdsRecord,
  RemoveTopicRecord,
  TopicRecord,
} from '../../protocol/records-on-disk/cluster-metadata'
import { readerOf } from '../../protocol/schema/codec'
import type { MessageDefinition, MessageOf } from '../../protocol/schema/message'
import { includesVersion } from '../../protocol/schema/versions'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import { Reader } from '../../protocol/wire/reader'

/** A topic as the controllers of a Kafka have agreed on it. */
export interface KafkaTopic {
  readonly topicId: string
  readonly partitionCount: number
  /** Settings of its own, as text. */
  readonly settings: Readonly<Record<string, string>>
}

interface TopicState {
  readonly name: string
  partitionCount: number
}

interface State {
  readonly topicsById: Map<string, TopicState>
  /** Of topics, by name: a setting may be there before its topic. */
  readonly settings: Map<string, Map<string, string>>
  nextProducerId: number
}

const FRAME_VERSION = 1
/** Of a setting: the number of `ConfigResource.Type.TOPIC`. */
const TOPIC_RESOURCE = 2

/** What the records of `__cluster_metadata` say of topics, one after the other: the last word counts. Other records are passed over. */
export class KafkaClusterMetadata {
  #state: State = { topicsById: new Map(), settings: new Map(), nextProducerId: 0 }
  /** As it was when the transaction began that is still open (KIP-868). */
  #beforeTransaction: State | null = null

  /** Takes the value of a record. Throws MalformedMessage. */
  replay(value: Buffer): void {
    const reader = new Reader(value)
    const frameVersion = reader.unsignedVarint()
    if (frameVersion !== FRAME_VERSION)
      throw new MalformedMessage(`a metadata record with frame version ${frameVersion}`)
    const type = reader.unsignedVarint()
    const version = reader.unsignedVarint()
    const decode = <D extends MessageDefinition>(definition: D): MessageOf<D> => {
      if (includesVersion(definition.versions, version)) return readerOf(definition, version)(reader)
      throw new MalformedMessage(`a ${definition.name} of version ${version}, which a newer Kafka has written`)
    }
    switch (type) {
      case ClusterMetadataType.TOPIC:
        this.#addTopic(decode(TopicRecord))
        break
      case ClusterMetadataType.PARTITION:
        this.#addPartition(decode(PartitionRecord))
        break
      case ClusterMetadataType.CONFIG:
        this.#configure(decode(ConfigRecord))
        break
      case ClusterMetadataType.REMOVE_TOPIC:
        this.#removeTopic(decode(RemoveTopicRecord))
        break
      case ClusterMetadataType.PRODUCER_IDS:
        this.#state.nextProducerId = decode(ProducerIdsRecord).nextProducerId
        break
      case ClusterMetadataType.BEGIN_TRANSACTION:
        this.#beforeTransaction = structuredClone(this.#state)
        break
      case ClusterMetadataType.ABORT_TRANSACTION:
        this.#state = this.#beforeTransaction ?? this.#state
        break
    }
  }

  /** The first producer id that was never given out. */
  get nextProducerId(): number {
    return this.#state.nextProducerId
  }

  /** By name. */
  topics(): Map<string, KafkaTopic> {
    const { topicsById, settings } = this.#state
    return new Map(
      Array.from(topicsById, ([topicId, { name, partitionCount }]) => [
        name,
        { topicId, partitionCount, settings: Object.fromEntries(settings.get(name) ?? []) },
      ]),
    )
  }

  #addTopic({ topicId, name }: TopicRecord): void {
    this.#state.topicsById.set(topicId, { name, partitionCount: 0 })
  }

  #addPartition({ topicId, partitionId }: PartitionRecord): void {
    const topic = this.#state.topicsById.get(topicId)
    if (topic) topic.partitionCount = Math.max(topic.partitionCount, partitionId + 1)
  }

  #configure({ resourceType, resourceName, name, value }: ConfigRecord): void {
    if (resourceType !== TOPIC_RESOURCE) return
    const settings = this.#state.settings.get(resourceName) ?? new Map<string, string>()
    this.#state.settings.set(resourceName, settings)
    if (value === null) settings.delete(name)
    else settings.set(name, value)
  }

  /** The settings of a topic go with it. */
  #removeTopic({ topicId }: RemoveTopicRecord): void {
    const topic = this.#state.topicsById.get(topicId)
    this.#state.topicsById.delete(topicId)
    if (topic) this.#state.settings.delete(topic.name)
  }
}

import { isDeepStrictEqual } from 'node:util'
import { ClusterImage, resourceKey, type TopicParts } from './cluster-image'
import type { ConfigOverrides, ConfigResource } from './config-resource'
import type {
  BrokerDelta,
  BrokerImage,
  ControllerImage,
  MetadataDelta,
  PartitionImage,
  TopicDelta,
  TopicImage,
} from './metadata-image'
import type { MetadataKey, MetadataKeys } from './metadata-keys'
import type { KeyValue, WatchEvent } from './metadata-store'
import {
  decodeBroker,
  decodeController,
  decodeOverrides,
  decodePartition,
  decodeTopic,
  decodeTopicName,
  type TopicValue,
} from './metadata-values'
import type { PersistentMapDraft } from './persistent-map'
import { collisionKey } from './topic-name'

/** The parts of a touched topic while events are applied. */
interface OpenParts {
  name: string | null
  value: TopicValue | null
  readonly partitions: (PartitionImage | undefined)[]
}

export interface ImageStep {
  readonly image: ClusterImage
  readonly delta: MetadataDelta
}

/**
 * The next image while it is being made from the events of whole revisions, whose order does not matter. Throws `UnreadableMetadata` for a
 * value of another format version.
 */
export class ImageDraft {
  readonly #previous: ClusterImage
  readonly #base: ClusterImage
  readonly #keys: MetadataKeys
  readonly #topicIds: PersistentMapDraft<string>
  readonly #namesByCollisionKey: PersistentMapDraft<readonly string[]>
  readonly #parts: PersistentMapDraft<TopicParts>
  readonly #configs: PersistentMapDraft<ConfigOverrides>
  readonly #brokers: Map<number, BrokerImage>
  #controller: ControllerImage | null
  readonly #openParts = new Map<string, OpenParts>()
  readonly #touchedBrokers = new Set<number>()
  readonly #touchedConfigs = new Map<string, ConfigResource>()

  private constructor(previous: ClusterImage, base: ClusterImage, keys: MetadataKeys) {
    this.#previous = previous
    this.#base = base
    this.#keys = keys
    const { content } = base
    this.#topicIds = content.topicIds.edit()
    this.#namesByCollisionKey = content.namesByCollisionKey.edit()
    this.#parts = content.parts.edit()
    this.#configs = content.configs.edit()
    this.#brokers = new Map(content.brokers)
    this.#controller = content.controller
  }

  /** Goes on from an image: events say what changed since. */
  static following(previous: ClusterImage, keys: MetadataKeys): ImageDraft {
    return new ImageDraft(previous, previous, keys)
  }

  /** Starts from nothing: puts say all there is. Unchanged parts are still shared with `previous`, and what is missing is in the delta. */
  static replacing(previous: ClusterImage, keys: MetadataKeys): ImageDraft {
    const draft = new ImageDraft(previous, ClusterImage.empty(previous.clusterId), keys)
    for (const [topicId] of previous.content.parts.entries()) draft.#open(topicId)
    for (const id of previous.brokers.keys()) draft.#touchedBrokers.add(id)
    for (const [key] of previous.content.configs.entries()) {
      const [type, ...name] = key.split('/')
      draft.#touchedConfigs.set(key, { type: type as ConfigResource['type'], name: name.join('/') })
    }
    return draft
  }

  apply(event: WatchEvent): void {
    const key = this.#keys.parse(event.key)
    if (key === null) return
    if (event.type === 'put') this.#put(key, event.keyValue)
    else this.#delete(key)
  }

  /** The image at `revision`, the last one applied. The draft must not be used afterwards. */
  finish(revision: number): ImageStep {
    const topics: TopicDelta[] = []
    for (const [topicId, parts] of this.#openParts) {
      const before = this.#previous.topicById(topicId) ?? null
      const after = this.#close(topicId, parts, before)
      if (before !== after) topics.push({ before, after })
    }
    const image = new ClusterImage({
      revision,
      clusterId: this.#previous.clusterId,
      controller: this.#controller,
      brokers: this.#touchedBrokers.size === 0 ? this.#base.brokers : this.#brokers,
      topicIds: this.#topicIds.finish(),
      namesByCollisionKey: this.#namesByCollisionKey.finish(),
      parts: this.#parts.finish(),
      configs: this.#configs.finish(),
    })
    return { image, delta: this.#delta(image, topics) }
  }

  #put(key: MetadataKey, keyValue: KeyValue): void {
    switch (key.kind) {
      case 'broker':
        this.#touchedBrokers.add(key.id)
        this.#brokers.set(key.id, reuse(this.#previous.brokers.get(key.id), decodeBroker(key.id, keyValue)))
        return
      case 'controller':
        this.#controller = reuse(this.#previous.controller, decodeController(keyValue))
        return
      case 'topic-name':
        this.#unname(key.name)
        this.#name(key.name, decodeTopicName(keyValue))
        return
      case 'topic':
        this.#open(key.topicId).value = decodeTopic(keyValue)
        return
      case 'partition':
        this.#open(key.topicId).partitions[key.partition] = this.#partition(key.topicId, key.partition, keyValue)
        return
      case 'config': {
        const before = this.#previous.content.configs.get(resourceKey(key.resource))
        this.#touchedConfigs.set(resourceKey(key.resource), key.resource)
        this.#configs.set(resourceKey(key.resource), reuse(before, decodeOverrides(keyValue)))
      }
    }
  }

  #delete(key: MetadataKey): void {
    switch (key.kind) {
      case 'broker':
        this.#touchedBrokers.add(key.id)
        this.#brokers.delete(key.id)
        return
      case 'controller':
        this.#controller = null
        return
      case 'topic-name':
        this.#unname(key.name)
        return
      case 'topic':
        this.#open(key.topicId).value = null
        return
      case 'partition':
        this.#open(key.topicId).partitions[key.partition] = undefined
        return
      case 'config':
        this.#touchedConfigs.set(resourceKey(key.resource), key.resource)
        this.#configs.delete(resourceKey(key.resource))
    }
  }

  #name(name: string, topicId: string): void {
    this.#open(topicId).name = name
    this.#topicIds.set(name, topicId)
    const key = collisionKey(name)
    if (key !== null) this.#namesByCollisionKey.set(key, [...(this.#namesByCollisionKey.get(key) ?? []), name])
  }

  #unname(name: string): void {
    const topicId = this.#topicIds.get(name)
    if (topicId === undefined) return
    this.#open(topicId).name = null
    this.#topicIds.delete(name)
    const key = collisionKey(name)
    if (key === null) return
    const others = this.#namesByCollisionKey.get(key)!.filter(candidate => candidate !== name)
    if (others.length === 0) this.#namesByCollisionKey.delete(key)
    else this.#namesByCollisionKey.set(key, others)
  }

  #open(topicId: string): OpenParts {
    let parts = this.#openParts.get(topicId)
    if (parts === undefined) {
      const base = this.#parts.get(topicId)
      parts = { name: base?.name ?? null, value: base?.value ?? null, partitions: base?.partitions.slice() ?? [] }
      this.#openParts.set(topicId, parts)
    }
    return parts
  }

  /** A partition that did not change since the previous image stays the same object. */
  #partition(topicId: string, partition: number, keyValue: KeyValue): PartitionImage {
    const before = this.#previous.content.parts.get(topicId)?.partitions[partition]
    return before?.modRevision === keyValue.modRevision ? before : decodePartition(partition, keyValue)
  }

  #close(topicId: string, parts: OpenParts, before: TopicImage | null): TopicImage | null {
    const image = parts.name === null ? null : topicImage(topicId, parts.name, parts, before)
    const isEmpty = parts.name === null && parts.value === null && parts.partitions.every(part => part === undefined)
    if (isEmpty) this.#parts.delete(topicId)
    else this.#parts.set(topicId, { ...parts, image })
    return image
  }

  #delta(image: ClusterImage, topics: readonly TopicDelta[]): MetadataDelta {
    const brokers = [...this.#touchedBrokers]
      .map(
        (id): BrokerDelta => ({ before: this.#previous.brokers.get(id) ?? null, after: image.brokers.get(id) ?? null }),
      )
      .filter(({ before, after }) => before !== after)
    const configs = [...this.#touchedConfigs]
      .filter(([key]) => this.#previous.content.configs.get(key) !== image.content.configs.get(key))
      .map(([, resource]) => resource)
    for (const { before, after } of topics) {
      if (before !== null && after !== null && before.configs !== after.configs) {
        configs.push({ type: 'topic', name: after.name })
      }
    }
    const controllerChanged = image.controller !== this.#previous.controller
    return { previous: this.#previous, topics, brokers, configs, controllerChanged }
  }
}

/** A named topic is whole: its name is written last and deleted first. */
const topicImage = (topicId: string, name: string, parts: OpenParts, before: TopicImage | null): TopicImage => {
  if (parts.value === null) throw new Error(`topic ${name} has the id ${topicId}, which does not exist`)
  const count = parts.value.partitionCount
  const partitions = parts.partitions.length === count ? parts.partitions : parts.partitions.slice(0, count)
  if (partitions.length < count || !isComplete(partitions)) throw new Error(`topic ${name} lacks a partition`)
  const configs = reuse(before?.configs, parts.value.configs)
  const isSame =
    before !== null &&
    before.name === name &&
    before.configs === configs &&
    before.partitions.length === partitions.length &&
    partitions.every((partition, index) => partition === before.partitions[index])
  return isSame ? before : { name, id: topicId, partitions, configs }
}

const isComplete = (partitions: readonly (PartitionImage | undefined)[]): partitions is readonly PartitionImage[] =>
  !partitions.includes(undefined)

/** The earlier object when both are equal. */
const reuse = <T>(before: T | null | undefined, after: T): T =>
  before !== null && before !== undefined && isDeepStrictEqual(before, after) ? before : after

import type { MetadataCache } from '../../../metadata/metadata-cache'
import type { MetadataDelta, MetadataImage, TopicDelta, TopicImage } from '../../../metadata/metadata-image'
import type { SubscribedTopics } from '../assignor/server-assignor'
import { xxh3 } from './xxh3'

/** What consumer groups know of topics. One for all groups of a broker, which hashes each topic once. */
export class TopicMetadata implements SubscribedTopics {
  /** Revision of the last change that may change the assignment of some group. */
  revision: number
  /** Revision of the last image that has a topic more: patterns may match it. */
  revisionOfNewTopics: number
  readonly #cache: Pick<MetadataCache, 'current' | 'onChange'>
  readonly #hashes = new Map<string, bigint>()
  readonly #stopFollowing: () => void

  constructor(cache: Pick<MetadataCache, 'current' | 'onChange'>) {
    this.#cache = cache
    this.revision = cache.current.revision
    this.revisionOfNewTopics = cache.current.revision
    this.#stopFollowing = cache.onChange((image, delta) => this.#follow(image, delta))
  }

  get image(): MetadataImage {
    return this.#cache.current
  }

  partitionCount(topicId: string): number {
    return this.image.topicById(topicId)?.partitions.length ?? -1
  }

  racks(topicId: string, partition: number): ReadonlySet<string> {
    const topic = this.image.topicById(topicId)
    return new Set(topic ? racksOf(this.image, topic, partition) : [])
  }

  /** Ids of those of the topics that exist. */
  idsOf(names: Iterable<string>): Set<string> {
    const ids = new Set<string>()
    for (const name of names) {
      const topic = this.image.topic(name)
      if (topic) ids.add(topic.id)
    }
    return ids
  }

  /** A hash of those of the topics that exist: their ids, names, partitions and racks, in 64 bits with a sign (Kafka: Utils.computeGroupHash). */
  hashOf(names: ReadonlySet<string>): bigint {
    const hashes: bigint[] = []
    for (const name of [...names].sort()) {
      const topic = this.image.topic(name)
      if (topic) hashes.push(this.#hashOfTopic(topic))
    }
    if (hashes.length === 0) return 0n
    const bytes = Buffer.alloc(hashes.length * 8)
    for (const [at, hash] of hashes.entries()) bytes.writeBigUInt64LE(hash, at * 8)
    return BigInt.asIntN(64, xxh3(bytes))
  }

  close(): void {
    this.#stopFollowing()
  }

  #hashOfTopic(topic: TopicImage): bigint {
    let hash = this.#hashes.get(topic.id)
    if (hash === undefined) {
      hash = xxh3(hashedBytes(this.image, topic))
      this.#hashes.set(topic.id, hash)
    }
    return hash
  }

  #follow(image: MetadataImage, { topics }: MetadataDelta): void {
    for (const delta of topics) {
      if (!mattersToGroups(delta)) continue
      if (delta.before) this.#hashes.delete(delta.before.id)
      this.revision = image.revision
      if (!delta.before) this.revisionOfNewTopics = image.revision
    }
  }
}

/** Elections and changes of in-sync replicas do not. */
const mattersToGroups = ({ before, after }: TopicDelta): boolean => {
  if (!before || !after || before.partitions.length !== after.partitions.length) return true
  return after.partitions.some((partition, at) => partition.replicas.join() !== before.partitions[at]!.replicas.join())
}

const racksOf = (image: MetadataImage, topic: TopicImage, partition: number): string[] =>
  (topic.partitions[partition]?.replicas ?? []).flatMap(id => image.brokers.get(id)?.rack ?? []).sort()

/** What of a topic is hashed, in the order and the form of Kafka (Utils.computeTopicHash). */
const hashedBytes = (image: MetadataImage, topic: TopicImage): Buffer => {
  const id = Buffer.from(topic.id, 'base64url')
  const parts = [Buffer.of(0), id.subarray(0, 8).reverse(), id.subarray(8).reverse(), ...text(topic.name)]
  parts.push(int32(topic.partitions.length))
  for (let partition = 0; partition < topic.partitions.length; partition++) {
    parts.push(int32(partition))
    for (const rack of racksOf(image, topic, partition)) parts.push(int32(rack.length), ...text(rack))
  }
  return Buffer.concat(parts)
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** As hash4j hashes a string: its UTF-16 units, then how many they are. */
const text = (value: string): Buffer[] => [Buffer.from(value, 'utf16le'), int32(value.length)]

import type { ConfigOverrides } from './config-resource'
import type { MetadataKeys } from './metadata-keys'
import { isUnchangedSince, keyRange, type MetadataStore } from './metadata-store'
import { decodeProducerIds, decodeTopic, encodeProducerIds } from './metadata-values'
import { newPartition, type PartitionState } from './partition-state'
import { collisionKey } from './topic-name'
import { TopicWriter } from './topic-writer'

/** A topic that comes from another cluster together with its logs. */
export interface ImportedTopic {
  readonly topicId: string
  readonly name: string
  readonly configs: ConfigOverrides
  /** The highest leader epoch in the log of each partition; -1: none. */
  readonly leaderEpochs: readonly number[]
}

/** Less than any broker epoch: whoever serves the partitions first is another incarnation than the one that brought them. */
const IMPORT_EPOCH = 0

/**
 * Takes topics of another cluster into the metadata, while no broker runs. They keep their ids; all replicas are on one broker.
 *
 * All methods reject with `MetadataStoreError` when the store fails.
 */
export class TopicImport {
  readonly #store: MetadataStore
  readonly #keys: MetadataKeys

  constructor(store: MetadataStore, keys: MetadataKeys) {
    this.#store = store
    this.#keys = keys
  }

  /** Sentences that say which topics cannot come in beside those that are here. */
  async conflicts(topics: readonly Pick<ImportedTopic, 'topicId' | 'name'>[]): Promise<string[]> {
    const { keyValues } = await this.#store.range(this.#keys.topics)
    const names = new Map<string, string>()
    const ids = new Map<string, string>()
    for (const keyValue of keyValues) {
      const { state, name } = decodeTopic(keyValue)
      if (state !== 'live') continue
      names.set(collisionKey(name) ?? name, name)
      ids.set(keyValue.key, name)
    }
    return topics.flatMap(({ name, topicId }) => {
      const other = names.get(collisionKey(name) ?? name)
      if (other === name) return [`topic ${name} exists already`]
      if (other !== undefined) return [`topic ${name} collides with topic ${other}`]
      const owner = ids.get(this.#keys.topic(topicId))
      return owner === undefined ? [] : [`topic ${name} has the topic id of topic ${owner}`]
    })
  }

  /** No producer id below `next` is given out from now on: producers in the logs may have them. */
  async reserveProducerIds(next: number): Promise<void> {
    const key = this.#keys.producerIds
    for (;;) {
      const { keyValues } = await this.#store.range(keyRange(key))
      const [current] = keyValues
      if (current !== undefined && decodeProducerIds(current) >= next) return
      const { succeeded } = await this.#store.transaction({
        compares: [isUnchangedSince(key, current?.modRevision ?? 0)],
        success: [{ type: 'put', key, value: encodeProducerIds(next) }],
      })
      if (succeeded) return
    }
  }

  /** Makes the topics; returns the names of those that could not be made because someone else was faster. */
  async create(topics: readonly ImportedTopic[], brokerId: number): Promise<string[]> {
    const writer = new TopicWriter(this.#store, this.#keys)
    const creator = { id: brokerId, epoch: IMPORT_EPOCH }
    // All at once, so that an embedded store writes them together.
    const written = await Promise.all(
      topics.map(({ topicId, name, configs, leaderEpochs }) => {
        const partitions = leaderEpochs.map(epoch => importedPartition(brokerId, epoch))
        return writer.create({ topicId, name, configs, creator, partitions })
      }),
    )
    return topics.filter((_topic, index) => !written[index]!.succeeded).map(({ name }) => name)
  }
}

/** Led under an epoch above all that its log knows, as after an election. */
const importedPartition = (brokerId: number, latestLeaderEpoch: number): PartitionState => {
  const hosts = new Map([[brokerId, { epoch: IMPORT_EPOCH, safeSince: IMPORT_EPOCH }]])
  return { ...newPartition([brokerId], hosts, 1), leaderEpoch: latestLeaderEpoch + 1 }
}

import type { ConfigOverrides } from './config-resource'
import type { MetadataKeys } from './metadata-keys'
import {
  type Compare,
  isAbsent,
  isUnchangedSince,
  type KeyValue,
  keyRange,
  MAX_TRANSACTION_OPERATIONS,
  type MetadataStore,
  MetadataStoreError,
  type Operation,
} from './metadata-store'
import {
  decodeTopic,
  decodeTopicName,
  encodePartition,
  encodeTopic,
  encodeTopicName,
  type TopicValue,
} from './metadata-values'
import type { PartitionState, ReplicaEpoch } from './partition-state'

export interface StoredTopic {
  readonly topicId: string
  readonly name: string
  readonly configs: ConfigOverrides
  readonly creator: ReplicaEpoch
  readonly partitions: readonly PartitionState[]
}

/** `succeeded` false: someone else was faster; what they did is visible from `revision` on. */
export interface TopicWrite {
  readonly succeeded: boolean
  readonly revision: number
}

/**
 * The transactions that make, grow and remove topics.
 *
 * A topic exists when its name key is there, and has the partitions below the `partitionCount` of its id key. What does not fit into one
 * transaction is written before the one that makes it visible; every step of that compares the mod revision of the id key, so that it
 * fails as soon as anyone else changes the topic, and nothing late can land. Deleting goes the other way round: the name first. What is
 * left over by a broker that died in between is never visible, and is collected later.
 *
 * All methods reject with `MetadataStoreError` when the store fails.
 */
export class TopicWriter {
  readonly #store: MetadataStore
  readonly #keys: MetadataKeys

  constructor(store: MetadataStore, keys: MetadataKeys) {
    this.#store = store
    this.#keys = keys
  }

  /** Fails when the name is taken. */
  async create(topic: StoredTopic): Promise<TopicWrite> {
    try {
      return await this.#create(topic)
    } catch (error) {
      if (!(error instanceof MetadataStoreError) || error.code !== 'UNKNOWN_OUTCOME') throw error
      const named = await this.#get(this.#keys.topicName(topic.name))
      if (named === null || decodeTopicName(named) !== topic.topicId) throw error
      return { succeeded: true, revision: named.modRevision }
    }
  }

  /** Adds partitions behind the `present` ones. Fails when the topic has changed or is gone. */
  async grow(topicId: string, present: number, added: readonly PartitionState[]): Promise<TopicWrite> {
    const key = this.#keys.topic(topicId)
    const { keyValues, revision } = await this.#store.range(keyRange(key))
    const [current] = keyValues
    const topic = current === undefined ? null : decodeTopic(current)
    if (current === undefined || topic?.state !== 'live' || topic.partitionCount !== present) {
      return { succeeded: false, revision }
    }
    const partitions = this.#partitionPuts(topicId, present, added)
    const grown = put(key, encodeTopic({ ...topic, partitionCount: present + added.length }))
    const token = isUnchangedSince(key, current.modRevision)
    if (partitions.length < MAX_TRANSACTION_OPERATIONS) {
      return this.#store.transaction({ compares: [token], success: [...partitions, grown] })
    }
    const claimed = await this.#store.transaction({ compares: [token], success: [put(key, current.value)] })
    return claimed.succeeded ? this.#putInSteps(key, claimed.revision, partitions, [grown]) : claimed
  }

  /** Fails when the topic is not there, under this name and id. */
  async delete(name: string, topicId: string): Promise<TopicWrite> {
    const nameKey = this.#keys.topicName(name)
    const topicKey = this.#keys.topic(topicId)
    for (;;) {
      const read = await this.#store.transaction({
        compares: [],
        success: [nameKey, topicKey].map(key => ({ type: 'range', range: keyRange(key) })),
      })
      const [[named] = [], [topic] = []] = read.ranges
      if (named === undefined || topic === undefined || decodeTopicName(named) !== topicId) {
        return { succeeded: false, revision: read.revision }
      }
      const unnamed = await this.#store.transaction({
        compares: [isUnchangedSince(topicKey, topic.modRevision)],
        success: [remove(nameKey), put(topicKey, encodeTopic({ ...decodeTopic(topic), state: 'deleting' }))],
      })
      if (!unnamed.succeeded) continue
      await this.#purge(topicId)
      return unnamed
    }
  }

  /**
   * Removes what is left of a topic that has no name, unless its creator is still at it.
   *
   * @returns true when something was removed
   */
  async collect(topicId: string, isAtWork: (creator: ReplicaEpoch) => boolean): Promise<boolean> {
    const key = this.#keys.topic(topicId)
    const current = await this.#get(key)
    if (current === null) return false
    const topic = decodeTopic(current)
    if (topic.state === 'live' || (topic.state === 'creating' && isAtWork(topic.creator))) return false
    if (topic.state === 'creating') {
      const stopped = await this.#store.transaction({
        compares: [isUnchangedSince(key, current.modRevision)],
        success: [put(key, encodeTopic({ ...topic, state: 'deleting' }))],
      })
      if (!stopped.succeeded) return false
    }
    await this.#purge(topicId)
    return true
  }

  async #create(topic: StoredTopic): Promise<TopicWrite> {
    const { topicId, name, configs, creator } = topic
    const topicKey = this.#keys.topic(topicId)
    const nameKey = this.#keys.topicName(name)
    const value: TopicValue = { name, state: 'live', partitionCount: topic.partitions.length, configs, creator }
    const partitions = this.#partitionPuts(topicId, 0, topic.partitions)
    const publication = [put(topicKey, encodeTopic(value)), put(nameKey, encodeTopicName(topicId))]
    const isFree = isAbsent(nameKey)
    if (partitions.length + publication.length <= MAX_TRANSACTION_OPERATIONS) {
      return this.#store.transaction({ compares: [isFree], success: [...partitions, ...publication] })
    }
    const begun = await this.#store.transaction({
      compares: [isFree],
      success: [put(topicKey, encodeTopic({ ...value, state: 'creating' }))],
    })
    if (!begun.succeeded) return begun
    const written = await this.#putInSteps(topicKey, begun.revision, partitions, publication, isFree)
    if (!written.succeeded) await this.#purge(topicId)
    return written
  }

  /** Puts the partitions, then runs the last operations, all as long as the id key is as it was at `token`. */
  async #putInSteps(
    topicKey: string,
    token: number,
    partitions: readonly Operation[],
    last: readonly Operation[],
    ...lastCompares: readonly Compare[]
  ): Promise<TopicWrite> {
    const isMine = isUnchangedSince(topicKey, token)
    const steps: Promise<TopicWrite>[] = []
    for (let from = 0; from < partitions.length; from += MAX_TRANSACTION_OPERATIONS) {
      const success = partitions.slice(from, from + MAX_TRANSACTION_OPERATIONS)
      steps.push(this.#store.transaction({ compares: [isMine], success }))
    }
    const failed = (await Promise.all(steps)).find(step => !step.succeeded)
    return failed ?? this.#store.transaction({ compares: [isMine, ...lastCompares], success: last })
  }

  #partitionPuts(topicId: string, first: number, states: readonly PartitionState[]): Operation[] {
    return states.map((state, index) => put(this.#keys.partition(topicId, first + index), encodePartition(state)))
  }

  async #purge(topicId: string): Promise<void> {
    const partitions: Operation = { type: 'delete', range: this.#keys.partitions(topicId) }
    await this.#store.transaction({ compares: [], success: [partitions, remove(this.#keys.topic(topicId))] })
  }

  async #get(key: string): Promise<KeyValue | null> {
    const { keyValues } = await this.#store.range(keyRange(key))
    return keyValues[0] ?? null
  }
}

const put = (key: string, value: string): Operation => ({ type: 'put', key, value })
const remove = (key: string): Operation => ({ type: 'delete', range: keyRange(key) })

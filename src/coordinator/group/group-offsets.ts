import type { CommittedOffset } from './group-records'

interface StoredOffset extends CommittedOffset {
  /** Place in the log, relative to other offsets. */
  readonly order: number
}

/** Offsets by topic and partition. */
export type OffsetsByTopic = Map<string, Map<number, StoredOffset>>

/**
 * The offsets that groups have committed, and those that open transactions are going to commit. Changed by replaying records only.
 *
 * Of two commits the one that is later in the log wins, also when it was made while the transaction of the other one was open.
 */
export class GroupOffsets {
  readonly #committed = new Map<string, OffsetsByTopic>()
  /** By group, then producer id. A group without any has no entry. */
  readonly #pending = new Map<string, Map<number, OffsetsByTopic>>()
  readonly #groupsOfProducers = new Map<number, Set<string>>()
  #replayed = 0

  /** What a group has committed; undefined when it has nothing. */
  ofGroup(groupId: string): OffsetsByTopic | undefined {
    return this.#committed.get(groupId)
  }

  find(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#committed.get(groupId)?.get(topic)?.get(partition)
  }

  /** Whether a transaction is going to change this offset (KIP-447). */
  isPending(groupId: string, topic: string, partition: number): boolean {
    for (const topics of this.#pending.get(groupId)?.values() ?? []) if (topics.get(topic)?.has(partition)) return true
    return false
  }

  /** Whether any transaction has offsets of this group. */
  hasPending(groupId: string): boolean {
    return this.#pending.has(groupId)
  }

  /** Topics and partitions for which a group has committed an offset or a transaction is going to. */
  partitionsOf(groupId: string): Map<string, Set<number>> {
    const found = new Map<string, Set<number>>()
    for (const topics of [this.#committed.get(groupId), ...(this.#pending.get(groupId)?.values() ?? [])]) {
      for (const [topic, partitions] of topics ?? []) {
        const known = found.get(topic) ?? new Set()
        for (const partition of partitions.keys()) known.add(partition)
        found.set(topic, known)
      }
    }
    return found
  }

  commit(groupId: string, topic: string, partition: number, committed: CommittedOffset): void {
    put(topicsOf(this.#committed, groupId), topic, partition, this.#stored(committed))
  }

  commitPending(
    producerId: number,
    groupId: string,
    topic: string,
    partition: number,
    committed: CommittedOffset,
  ): void {
    const producers = this.#pending.get(groupId) ?? new Map<number, OffsetsByTopic>()
    this.#pending.set(groupId, producers)
    put(topicsOf(producers, producerId), topic, partition, this.#stored(committed))
    const groups = this.#groupsOfProducers.get(producerId) ?? new Set()
    this.#groupsOfProducers.set(producerId, groups.add(groupId))
  }

  /** Forgets what was committed, and what transactions that are open now were going to commit. */
  forget(groupId: string, topic: string, partition: number): void {
    const committed = this.#committed.get(groupId)
    if (committed) {
      take(committed, topic, partition)
      if (committed.size === 0) this.#committed.delete(groupId)
    }
    for (const topics of this.#pending.get(groupId)?.values() ?? []) take(topics, topic, partition)
  }

  /** The transaction of a producer ended: its offsets count from now on, or never. */
  endTransaction(producerId: number, isCommit: boolean): void {
    for (const groupId of this.#groupsOfProducers.get(producerId) ?? []) {
      const producers = this.#pending.get(groupId)!
      const topics = producers.get(producerId)!
      producers.delete(producerId)
      if (producers.size === 0) this.#pending.delete(groupId)
      if (isCommit) this.#settle(groupId, topics)
    }
    this.#groupsOfProducers.delete(producerId)
  }

  // Field by field: a spread takes ten times as long, and a load does this a million times.
  #stored({ offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp, topicId }: CommittedOffset): StoredOffset {
    return { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp, topicId, order: this.#replayed++ }
  }

  #settle(groupId: string, pending: OffsetsByTopic): void {
    for (const [topic, partitions] of pending) {
      for (const [partition, offset] of partitions) {
        const current = this.#committed.get(groupId)?.get(topic)?.get(partition)
        if (!current || current.order < offset.order) {
          put(topicsOf(this.#committed, groupId), topic, partition, offset)
        }
      }
    }
  }
}

const topicsOf = <Key>(owners: Map<Key, OffsetsByTopic>, key: Key): OffsetsByTopic => {
  let topics = owners.get(key)
  if (!topics) {
    topics = new Map()
    owners.set(key, topics)
  }
  return topics
}

const put = (topics: OffsetsByTopic, topic: string, partition: number, offset: StoredOffset): void => {
  let partitions = topics.get(topic)
  if (!partitions) {
    partitions = new Map()
    topics.set(topic, partitions)
  }
  partitions.set(partition, offset)
}

const take = (topics: OffsetsByTopic, topic: string, partition: number): void => {
  const partitions = topics.get(topic)
  partitions?.delete(partition)
  if (partitions?.size === 0) topics.delete(topic)
}

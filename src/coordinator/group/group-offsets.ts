import type { CommittedOffset } from './group-records'

/** Offsets by topic and partition. */
export type OffsetsByTopic = Map<string, Map<number, CommittedOffset>>

/**
 * The offsets that groups have committed, and those that open transactions are going to commit. Changed by replaying records only.
 */
export class GroupOffsets {
  readonly #committed = new Map<string, OffsetsByTopic>()
  /** By producer id, then group. */
  readonly #pending = new Map<number, Map<string, OffsetsByTopic>>()

  /** What a group has committed; undefined when it has nothing. */
  ofGroup(groupId: string): OffsetsByTopic | undefined {
    return this.#committed.get(groupId)
  }

  find(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#committed.get(groupId)?.get(topic)?.get(partition)
  }

  /** Whether a transaction is going to change this offset (KIP-447). */
  isPending(groupId: string, topic: string, partition: number): boolean {
    for (const groups of this.#pending.values()) if (groups.get(groupId)?.get(topic)?.has(partition)) return true
    return false
  }

  /** Whether any transaction has offsets of this group. */
  hasPending(groupId: string): boolean {
    for (const groups of this.#pending.values()) if (groups.has(groupId)) return true
    return false
  }

  commit(groupId: string, topic: string, partition: number, committed: CommittedOffset): void {
    put(this.#committed, groupId, topic, partition, committed)
  }

  commitPending(
    producerId: number,
    groupId: string,
    topic: string,
    partition: number,
    committed: CommittedOffset,
  ): void {
    let groups = this.#pending.get(producerId)
    if (!groups) {
      groups = new Map()
      this.#pending.set(producerId, groups)
    }
    put(groups, groupId, topic, partition, committed)
  }

  forget(groupId: string, topic: string, partition: number): void {
    const topics = this.#committed.get(groupId)
    const partitions = topics?.get(topic)
    if (!topics || !partitions?.delete(partition)) return
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.#committed.delete(groupId)
  }

  /** The transaction of a producer ended: its offsets count from now on, or never. Returns the groups concerned. */
  endTransaction(producerId: number, isCommit: boolean): readonly string[] {
    const groups = this.#pending.get(producerId)
    this.#pending.delete(producerId)
    if (!groups) return []
    if (isCommit) {
      for (const [groupId, topics] of groups) {
        for (const [topic, partitions] of topics) {
          for (const [partition, committed] of partitions) this.commit(groupId, topic, partition, committed)
        }
      }
    }
    return [...groups.keys()]
  }
}

const put = (
  groups: Map<string, OffsetsByTopic>,
  groupId: string,
  topic: string,
  partition: number,
  committed: CommittedOffset,
): void => {
  let topics = groups.get(groupId)
  if (!topics) {
    topics = new Map()
    groups.set(groupId, topics)
  }
  let partitions = topics.get(topic)
  if (!partitions) {
    partitions = new Map()
    topics.set(topic, partitions)
  }
  partitions.set(partition, committed)
}

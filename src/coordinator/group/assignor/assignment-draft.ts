import type { GroupSpec, MemberSubscription, SubscribedTopics, TopicPartitions } from './server-assignor'
import { topicSubscribers } from './topic-subscribers'

export const NOBODY = -1

/** A topic of the group; members are positions in `AssignmentDraft.members`. */
export interface DraftTopic {
  readonly id: string
  readonly partitionCount: number
  /** Ascending; topics of the same subscribers may share the array. */
  readonly subscribers: readonly number[]
  /** The owner of each partition, or `NOBODY`. */
  readonly owners: Int32Array
}

/**
 * An assignment while it is made. It begins as the current one, without what members are no longer subscribed to, what no longer exists,
 * and what two members claim: the first of them keeps it.
 *
 * Invariant: `loads[m]` is the number of partitions whose owner is m.
 */
export class AssignmentDraft {
  /** In the order of their ids, so that the order of the group's map does not matter. */
  readonly members: readonly MemberSubscription[]
  /** In the order of partitions per subscriber, the most first, so that small topics can even out what large ones leave. */
  readonly topics: readonly DraftTopic[]
  readonly loads: Int32Array
  readonly #before: ReadonlyMap<string, Int32Array>
  /** Members that lost something that nobody can have or that is another's. */
  readonly #cut = new Set<number>()

  constructor(group: GroupSpec, topics: SubscribedTopics) {
    this.members = [...group.members.values()].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
    this.topics = Array.from(topicSubscribers(this.members, group.homogeneous), ([id, subscribers]) =>
      draftTopic(id, subscribers, topics.partitionCount(id)),
    ).sort(byPartitionsPerSubscriber)
    this.loads = new Int32Array(this.members.length)
    this.#retain()
    this.#before = new Map(this.topics.map(({ id, owners }) => [id, owners.slice()]))
  }

  give(topic: DraftTopic, partition: number, member: number): void {
    const owner = topic.owners[partition]!
    if (owner !== NOBODY) this.loads[owner]!--
    topic.owners[partition] = member
    this.loads[member]!++
  }

  /** The assignment as it is now; members for whom nothing changed keep the object that they came with. */
  finish(): ReadonlyMap<string, TopicPartitions> {
    const changed = this.#changedMembers()
    const drawn = new Map<number, Map<string, number[]>>(Array.from(changed, member => [member, new Map()]))
    for (const { id, owners } of this.topics) {
      for (let partition = 0; partition < owners.length; partition++) {
        const topics = drawn.get(owners[partition]!)
        if (topics === undefined) continue
        const partitions = topics.get(id)
        if (partitions === undefined) topics.set(id, [partition])
        else partitions.push(partition)
      }
    }
    return new Map(this.members.map(({ memberId, assigned }, member) => [memberId, drawn.get(member) ?? assigned]))
  }

  #retain(): void {
    const topicById = new Map(this.topics.map(topic => [topic.id, topic]))
    this.members.forEach(({ topicIds, assigned }, member) => {
      for (const [id, partitions] of assigned) {
        const topic = topicIds.has(id) ? topicById.get(id) : undefined
        for (const partition of partitions) {
          if (topic?.owners[partition] === NOBODY) this.give(topic, partition, member)
          else this.#cut.add(member)
        }
      }
    })
  }

  #changedMembers(): Set<number> {
    const changed = new Set(this.#cut)
    for (const { id, owners } of this.topics) {
      const before = this.#before.get(id)!
      for (let partition = 0; partition < owners.length; partition++) {
        if (owners[partition] === before[partition]) continue
        changed.add(owners[partition]!)
        if (before[partition] !== NOBODY) changed.add(before[partition]!)
      }
    }
    return changed
  }
}

const draftTopic = (id: string, subscribers: readonly number[], knownPartitions: number): DraftTopic => {
  const partitionCount = Math.max(knownPartitions, 0)
  return { id, partitionCount, subscribers, owners: new Int32Array(partitionCount).fill(NOBODY) }
}

const byPartitionsPerSubscriber = (a: DraftTopic, b: DraftTopic): number =>
  b.partitionCount / b.subscribers.length - a.partitionCount / a.subscribers.length ||
  a.subscribers.length - b.subscribers.length ||
  (a.id < b.id ? -1 : 1)

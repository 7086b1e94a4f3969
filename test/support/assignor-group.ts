import type {
  GroupSpec,
  MemberSubscription,
  SubscribedTopics,
  TopicPartitions,
} from '../../src/coordinator/group/assignor/server-assignor'

/** Partitions of topics in a short form: `{ orders: [0, 1] }`. */
export type Parts = Readonly<Record<string, readonly number[]>>

export interface MemberShape {
  readonly topics: readonly string[]
  readonly has?: Parts
  readonly instanceId?: string
}

export const topicPartitions = (parts: Parts = {}): TopicPartitions => new Map(Object.entries(parts))

export const memberOf = (memberId: string, { topics, has, instanceId }: MemberShape): MemberSubscription => ({
  memberId,
  instanceId: instanceId ?? null,
  rackId: null,
  topicIds: new Set(topics),
  assigned: topicPartitions(has),
})

/** Whether all members are subscribed to the same is found out. */
export const groupOf = (members: Iterable<MemberSubscription>): GroupSpec => {
  const all = [...members]
  const subscriptions = new Set(all.map(({ topicIds }) => [...topicIds].sort().join()))
  return { members: new Map(all.map(member => [member.memberId, member])), homogeneous: subscriptions.size <= 1 }
}

export const groupOfShapes = (shapes: Readonly<Record<string, MemberShape>>): GroupSpec =>
  groupOf(Object.entries(shapes).map(([memberId, shape]) => memberOf(memberId, shape)))

/** Topic id to number of partitions. */
export const topicsOf = (counts: Readonly<Record<string, number>>): SubscribedTopics => ({
  partitionCount: topicId => counts[topicId] ?? -1,
  racks: () => new Set(),
})

/** The members as they are after an assignment. */
export const withAssignment = (
  group: GroupSpec,
  assignment: ReadonlyMap<string, TopicPartitions>,
): MemberSubscription[] =>
  Array.from(group.members.values(), member => ({ ...member, assigned: assignment.get(member.memberId)! }))

export const sizeOf = (partitions: TopicPartitions): number =>
  Array.from(partitions.values()).reduce((sum, { length }) => sum + length, 0)

/** `topic/partition` of all that is in there. */
export const names = (partitions: TopicPartitions): string[] =>
  Array.from(partitions).flatMap(([topicId, numbers]) => numbers.map(partition => `${topicId}/${partition}`))

/** An assignment in the short form, to compare with. */
export const plain = (assignment: ReadonlyMap<string, TopicPartitions>): Record<string, Parts> =>
  Object.fromEntries(Array.from(assignment, ([memberId, topics]) => [memberId, Object.fromEntries(topics)]))

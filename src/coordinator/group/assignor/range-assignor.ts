import type { MemberSubscription, ServerAssignor, TopicPartitions } from './server-assignor'
import { topicSubscribers } from './topic-subscribers'

/**
 * Every member gets one range of each topic it is subscribed to, in an order of members that is the same for all topics (Kafka's
 * RangeAssignor): with equal subscriptions and equally many partitions, equal partition numbers meet in one member, as joins need it.
 * Static members come first, in the order of their instance ids, so that a restart moves nothing. It looks neither at what members have
 * already nor at racks, as in Kafka 4.3.
 */
export const rangeAssignor: ServerAssignor = {
  name: 'range',
  assign(group, topics) {
    const members = [...group.members.values()].sort(staticMembersFirst)
    const drawn = members.map(() => new Map<string, readonly number[]>())
    for (const [id, subscribers] of topicSubscribers(members, group.homogeneous)) {
      const ranges = rangesOf(Math.max(topics.partitionCount(id), 0), subscribers.length)
      ranges.forEach((range, at) => {
        drawn[subscribers[at]!]!.set(id, range)
      })
    }
    return new Map(
      members.map(({ memberId, assigned }, at) => [memberId, isSame(drawn[at]!, assigned) ? assigned : drawn[at]!]),
    )
  },
}

const staticMembersFirst = (a: MemberSubscription, b: MemberSubscription): number => {
  if (a.instanceId === null && b.instanceId === null) return a.memberId < b.memberId ? -1 : 1
  if (a.instanceId === null) return 1
  if (b.instanceId === null) return -1
  return a.instanceId < b.instanceId ? -1 : 1
}

/** Cuts partitions into one range for each member, the first ones longer by one when it does not come out even; no range is empty. */
const rangesOf = (partitionCount: number, memberCount: number): number[][] => {
  const quota = Math.floor(partitionCount / memberCount)
  const extras = partitionCount % memberCount
  const ranges: number[][] = []
  for (let start = 0; start < partitionCount; ) {
    const size = quota + (ranges.length < extras ? 1 : 0)
    const first = start
    ranges.push(Array.from({ length: size }, (_, at) => first + at))
    start += size
  }
  return ranges
}

const isSame = (drawn: TopicPartitions, assigned: TopicPartitions): boolean =>
  drawn.size === assigned.size &&
  Array.from(drawn).every(([id, partitions]) => {
    const before = assigned.get(id)
    return before?.length === partitions.length && before.every((partition, at) => partition === partitions[at])
  })

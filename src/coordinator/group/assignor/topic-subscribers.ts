import type { MemberSubscription } from './server-assignor'

/**
 * The subscribers of each topic, as positions in `members`, ascending. With equal subscriptions all topics share one array: many members
 * and many topics would make a large table.
 */
export const topicSubscribers = (
  members: readonly MemberSubscription[],
  homogeneous: boolean,
): Iterable<[topicId: string, subscribers: readonly number[]]> => {
  if (homogeneous) {
    const everybody = members.map((_, member) => member)
    return Array.from(members[0]?.topicIds ?? [], id => [id, everybody])
  }
  const subscribers = new Map<string, number[]>()
  members.forEach(({ topicIds }, member) => {
    for (const id of topicIds) {
      const others = subscribers.get(id)
      if (others === undefined) subscribers.set(id, [member])
      else others.push(member)
    }
  })
  return subscribers
}

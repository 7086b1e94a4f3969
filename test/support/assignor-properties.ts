import fc from 'fast-check'
import type { GroupSpec, ServerAssignor, TopicPartitions } from '../../src/coordinator/group/assignor/server-assignor'
import { groupOf, memberOf, names, topicPartitions, topicsOf, withAssignment } from './assignor-group'

export interface GroupCase {
  readonly group: GroupSpec
  readonly counts: Readonly<Record<string, number>>
}

const TOPICS = ['a', 'b', 'c', 'd', 'e']
const GONE = 'gone'

/** Any part of the topics, with partitions that may not exist, and that others may have as well. */
const anyAssigned = fc
  .dictionary(fc.constantFrom(...TOPICS, GONE), fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 12 }))
  .map(parts =>
    topicPartitions(
      Object.fromEntries(Object.entries(parts).map(([topic, numbers]) => [topic, numbers.sort((a, b) => a - b)])),
    ),
  )

const anyCounts = fc
  .tuple(...TOPICS.map(() => fc.nat(16)))
  .map(counts => Object.fromEntries(TOPICS.map((id, at) => [id, counts[at]!])))

const anySubscription = fc.subarray([...TOPICS, GONE], { minLength: 1 })

const anyMembers = (subscriptions: fc.Arbitrary<readonly (readonly string[])[]>) =>
  subscriptions.chain(all =>
    fc.tuple(...all.map(topics => fc.tuple(fc.constant(topics), anyAssigned, fc.option(fc.uuid())))).map(members =>
      members.map(([topics, assigned, instanceId], at) => ({
        ...memberOf(`member-${at}`, { topics }),
        instanceId,
        assigned,
      })),
    ),
  )

const cases = (subscriptions: fc.Arbitrary<readonly (readonly string[])[]>): fc.Arbitrary<GroupCase> =>
  fc.record({ group: anyMembers(subscriptions).map(groupOf), counts: anyCounts })

/** Groups of equal subscriptions. */
export const equalSubscriptions = cases(
  fc.tuple(anySubscription, fc.integer({ min: 1, max: 12 })).map(([topics, size]) => Array(size).fill(topics)),
)

/** Groups of any subscriptions. */
export const anySubscriptions = cases(fc.array(anySubscription, { minLength: 1, maxLength: 12 }))

export const assignedBy = (
  assignor: ServerAssignor,
  { group, counts }: GroupCase,
): ReadonlyMap<string, TopicPartitions> => assignor.assign(group, topicsOf(counts))

/** The case with what an assignor made of it as the current assignment. */
export const after = (assignor: ServerAssignor, given: GroupCase): GroupCase => ({
  ...given,
  group: groupOf(withAssignment(given.group, assignedBy(assignor, given))),
})

/** Every partition of every topic with a subscriber is with exactly one of them; numbers ascend; no topic is empty. */
export const expectComplete = (given: GroupCase, assignment: ReadonlyMap<string, TopicPartitions>): void => {
  expect([...assignment.keys()].sort()).toEqual([...given.group.members.keys()].sort())
  const wanted = new Set<string>()
  for (const { topicIds } of given.group.members.values()) {
    for (const id of topicIds) for (let at = 0; at < (given.counts[id] ?? 0); at++) wanted.add(`${id}/${at}`)
  }
  const assigned = Array.from(assignment.values()).flatMap(names)
  expect(assigned.sort()).toEqual([...wanted].sort())
  for (const [memberId, topics] of assignment) {
    for (const [id, partitions] of topics) {
      expect(given.group.members.get(memberId)!.topicIds).toContain(id)
      expect(partitions.length).toBeGreaterThan(0)
      expect(partitions).toEqual([...partitions].sort((a, b) => a - b))
    }
  }
}

/** The same case with members and subscriptions in another order. */
export const turned = ({ group, counts }: GroupCase): GroupCase => ({
  group: groupOf(
    [...group.members.values()].reverse().map(member => ({
      ...member,
      topicIds: new Set([...member.topicIds].reverse()),
      assigned: new Map([...member.assigned].reverse()),
    })),
  ),
  counts,
})

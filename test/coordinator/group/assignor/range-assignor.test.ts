import fc from 'fast-check'
import { rangeAssignor } from '../../../../src/coordinator/group/assignor/range-assignor'
import { groupOf, groupOfShapes, type MemberShape, type Parts, plain, topicsOf } from '../../../support/assignor-group'
import {
  after,
  anySubscriptions,
  assignedBy,
  equalSubscriptions,
  expectComplete,
  turned,
} from '../../../support/assignor-properties'

interface Row {
  readonly title: string
  readonly topics: Readonly<Record<string, number>>
  readonly members: Readonly<Record<string, MemberShape>>
  readonly result: Readonly<Record<string, Parts>>
}

const ab = ['a', 'b']

const rows: readonly Row[] = [
  {
    title: 'gives equal partition numbers of all topics to one member',
    topics: { a: 3, b: 3 },
    members: { m0: { topics: ab }, m1: { topics: ab } },
    result: { m0: { a: [0, 1], b: [0, 1] }, m1: { a: [2], b: [2] } },
  },
  {
    title: 'gives partitions to the first members when there are fewer than members',
    topics: { a: 2 },
    members: { m0: { topics: ['a'] }, m1: { topics: ['a'] }, m2: { topics: ['a'] } },
    result: { m0: { a: [0] }, m1: { a: [1] }, m2: {} },
  },
  {
    title: 'puts static members first, by instance id, and the others behind them, by member id',
    topics: { a: 4 },
    members: {
      m0: { topics: ['a'] },
      m1: { topics: ['a'], instanceId: 'y' },
      m2: { topics: ['a'], instanceId: 'x' },
      'm-': { topics: ['a'] },
    },
    result: { m2: { a: [0] }, m1: { a: [1] }, 'm-': { a: [2] }, m0: { a: [3] } },
  },
  {
    title: 'counts for each topic only who is subscribed to it',
    topics: { a: 4, b: 3 },
    members: { m0: { topics: ['a'] }, m1: { topics: ab }, m2: { topics: ['b'] } },
    result: { m0: { a: [0, 1] }, m1: { a: [2, 3], b: [0, 1] }, m2: { b: [2] } },
  },
  {
    title: 'takes no account of what members have',
    topics: { a: 4 },
    members: { m0: { topics: ['a'], has: { a: [2, 3] } }, m1: { topics: ['a'], has: { a: [0, 1] } } },
    result: { m0: { a: [0, 1] }, m1: { a: [2, 3] } },
  },
  {
    title: 'passes over topics that do not exist',
    topics: { a: 1 },
    members: { m0: { topics: ab, has: { b: [0] } } },
    result: { m0: { a: [0] } },
  },
]

test.each(rows)('it $title', ({ topics, members, result }) => {
  expect(plain(rangeAssignor.assign(groupOfShapes(members), topicsOf(topics)))).toEqual(result)
})

test('a group without members has no assignment', () => {
  expect(rangeAssignor.assign(groupOf([]), topicsOf({ a: 1 })).size).toBe(0)
})

test('every partition of every subscribed topic has exactly one owner, who is subscribed to it', () => {
  fc.assert(fc.property(anySubscriptions, given => expectComplete(given, assignedBy(rangeAssignor, given))))
  fc.assert(fc.property(equalSubscriptions, given => expectComplete(given, assignedBy(rangeAssignor, given))))
})

test('every member has one range of each topic, and any two ranges of a topic differ by at most one', () => {
  fc.assert(
    fc.property(anySubscriptions, given => {
      const assignment = assignedBy(rangeAssignor, given)
      const sizes = new Map<string, number[]>()
      for (const { memberId, topicIds } of given.group.members.values()) {
        for (const id of topicIds) {
          const partitions = assignment.get(memberId)!.get(id) ?? []
          expect(partitions).toEqual(partitions.map((_, at) => partitions[0]! + at))
          sizes.set(id, [...(sizes.get(id) ?? []), partitions.length])
        }
      }
      for (const lengths of sizes.values()) expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
    }),
  )
})

test('a second assignment changes nothing, object by object', () => {
  fc.assert(
    fc.property(anySubscriptions, given => {
      const settled = after(rangeAssignor, given)
      const again = assignedBy(rangeAssignor, settled)
      for (const { memberId, assigned } of settled.group.members.values()) expect(again.get(memberId)).toBe(assigned)
    }),
  )
})

test('the order of members and subscriptions does not matter', () => {
  fc.assert(
    fc.property(anySubscriptions, given => {
      expect(plain(assignedBy(rangeAssignor, turned(given)))).toEqual(plain(assignedBy(rangeAssignor, given)))
    }),
  )
})

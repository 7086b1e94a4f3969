import fc from 'fast-check'
import type { TopicPartitions } from '../../../../src/coordinator/group/assignor/server-assignor'
import { uniformAssignor } from '../../../../src/coordinator/group/assignor/uniform-assignor'
import {
  groupOf,
  groupOfShapes,
  type MemberShape,
  memberOf,
  names,
  type Parts,
  plain,
  sizeOf,
  topicsOf,
} from '../../../support/assignor-group'
import {
  after,
  anySubscriptions,
  assignedBy,
  equalSubscriptions,
  expectComplete,
  type GroupCase,
  turned,
} from '../../../support/assignor-properties'

interface Row {
  readonly title: string
  readonly topics: Readonly<Record<string, number>>
  readonly members: Readonly<Record<string, MemberShape>>
  readonly result: Readonly<Record<string, Parts>>
}

const a = ['a']
const ab = ['a', 'b']

const rows: readonly Row[] = [
  {
    title: 'gives each new member its share in one piece',
    topics: { a: 3, b: 3 },
    members: { m0: { topics: ab }, m1: { topics: ab } },
    result: { m0: { a: [0, 1, 2] }, m1: { b: [0, 1, 2] } },
  },
  {
    title: 'gives the first members one more when it does not come out even',
    topics: { a: 5 },
    members: { m0: { topics: a }, m1: { topics: a }, m2: { topics: a } },
    result: { m0: { a: [0, 1] }, m1: { a: [2, 3] }, m2: { a: [4] } },
  },
  {
    title: 'leaves members without partitions when there are too few',
    topics: { a: 1 },
    members: { m0: { topics: a }, m1: { topics: a } },
    result: { m0: { a: [0] }, m1: {} },
  },
  {
    title: 'takes the last partitions of those with the most for a member that joins',
    topics: { a: 6 },
    members: { m0: { topics: a, has: { a: [0, 1, 2] } }, m1: { topics: a, has: { a: [3, 4, 5] } }, m2: { topics: a } },
    result: { m0: { a: [0, 1] }, m1: { a: [3, 4] }, m2: { a: [2, 5] } },
  },
  {
    title: 'shares out what a member leaves behind',
    topics: { a: 6 },
    members: { m0: { topics: a, has: { a: [0, 1] } }, m1: { topics: a, has: { a: [3, 4] } } },
    result: { m0: { a: [0, 1, 2] }, m1: { a: [3, 4, 5] } },
  },
  {
    title: 'leaves the odd partition where it is',
    topics: { a: 3 },
    members: { m0: { topics: a, has: { a: [0] } }, m1: { topics: a, has: { a: [1, 2] } } },
    result: { m0: { a: [0] }, m1: { a: [1, 2] } },
  },
  {
    title: 'gives new partitions to those with the fewest',
    topics: { a: 6 },
    members: { m0: { topics: a, has: { a: [0, 1] } }, m1: { topics: a, has: { a: [2] } } },
    result: { m0: { a: [0, 1, 3] }, m1: { a: [2, 4, 5] } },
  },
  {
    title: 'takes away what nobody is subscribed to any more',
    topics: { a: 2, b: 2 },
    members: { m0: { topics: a, has: { b: [0, 1] } }, m1: { topics: a, has: { a: [0, 1] } } },
    result: { m0: { a: [1] }, m1: { a: [0] } },
  },
  {
    title: 'leaves to the first of two members what both claim',
    topics: { a: 2 },
    members: { m0: { topics: a, has: { a: [0] } }, m1: { topics: a, has: { a: [0, 1] } } },
    result: { m0: { a: [0] }, m1: { a: [1] } },
  },
  {
    title: 'passes over topics and partitions that do not exist',
    topics: { a: 1 },
    members: { m0: { topics: ab, has: { a: [0, 1], b: [0] } } },
    result: { m0: { a: [0] } },
  },
  {
    title: 'evens out the loads of members with different subscriptions',
    topics: { a: 3, b: 3 },
    members: { m0: { topics: ab }, m1: { topics: ['b'] } },
    result: { m0: { a: [0, 1, 2] }, m1: { b: [0, 1, 2] } },
  },
  {
    title: 'moves the last of a topic from a member that has more of others',
    topics: { a: 3, b: 3 },
    members: { m0: { topics: ab, has: { a: [0, 1, 2], b: [0, 1, 2] } }, m1: { topics: ['b'] } },
    result: { m0: { a: [0, 1, 2] }, m1: { b: [0, 1, 2] } },
  },
]

test.each(rows)('it $title', ({ topics, members, result }) => {
  expect(plain(uniformAssignor.assign(groupOfShapes(members), topicsOf(topics)))).toEqual(result)
})

test('a group without members has no assignment', () => {
  expect(uniformAssignor.assign(groupOf([]), topicsOf({ a: 1 })).size).toBe(0)
})

test('every partition of every subscribed topic has exactly one owner, who is subscribed to it', () => {
  fc.assert(fc.property(anySubscriptions, given => expectComplete(given, assignedBy(uniformAssignor, given))))
  fc.assert(fc.property(equalSubscriptions, given => expectComplete(given, assignedBy(uniformAssignor, given))))
})

test('with equal subscriptions the numbers of partitions differ by at most one', () => {
  fc.assert(
    fc.property(equalSubscriptions, given => {
      const sizes = Array.from(assignedBy(uniformAssignor, given).values(), sizeOf)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

test('with different subscriptions no single move would make two members more alike', () => {
  fc.assert(
    fc.property(anySubscriptions, given => {
      const assignment = assignedBy(uniformAssignor, given)
      for (const [owner, topics] of assignment) {
        for (const { memberId, topicIds } of given.group.members.values()) {
          const common = [...topics.keys()].some(id => topicIds.has(id))
          const difference = sizeOf(topics) - sizeOf(assignment.get(memberId)!)
          expect([owner, memberId, common && difference > 1]).toEqual([owner, memberId, false])
        }
      }
    }),
  )
})

test('an assignment that is balanced stays, object by object', () => {
  fc.assert(
    fc.property(anySubscriptions, given => {
      const settled = after(uniformAssignor, given)
      const again = assignedBy(uniformAssignor, settled)
      for (const { memberId, assigned } of settled.group.members.values()) expect(again.get(memberId)).toBe(assigned)
    }),
  )
})

/** Partitions that are with another member than before. */
const moves = (before: GroupCase, assignment: ReadonlyMap<string, TopicPartitions>): string[] =>
  Array.from(before.group.members.values()).flatMap(({ memberId, assigned }) => {
    const kept = new Set(names(assignment.get(memberId) ?? new Map()))
    return names(assigned).filter(name => !kept.has(name))
  })

test('when a member leaves, only its own partitions move', () => {
  fc.assert(
    fc.property(equalSubscriptions, given => {
      const settled = after(uniformAssignor, given)
      const [leaving, ...others] = settled.group.members.values()
      const assignment = assignedBy(uniformAssignor, { ...settled, group: groupOf(others) })
      expect(moves(settled, assignment).sort()).toEqual(names(leaving!.assigned).sort())
    }),
  )
})

test('when a member joins, it is given its share and nothing else moves', () => {
  fc.assert(
    fc.property(equalSubscriptions, given => {
      const settled = after(uniformAssignor, given)
      const [first] = settled.group.members.values()
      const joining = memberOf('joining', { topics: [...first!.topicIds] })
      const grown = groupOf([...settled.group.members.values(), joining])
      const assignment = assignedBy(uniformAssignor, { ...settled, group: grown })
      expect(moves(settled, assignment).sort()).toEqual(names(assignment.get('joining')!).sort())
    }),
  )
})

test('the order of members and subscriptions does not matter', () => {
  fc.assert(
    fc.property(anySubscriptions, given => {
      expect(plain(assignedBy(uniformAssignor, turned(given)))).toEqual(plain(assignedBy(uniformAssignor, given)))
    }),
  )
})

test('subscriptions that overlap in a long chain come to an end, with every partition given away', () => {
  const counts: Record<string, number> = { t0: 400 }
  const members = [memberOf('m0', { topics: ['t0'] })]
  for (let at = 1; at < 40; at++) {
    counts[`t${at}`] = 20
    members.push(memberOf(`m${at}`, { topics: [`t${at - 1}`, `t${at}`] }))
  }
  const given = { group: groupOf(members), counts }
  expectComplete(given, assignedBy(uniformAssignor, given))
})

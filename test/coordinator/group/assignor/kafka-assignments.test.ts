import { rangeAssignor } from '../../../../src/coordinator/group/assignor/range-assignor'
import { uniformAssignor } from '../../../../src/coordinator/group/assignor/uniform-assignor'
import kafkaAssignments from '../../../golden/groups/kafka-4.3-assignments.json'
import {
  groupOfShapes,
  type MemberShape,
  type Parts,
  plain,
  topicPartitions,
  topicsOf,
} from '../../../support/assignor-group'

/** One step in the life of a group of a real Kafka: its members with their targets before, and the targets after. */
interface Step {
  readonly assignor: string
  readonly title: string
  readonly members: Readonly<Record<string, MemberShape>>
  readonly result: Readonly<Record<string, Parts>>
}

const steps = kafkaAssignments as unknown as readonly Step[]
const topics = topicsOf({ ta: 6, tb: 3, tc: 7 })

const stepsOf = (assignor: string) =>
  steps.filter(step => step.assignor === assignor).map(step => [step.title, step] as const)

const sizes = (assignment: Readonly<Record<string, Parts>>): number[] =>
  Object.values(assignment)
    .map(parts => Object.values(parts).flat().length)
    .sort((a, b) => a - b)

/** How many partitions are with another member than before. */
const moves = (before: Step['members'], after: Step['result']): number =>
  Object.entries(before).reduce((sum, [memberId, { has }]) => {
    const kept = topicPartitions(after[memberId])
    const lost = Object.entries(has ?? {}).flatMap(([id, parts]) => parts.filter(part => !kept.get(id)?.includes(part)))
    return sum + lost.length
  }, 0)

test.each(stepsOf('range'))('range assigns as Kafka does: %s', (_, { members, result }) => {
  expect(plain(rangeAssignor.assign(groupOfShapes(members), topics))).toEqual(result)
})

test.each(stepsOf('uniform'))('uniform is as even as Kafka, with as many moves: %s', (_, { members, result }) => {
  const ours = plain(uniformAssignor.assign(groupOfShapes(members), topics))
  expect(sizes(ours)).toEqual(sizes(result))
  expect(moves(members, ours)).toBe(moves(members, result))
})

test('both are compared in many steps', () => {
  expect(stepsOf('range').length).toBeGreaterThan(10)
  expect(stepsOf('uniform').length).toBeGreaterThan(20)
})

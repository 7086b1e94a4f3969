import { ConsumerGroup } from '../../../../src/coordinator/group/consumer/consumer-group'
import { type ConsumerMember, newMember } from '../../../../src/coordinator/group/consumer/consumer-member'
import { reconcile } from '../../../../src/coordinator/group/consumer/current-assignment'

const TOPIC = 'AAAAAAAAAAAAAAAAAAAAAg'
const at = (epoch: number, ...partitions: number[]) =>
  new Map([[TOPIC, new Map(partitions.map(partition => [partition, epoch]))]])
const destination = (epoch: number, ...partitions: number[]) => ({
  epoch,
  partitions: new Map([[TOPIC, partitions]]),
  subscriptionChanged: false,
  subscribedTopicIds: new Set([TOPIC]),
})
const owning = (...partitions: number[]) => [{ topicId: TOPIC, partitions }]

/** A group of these members. */
const groupOf = (...members: readonly Partial<ConsumerMember>[]) => {
  const group = new ConsumerGroup('group')
  for (const [index, member] of members.entries()) group.putMember({ ...newMember(`member-${index}`), ...member })
  return { group, member: group.members.get('member-0')! }
}

describe('a member', () => {
  test('that has to give up stays in its epoch until it says that it has', () => {
    const { group, member } = groupOf({ memberEpoch: 1, assigned: at(1, 0, 1) })
    const revoking = reconcile(group, member, destination(2, 0), owning(0, 1))
    expect(revoking).toMatchObject({ memberEpoch: 1, state: 1, assigned: at(1, 0), pendingRevocation: at(1, 1) })
    group.putMember(revoking)
    expect(reconcile(group, revoking, destination(2, 0), null)).toBe(revoking)
    expect(reconcile(group, revoking, destination(2, 0), owning(0, 1))).toBe(revoking)
    const done = reconcile(group, revoking, destination(2, 0), owning(0))
    expect(done).toMatchObject({ memberEpoch: 2, previousMemberEpoch: 1, state: 0, assigned: at(1, 0) })
    expect(done.pendingRevocation.size).toBe(0)
  })

  test('gets what is free at once, with the epoch of that, and waits for what others have', () => {
    const { group, member } = groupOf({ memberEpoch: 1, assigned: at(1, 0) }, { memberEpoch: 1, assigned: at(1, 2) })
    const waiting = reconcile(group, member, destination(2, 0, 1, 2), null)
    expect(waiting).toMatchObject({ memberEpoch: 2, state: 2 })
    expect(waiting.assigned.get(TOPIC)).toEqual(
      new Map([
        [0, 1],
        [1, 2],
      ]),
    )
    group.putMember(waiting)
    expect(group.isWaiting(waiting)).toBe(false)
    group.targets.set('member-0', new Map([[TOPIC, [0, 1, 2]]]))
    expect(group.isWaiting(waiting)).toBe(true)
    group.removeMember('member-1')
    expect(group.isWaiting(waiting)).toBe(false)
    expect(reconcile(group, waiting, destination(2, 0, 1, 2), null)).toMatchObject({ memberEpoch: 2, state: 0 })
  })

  test('may get back what it is giving up', () => {
    const { group, member } = groupOf({ memberEpoch: 1, state: 1, assigned: at(1, 0), pendingRevocation: at(1, 1) })
    const back = reconcile(group, member, destination(3, 0, 1), owning(0))
    expect(back.assigned.get(TOPIC)).toEqual(
      new Map([
        [0, 1],
        [1, 3],
      ]),
    )
  })

  test('in a state of a later Kafka has to join anew, with nothing', () => {
    const { group, member } = groupOf({ memberEpoch: 1, state: 99, assigned: at(1, 0) })
    expect(() => reconcile(group, member, destination(2, 0), null)).toThrow(/unknown state/)
    expect(() => reconcile(group, member, destination(2, 0), owning(0))).toThrow(/unknown state/)
    expect(reconcile(group, member, destination(2, 0), [])).toMatchObject({ memberEpoch: 2, state: 0 })
  })

  test('that no longer subscribes to a topic gives it up, although the target assignment still has it', () => {
    const { group, member } = groupOf({ memberEpoch: 2, assigned: at(1, 0) })
    const unsubscribed = { ...destination(2, 0), subscriptionChanged: true, subscribedTopicIds: new Set<string>() }
    expect(reconcile(group, member, unsubscribed, null)).toMatchObject({ state: 1, pendingRevocation: at(1, 0) })
    const gone = reconcile(group, member, unsubscribed, [])
    expect([gone.state, gone.assigned.size]).toEqual([0, 0])
  })
})

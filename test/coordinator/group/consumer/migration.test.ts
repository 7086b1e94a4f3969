import { errorName } from '../../../../protocol/errors'
import { encodeAssignment } from '../../../../src/coordinator/group/embedded-protocol'
import { assigned, syncConsumer as sync } from '../../../support/classic-consumers'
import { ConsumerClient, settleConsumers } from '../../../support/consumer-client'
import { type GroupMember, GroupWorld, type MemberOptions } from '../../../support/group-world'
import { owningSubscription, subscription } from '../../../support/subscription'

const open = async (settings = {}) => {
  const world = await GroupWorld.open(settings)
  world.topics.put('topic', 4)
  return world
}
const classic = { metadata: subscription('topic') }
/** A stable classic group of consumers, the first of which leads. */
const classicGroup = async (world: GroupWorld, assignments: readonly Buffer[], options: MemberOptions = {}) => {
  const members = assignments.map(() => world.member('group', { ...classic, ...options }))
  for (const member of members) {
    void member.join()
    await world.settle()
  }
  await world.run(Promise.all(members.map(member => member.pendingJoin ?? member.join())))
  const leader = members.find(({ isLeader }) => isLeader)!
  const others = members.filter(member => member !== leader)
  const given = new Map(members.map(({ memberId }, at) => [memberId, assignments[at]!]))
  await world.run(Promise.all([...others.map(member => sync(world, member)), sync(world, leader, given)]))
  return members
}

const rejoin = async (world: GroupWorld, member: GroupMember) => {
  const { errorCode } = await world.run(member.join())
  return errorCode === 0 ? world.run(sync(world, member)) : errorName(errorCode)
}
const listed = async (world: GroupWorld) => (await world.run(world.groups.list([], []))).groups[0]
const described = (world: GroupWorld) => world.run(world.groups.describeConsumerGroup('group'))

describe('a classic group', () => {
  test('becomes a consumer group with the first member of that protocol, and its members go on step by step', async () => {
    const world = await open()
    const [a, b] = await classicGroup(world, [assigned(0, 1), assigned(2, 3)])
    const generation = a!.generationId
    const c = new ConsumerClient(world, 'group', 'c')
    expect(await c.join()).toBe('NONE')
    expect([c.epoch, c.owned]).toEqual([generation + 1, []])
    expect(await listed(world)).toMatchObject({ groupType: 'consumer', groupState: 'Reconciling' })
    expect((await described(world)).members.map(({ memberType }) => memberType).sort()).toEqual([0, 0, 1])
    // Both are told to join again, do so with what they keep, and the new member gets what was given up.
    expect([await a!.heartbeat(), await b!.heartbeat()]).toEqual(Array(2).fill('REBALANCE_IN_PROGRESS'))
    const kept = [await rejoin(world, a!), await rejoin(world, b!)]
    expect(kept.flat()).toHaveLength(3)
    for (const [member, partitions] of [
      [a!, kept[0]!],
      [b!, kept[1]!],
    ] as const) {
      member.options = { ...classic, metadata: owningSubscription('topic', partitions as number[]) }
      if ((await member.heartbeat()) === 'REBALANCE_IN_PROGRESS') await rejoin(world, member)
    }
    await settleConsumers([c])
    expect(c.owned).toHaveLength(1)
    expect([await a!.heartbeat(), await b!.heartbeat(), (await listed(world))!.groupState]).toEqual([
      'NONE',
      'NONE',
      'Stable',
    ])
  })

  test('without members is replaced; its offsets stay', async () => {
    const world = await open()
    await world.commit('group', 0, 7)
    expect(await new ConsumerClient(world, 'group', 'a').join()).toBe('NONE')
    expect(await listed(world)).toMatchObject({ groupType: 'consumer' })
    expect(await world.committed('group', 0)).toBe(7)
  })

  test('in the middle of a round tells its members to begin anew', async () => {
    const world = await open()
    const [a] = await classicGroup(world, [assigned(0, 1, 2, 3), assigned()])
    const waiting = a!.join()
    await world.settle()
    await new ConsumerClient(world, 'group', 'c').join()
    expect(errorName((await world.run(waiting)).errorCode)).toBe('REBALANCE_IN_PROGRESS')
  })

  test.each([
    ['the policy forbids it', { groupConsumerMigrationPolicy: 'downgrade' }, {}, 'online upgrade is disabled'],
    [
      'it would be too large',
      { groupConsumerMaxSize: 1 },
      {},
      'the group size exceeds the consumer group maximum size',
    ],
    [
      'its members are no consumers',
      {},
      { protocolType: 'connect' },
      'the group does not use the consumer embedded protocol',
    ],
    [
      'its subscriptions cannot be read',
      {},
      { metadata: Buffer.from('?') },
      'the embedded consumer protocol is malformed',
    ],
  ])('stays what it is when %s', async (_why, settings, options, reason) => {
    const world = await open(settings)
    const [a] = await classicGroup(world, [assigned(0, 1), assigned(2, 3)], options)
    const c = new ConsumerClient(world, 'group', 'c')
    expect([await c.join(), c.errorMessage]).toEqual([
      'GROUP_ID_NOT_FOUND',
      `Cannot upgrade classic group group to consumer group because ${reason}.`,
    ])
    expect(await a!.heartbeat()).toBe('NONE')
    await world.advance(10_000)
    expect(await listed(world)).toMatchObject({ groupType: 'classic', groupState: 'Empty' })
  })

  test('that an assignor of its own has left data in is not upgraded', async () => {
    const world = await open()
    const custom = encodeAssignment({ assignedPartitions: [], userData: Buffer.from('state') }, 0)
    await classicGroup(world, [custom])
    const c = new ConsumerClient(world, 'group', 'c')
    expect([await c.join(), c.errorMessage]).toEqual([
      'GROUP_ID_NOT_FOUND',
      expect.stringMatching(/because an unsupported custom assignor is in use\./),
    ])
  })
})

describe('a consumer group', () => {
  /** One member of each protocol. */
  const mixed = async (world: GroupWorld, options: MemberOptions = {}) => {
    const a = new ConsumerClient(world, 'group', 'a')
    await a.join()
    const b = world.member('group', { ...classic, ...options })
    await rejoin(world, b)
    await settleConsumers([a])
    expect(await b.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    expect(await rejoin(world, b)).toEqual([2, 3])
    expect(await b.heartbeat()).toBe('NONE')
    return { a, b }
  }

  test('takes in members of the classic protocol, which nobody has to wait for', async () => {
    const world = await open()
    const { a } = await mixed(world)
    expect(a.owned).toEqual(['topic-0', 'topic-1'])
    expect((await described(world)).groupState).toBe('Stable')
  })

  test('becomes a classic group when its last member of the consumer protocol leaves, and its members join again', async () => {
    const world = await open()
    const { a, b } = await mixed(world)
    await a.leave()
    expect(await listed(world)).toMatchObject({ groupType: 'classic', groupState: 'PreparingRebalance' })
    expect(await b.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    await world.run(b.join())
    expect(b.isLeader).toBe(true)
    expect(await world.run(sync(world, b, new Map([[b.memberId, assigned(0, 1, 2, 3)]])))).toHaveLength(4)
    expect(await listed(world)).toMatchObject({ groupType: 'classic', groupState: 'Stable' })
  })

  test('stays one when the policy forbids to go back', async () => {
    const world = await open({ groupConsumerMigrationPolicy: 'upgrade' })
    const { a, b } = await mixed(world)
    await a.leave()
    expect(await listed(world)).toMatchObject({ groupType: 'consumer' })
    expect(await b.heartbeat()).toBe('NONE')
    expect(await world.run(b.join())).toMatchObject({ errorCode: 0 })
  })

  test('refuses members of the classic protocol when migration is disabled', async () => {
    const world = await open({ groupConsumerMigrationPolicy: 'disabled' })
    await new ConsumerClient(world, 'group', 'a').join()
    const b = world.member('group', classic)
    expect(errorName((await world.run(b.join())).errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL')
  })

  test('without members becomes a classic group with the first member of that protocol; its offsets stay', async () => {
    const world = await open()
    const a = new ConsumerClient(world, 'group', 'a')
    await a.join()
    await a.commit(0, 9)
    await a.leave()
    await classicGroup(world, [assigned(0, 1, 2, 3)])
    expect(await listed(world)).toMatchObject({ groupType: 'classic', groupState: 'Stable' })
    expect(await world.committed('group', 0)).toBe(9)
  })

  test('becomes a classic group when its only static member comes back with the classic protocol', async () => {
    const world = await open()
    const a = new ConsumerClient(world, 'group', 'a', { instanceId: 'static' })
    await a.join()
    const b = world.member('group', { ...classic, instanceId: 'static' })
    await world.run(b.join())
    expect(await listed(world)).toMatchObject({ groupType: 'classic', groupState: 'Stable' })
    expect(await b.heartbeat()).toBe('NONE')
    expect(await world.run(sync(world, b))).toEqual([0, 1, 2, 3])
  })

  test.each([
    [
      'does not join again when told to',
      async (world: GroupWorld, b: GroupMember) => {
        const c = new ConsumerClient(world, 'group', 'c')
        await c.join()
        expect(await b.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
        for (let passed = 0; passed < 60_000; passed += 5_000) {
          await world.advance(5_000)
          await b.heartbeat()
        }
      },
    ],
    [
      'does not ask for its assignment',
      async (world: GroupWorld, b: GroupMember, a: ConsumerClient) => {
        await world.run(b.join())
        for (let passed = 0; passed < 60_000; passed += 5_000) {
          await world.advance(5_000)
          await Promise.all([a.beat(), b.heartbeat()])
        }
      },
    ],
    ['is not heard of', (world: GroupWorld) => world.advance(10_000)],
  ])('removes a member of the classic protocol that %s', async (_what, misbehave) => {
    const world = await open()
    const { a, b } = await mixed(world)
    await misbehave(world, b, a)
    expect(await b.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('lets members of the classic protocol leave, and tools remove static members of either', async () => {
    const world = await open()
    const { a, b } = await mixed(world)
    expect(await b.leave()).toBe('NONE')
    await settleConsumers([a])
    expect(a.owned).toHaveLength(4)
    const c = new ConsumerClient(world, 'group', 'c', { instanceId: 'static' })
    await c.join()
    const gone = { memberId: '', groupInstanceId: 'static' }
    expect((await world.run(world.groups.leave('group', [gone, gone]))).members.map(errorName)).toEqual([
      'NONE',
      'NONE',
    ])
    expect((await described(world)).members).toHaveLength(1)
  })

  test('refuses requests of the classic protocol that are of nobody, or of another generation', async () => {
    const world = await open()
    const { a, b } = await mixed(world)
    const nobody = world.member('group')
    nobody.memberId = 'nobody'
    const other = world.member('group')
    Object.assign(other, { memberId: a.memberId, generationId: a.epoch })
    const errors = async (member: GroupMember) => [await member.heartbeat(), await world.run(sync(world, member))]
    expect(await errors(nobody)).toEqual(['UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'])
    expect(await errors(other)).toEqual(['UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'])
    b.generationId++
    expect(await errors(b)).toEqual(['ILLEGAL_GENERATION', 'ILLEGAL_GENERATION'])
  })
})

import { ConsumerClient, settleConsumers } from '../../../support/consumer-client'
import { GroupWorld } from '../../../support/group-world'

const open = async (settings = {}) => {
  const world = await GroupWorld.open(settings)
  world.topics.put('topic', 4)
  return world
}
const client = (world: GroupWorld, memberId: string, options = {}) =>
  new ConsumerClient(world, 'group', memberId, options)
const described = (world: GroupWorld) => world.run(world.groups.describeConsumerGroup('group'))
const stateOf = async (world: GroupWorld) => (await described(world)).groupState

/** Two members that have two partitions each. */
const two = async (world: GroupWorld, options = {}) => {
  const members = [client(world, 'a', options), client(world, 'b', options)] as const
  for (const member of members) expect(await member.join()).toBe('NONE')
  await settleConsumers(members)
  return members
}

describe('a member that joins', () => {
  test('alone gets everything with its first answer', async () => {
    const world = await open()
    const a = client(world, 'a')
    expect(await a.join()).toBe('NONE')
    expect([a.epoch, a.owned]).toEqual([2, ['topic-0', 'topic-1', 'topic-2', 'topic-3']])
    expect(await stateOf(world)).toBe('Stable')
  })

  test('second gets its part when the first one has confirmed to have given it up, and not before', async () => {
    const world = await open()
    const [a, b] = [client(world, 'a'), client(world, 'b')]
    await a.join()
    await b.join()
    expect([b.epoch, b.owned]).toEqual([3, []])
    expect(await stateOf(world)).toBe('Reconciling')
    await a.send()
    expect(a.owned).toEqual(['topic-0', 'topic-1'])
    await b.beat()
    expect(b.owned).toEqual([])
    await a.send({ topicPartitions: a.topicPartitions })
    expect(a.epoch).toBe(3)
    await b.beat()
    expect(b.owned).toEqual(['topic-2', 'topic-3'])
    expect(await stateOf(world)).toBe('Stable')
  })

  test('before version 1 is given an id', async () => {
    const world = await open()
    const a = client(world, '')
    expect(await a.join({ knowsItsId: false })).toBe('NONE')
    expect(a.memberId).toHaveLength(22)
    expect(await a.beat()).toBe('NONE')
  })

  test('again with epoch 0 keeps its place and is told all it has', async () => {
    const world = await open()
    const [a] = await two(world)
    const { epoch, owned } = a
    expect(await a.join()).toBe('NONE')
    expect([a.epoch, a.owned]).toEqual([epoch, owned])
  })

  test('to a full group is refused, while those who are in go on', async () => {
    const world = await open({ groupConsumerMaxSize: 2 })
    const [a] = await two(world)
    const c = client(world, 'c')
    expect(await c.join()).toBe('GROUP_MAX_SIZE_REACHED')
    expect(c.errorMessage).toBe('The consumer group has reached its maximum capacity of 2 members.')
    expect(await a.beat()).toBe('NONE')
  })

  test('soon after others is assigned to when the interval between two assignments is over', async () => {
    const world = await open()
    world.groupConfig = { ...world.groupConfig, consumerAssignmentIntervalMs: 1_000 }
    const [a, b] = [client(world, 'a'), client(world, 'b')]
    await a.join()
    await b.join()
    expect([b.epoch, b.owned, await stateOf(world)]).toEqual([2, [], 'Assigning'])
    await world.advance(999)
    await b.beat()
    expect(await stateOf(world)).toBe('Assigning')
    await world.advance(1)
    await settleConsumers([a, b])
    expect([a.owned.length, b.owned.length, await stateOf(world)]).toEqual([2, 2, 'Stable'])
  })
})

describe('a heartbeat', () => {
  test('that changes nothing appends nothing and tells no assignment', async () => {
    const world = await open()
    const [a, b] = await two(world)
    const end = world.partition.log.nextOffset
    for (const member of [a, b, a, b]) expect(await member.send()).toBe('NONE')
    expect(world.partition.log.nextOffset).toBe(end)
  })

  test('with all of the state is answered with the assignment', async () => {
    const world = await open()
    const [a] = await two(world)
    a.owned = []
    const full = { rebalanceTimeoutMs: 60_000, subscribedTopicNames: ['topic'] }
    expect(await a.send({ ...full, topicPartitions: [] })).toBe('NONE')
    expect(a.owned).toHaveLength(2)
  })

  test('of an epoch that is not known is fenced', async () => {
    const world = await open()
    const [a] = await two(world)
    expect(await a.send({ memberEpoch: a.epoch + 1 })).toBe('FENCED_MEMBER_EPOCH')
    expect(a.errorMessage).toBe(
      `The consumer group member has a greater member epoch (${a.epoch + 1}) than the one known by the group coordinator (${a.epoch}). The member must abandon all its partitions and rejoin.`,
    )
    expect(await a.send({ memberEpoch: 1 })).toBe('FENCED_MEMBER_EPOCH')
    expect(a.errorMessage).toMatch(/smaller member epoch \(1\)/)
  })

  test('of the epoch before is taken from a member that has lost an answer, if it has nothing too much', async () => {
    const world = await open()
    const [a, b] = [client(world, 'a'), client(world, 'b')]
    await a.join()
    await b.join()
    await a.send()
    const lost = a.topicPartitions
    await a.send({ topicPartitions: lost })
    expect(await a.send({ memberEpoch: a.epoch - 1, topicPartitions: lost })).toBe('NONE')
    const tooMuch = [{ topicId: world.topics.id('topic'), partitions: [0, 1, 2] }]
    expect(await a.send({ memberEpoch: a.epoch - 1, topicPartitions: tooMuch })).toBe('FENCED_MEMBER_EPOCH')
    expect(await a.send({ memberEpoch: a.epoch - 1 })).toBe('FENCED_MEMBER_EPOCH')
  })

  test('of nobody, or for no group, is refused', async () => {
    const world = await open()
    const nobody = client(world, 'nobody')
    nobody.epoch = 5
    expect([await nobody.beat(), nobody.errorMessage]).toEqual([
      'GROUP_ID_NOT_FOUND',
      'Consumer group group not found.',
    ])
    expect([await nobody.leave(), nobody.errorMessage]).toEqual(['GROUP_ID_NOT_FOUND', 'Group group not found.'])
    await two(world)
    nobody.epoch = 5
    const unknown = ['UNKNOWN_MEMBER_ID', 'Member nobody is not a member of group group.']
    expect([await nobody.beat(), nobody.errorMessage]).toEqual(unknown)
    expect([await nobody.leave(), nobody.errorMessage]).toEqual(unknown)
  })

  test.each([
    [{ groupId: '' }, 'INVALID_REQUEST', "GroupId can't be empty."],
    [{ memberId: '' }, 'INVALID_REQUEST', "MemberId can't be empty."],
    [{ instanceId: ' ' }, 'INVALID_REQUEST', "InstanceId can't be empty."],
    [{ rackId: '' }, 'INVALID_REQUEST', "RackId can't be empty."],
    [{ memberEpoch: -3 }, 'INVALID_REQUEST', 'MemberEpoch is invalid.'],
    [{ memberEpoch: -2 }, 'INVALID_REQUEST', "InstanceId can't be null."],
    [{ rebalanceTimeoutMs: -1 }, 'INVALID_REQUEST', 'RebalanceTimeoutMs must be provided in first request.'],
    [{ topicPartitions: null }, 'INVALID_REQUEST', 'TopicPartitions must be empty when (re-)joining.'],
    [
      { subscribedTopicNames: null },
      'INVALID_REQUEST',
      'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
    ],
    [
      { serverAssignor: 'best' },
      'UNSUPPORTED_ASSIGNOR',
      'ServerAssignor best is not supported. Supported assignors: uniform, range.',
    ],
  ])('with %j is refused with %s', async (changes, error, message) => {
    const a = client(await open(), 'a')
    expect([await a.join(changes), a.errorMessage]).toEqual([error, message])
  })
})

describe('a member', () => {
  test('that leaves is out at once, and its partitions go to the others', async () => {
    const world = await open()
    const [a, b] = await two(world)
    expect(await a.leave()).toBe('NONE')
    await settleConsumers([b])
    expect(b.owned).toHaveLength(4)
    expect(await b.leave()).toBe('NONE')
    expect(await stateOf(world)).toBe('Empty')
  })

  test('that is not heard of for its session timeout is out', async () => {
    const world = await open()
    const [a, b] = await two(world)
    await world.advance(44_999)
    expect(await b.beat()).toBe('NONE')
    await world.advance(1)
    expect(await a.beat()).toBe('UNKNOWN_MEMBER_ID')
    await settleConsumers([b])
    expect(b.owned).toHaveLength(4)
  })

  test('that never gives up what is taken from it is out after its rebalance timeout', async () => {
    const world = await open()
    const [a, b] = [client(world, 'a', { rebalanceTimeoutMs: 10_000 }), client(world, 'b')]
    await a.join()
    await b.join()
    expect(await a.send()).toBe('NONE')
    await world.advance(9_999)
    expect(await a.send()).toBe('NONE')
    await world.advance(1)
    expect(await a.send()).toBe('UNKNOWN_MEMBER_ID')
    await settleConsumers([b])
    expect(b.owned).toHaveLength(4)
  })

  test('that gives up in time has all of its rebalance timeout the next time', async () => {
    const world = await open()
    const [a, b] = [client(world, 'a', { rebalanceTimeoutMs: 10_000 }), client(world, 'b')]
    await a.join()
    await b.join()
    await a.beat()
    await a.beat()
    await world.advance(20_000)
    expect(await a.beat()).toBe('NONE')
    expect(a.owned).toHaveLength(2)
  })

  test('that changes what it subscribes to gives up other topics without waiting for anybody', async () => {
    const world = await open()
    world.topics.put('other', 2)
    const [a, b] = await two(world)
    expect(await a.send({ subscribedTopicNames: ['other'] })).toBe('NONE')
    expect(a.owned).toEqual([])
    await settleConsumers([a, b])
    expect(a.owned).toEqual(['other-0', 'other-1'])
    expect(b.owned).toHaveLength(4)
  })

  test('may choose the assignor', async () => {
    const world = await open()
    await two(world, { assignor: 'range' })
    expect((await described(world)).assignorName).toBe('range')
  })
})

describe('topics of a group', () => {
  test('that get more partitions are assigned anew with the next heartbeats', async () => {
    const world = await open()
    const members = await two(world)
    world.topics.put('topic', 6)
    await settleConsumers(members)
    expect(members.flatMap(({ owned }) => owned)).toHaveLength(6)
  })

  test('that are created later are assigned then', async () => {
    const world = await open()
    const members = await two(world, { topics: ['topic', 'later'] })
    world.topics.put('later', 2)
    await settleConsumers(members)
    expect(members.flatMap(({ owned }) => owned)).toHaveLength(6)
  })

  test('that are deleted are given up', async () => {
    const world = await open()
    world.topics.put('other', 2)
    const members = await two(world, { topics: ['topic', 'other'] })
    world.topics.delete('other')
    await settleConsumers(members)
    expect(members.flatMap(({ owned }) => owned).sort()).toEqual(['topic-0', 'topic-1', 'topic-2', 'topic-3'])
  })

  test('that only elect another leader change nothing', async () => {
    const world = await open()
    const members = await two(world)
    const end = world.partition.log.nextOffset
    world.topics.put('topic', 4)
    await settleConsumers(members)
    expect(world.partition.log.nextOffset).toBe(end)
  })
})

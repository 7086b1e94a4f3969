import { ErrorCode, errorName } from '../../../protocol/errors'
import { type GroupMember, GroupWorld, outcomeOf } from '../../support/group-world'

const nameOf = (answer: { errorCode: number } | undefined) => (answer ? errorName(answer.errorCode) : 'waiting')

describe('a new member', () => {
  test('is given its id first, and joins with it', async () => {
    const world = await GroupWorld.open()
    const a = world.member('group')
    const first = await world.run(a.request())
    expect(nameOf(first)).toBe('MEMBER_ID_REQUIRED')
    expect(first.memberId).toMatch(/^client-[0-9a-f]{8}-[0-9a-f-]{27}$/)
    expect(await world.state('group')).toBe('Empty')
    a.memberId = first.memberId
    expect(await world.run(a.request())).toMatchObject({ errorCode: 0, memberId: a.memberId, generationId: 1 })
  })

  test('joins at once before JoinGroup 4', async () => {
    const world = await GroupWorld.open()
    expect(nameOf(await world.run(world.member('group', { joinVersion: 3 }).request()))).toBe('NONE')
  })

  test('that never comes back with its id holds up a round until its session timeout, not longer', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { sessionTimeoutMs: 30_000 })
    await world.run(world.member('group', { sessionTimeoutMs: 7_000 }).request())
    const joined = outcomeOf(a!.join())
    await world.advance(6_999)
    expect(nameOf(joined.value)).toBe('waiting')
    await world.advance(1)
    expect(joined.value?.members).toHaveLength(1)
  })

  test('that leaves before it has joined lets the round go on, and a stable group alone', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    const pending = world.member('group')
    pending.memberId = (await world.run(pending.request())).memberId
    expect(await pending.leave()).toBe('NONE')
    expect(await a!.heartbeat()).toBe('NONE')
    pending.memberId = ''
    pending.memberId = (await world.run(pending.request())).memberId
    const joined = outcomeOf(a!.join())
    await world.settle()
    expect(nameOf(joined.value)).toBe('waiting')
    await pending.leave()
    expect(nameOf(joined.value)).toBe('NONE')
  })

  test('cannot join as a static one with an id that was given to a dynamic one', async () => {
    const world = await GroupWorld.open()
    const a = world.member('group')
    a.memberId = (await world.run(a.request())).memberId
    a.options = { instanceId: 'instance' }
    expect(nameOf(await world.run(a.request()))).toBe('UNKNOWN_MEMBER_ID')
  })

  test.each([
    ['an unknown id of an unknown group', { memberId: 'nobody', group: 'unknown' }, 'UNKNOWN_MEMBER_ID'],
    ['an unknown id', { memberId: 'nobody' }, 'UNKNOWN_MEMBER_ID'],
    ['a session timeout that is too short', { sessionTimeoutMs: 5_999 }, 'INVALID_SESSION_TIMEOUT'],
    ['a session timeout that is too long', { sessionTimeoutMs: 1_800_001 }, 'INVALID_SESSION_TIMEOUT'],
    ['another protocol type', { protocolType: 'connect' }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['a protocol that not all support', { protocols: ['sticky'] }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no protocol in an empty group', { protocols: [], group: 'empty' }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no protocol type in an empty group', { protocolType: '', group: 'empty' }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no group id', { group: '' }, 'INVALID_GROUP_ID'],
  ])('is refused with %s', async (_what, { memberId = '', group = 'group', ...options }: Refused, error) => {
    const world = await GroupWorld.open()
    await world.stableGroup('group', {})
    const member = world.member(group, options)
    member.memberId = memberId
    expect(nameOf(await world.run(member.request()))).toBe(error)
  })
})

interface Refused {
  readonly memberId?: string
  readonly group?: string
  readonly sessionTimeoutMs?: number
  readonly protocolType?: string
  readonly protocols?: string[]
}

describe('the protocol of a generation', () => {
  test('is the one that most members like best among those that all support', async () => {
    const world = await GroupWorld.open({ groupInitialRebalanceDelayMs: 1_000 })
    const likes = [
      ['sticky', 'range'],
      ['range', 'roundrobin', 'sticky'],
      ['range', 'sticky'],
      ['roundrobin', 'range', 'sticky'],
    ]
    const joins = likes.map(protocols => outcomeOf(world.member('group', { protocols }).join()))
    await world.advance(2_000)
    expect(joins.map(({ value }) => value?.protocolName)).toEqual(Array(4).fill('range'))
  })

  test('changes when members come that do not support it, and cannot any more when nothing is in common', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { protocols: ['range', 'cooperative-sticky'] })
    const b = world.member('group', { protocols: ['cooperative-sticky'] })
    void b.join()
    await world.settle()
    expect((await world.run(a!.join())).protocolName).toBe('cooperative-sticky')
    a!.options = { protocols: ['range'] }
    expect(nameOf(await world.run(a!.request()))).toBe('INCONSISTENT_GROUP_PROTOCOL')
  })
})

describe('a full group', () => {
  test('takes nobody more, and its members stay', async () => {
    const world = await GroupWorld.open({ groupMaxSize: 2 })
    const [a, b] = await world.stableGroup('group', {}, {})
    expect(nameOf(await world.run(world.member('group').join()))).toBe('GROUP_MAX_SIZE_REACHED')
    expect([await a!.heartbeat(), await b!.heartbeat()]).toEqual(['NONE', 'NONE'])
    void a!.join()
    await world.settle()
    expect(nameOf(await world.run(b!.join()))).toBe('NONE')
  })

  test('of those that were given an id takes as many as there is room for', async () => {
    const world = await GroupWorld.open({ groupMaxSize: 2, groupInitialRebalanceDelayMs: 1_000 })
    const members = [world.member('group'), world.member('group'), world.member('group')]
    for (const member of members) member.memberId = (await world.run(member.request())).memberId
    const joins = members.map(member => outcomeOf(member.request()))
    await world.advance(20_000)
    expect(joins.map(({ value }) => nameOf(value))).toEqual(['NONE', 'NONE', 'GROUP_MAX_SIZE_REACHED'])
  })

  test('that has become too large by a restart with a lower limit loses those who join last', async () => {
    const world = await GroupWorld.open()
    const members = await world.stableGroup('group', {}, {}, {})
    world.settings = { ...world.settings, groupMaxSize: 2 }
    await world.restart()
    expect(await members[0]!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    const joins = []
    for (const member of members) {
      joins.push(outcomeOf(member.join()))
      await world.settle()
    }
    expect(joins.map(({ value }) => nameOf(value))).toEqual(['NONE', 'NONE', 'GROUP_MAX_SIZE_REACHED'])
  })
})

describe('a static member', () => {
  const restarted = (world: GroupWorld, member: GroupMember, joinVersion = 9) =>
    world.member('group', { ...member.options, joinVersion })

  test('that comes back within its session keeps its assignment, without a rebalance; its old self is fenced', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, { instanceId: 'b' })
    const again = restarted(world, b!)
    expect(await world.run(again.join())).toMatchObject({
      errorCode: 0,
      generationId: b!.generationId,
      leader: a!.memberId,
    })
    expect(again.memberId).toMatch(/^b-/)
    expect(again.memberId).not.toBe(b!.memberId)
    expect(await world.run(again.sync())).toBe('NONE')
    expect(again.assignment).toBe(b!.assignment)
    expect(await a!.heartbeat()).toBe('NONE')
    expect(await b!.heartbeat()).toBe('FENCED_INSTANCE_ID')
    expect(await b!.commit(0, 1)).toBe('FENCED_INSTANCE_ID')
    expect(await world.run(b!.sync())).toBe('FENCED_INSTANCE_ID')
    expect(nameOf(await world.run(b!.request()))).toBe('FENCED_INSTANCE_ID')
    expect(await b!.leave()).toBe('FENCED_INSTANCE_ID')
  })

  test('that leads and comes back is told to skip the assignment, or in older versions that another one leads', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { instanceId: 'a' })
    const second = restarted(world, a!)
    expect(await world.run(second.join())).toMatchObject({
      leader: second.memberId,
      skipAssignment: true,
      members: [{}],
    })
    const third = restarted(world, a!, 8)
    expect(await world.run(third.join())).toMatchObject({ leader: second.memberId, skipAssignment: false, members: [] })
  })

  test('that leads goes on leading when it comes back, also with others in the group', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', { instanceId: 'a' }, {})
    const again = restarted(world, a!)
    expect(await world.run(again.join())).toMatchObject({ leader: again.memberId, members: [{}, {}] })
    expect((await world.run(b!.join())).leader).toBe(again.memberId)
  })

  test('that comes back is in the log: its new id counts after a crash', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { instanceId: 'a' })
    const again = restarted(world, a!)
    await world.run(again.join())
    await world.crash({ keepPageCache: true })
    expect([await a!.heartbeat(), await again.heartbeat()]).toEqual(['FENCED_INSTANCE_ID', 'NONE'])
  })

  test('that comes back with more than a record can hold has not come back', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', { instanceId: 'a' }, {})
    const again = restarted(world, a!)
    again.options = { ...again.options, metadata: Buffer.alloc(2_000_000) }
    expect(await world.run(again.join())).toMatchObject({ errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, memberId: '' })
    expect([await a!.heartbeat(), await b!.heartbeat(), await world.state('group')]).toEqual(['NONE', 'NONE', 'Stable'])
    expect((await world.run(restarted(world, a!).join())).leader).toMatch(/^a-/)
    expect(await a!.heartbeat()).toBe('FENCED_INSTANCE_ID')
  })

  test('that could not come back is out when the session of its old self is over', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { instanceId: 'a' })
    const again = restarted(world, a!)
    again.options = { ...again.options, metadata: Buffer.alloc(2_000_000) }
    await world.run(again.join())
    await world.advance(9_999)
    expect(await world.state('group')).toBe('Stable')
    await world.advance(1)
    expect(await world.state('group')).toBe('Empty')
  })

  test('that comes back with another favourite protocol makes everyone join again when that changes the choice', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { instanceId: 'a', protocols: ['range', 'sticky'] })
    const again = world.member('group', { instanceId: 'a', protocols: ['sticky', 'range'] })
    expect(await world.run(again.join())).toMatchObject({ generationId: a!.generationId + 1, protocolName: 'sticky' })
  })

  test('that comes back while others join is part of that round, and its old request is fenced', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, { instanceId: 'b' })
    void a!.join()
    await world.settle()
    b!.options = { ...b!.options, metadata: Buffer.from('new') }
    const c = world.member('group')
    const waiting = [outcomeOf(c.join())]
    await world.settle()
    const again = outcomeOf(restarted(world, b!).join())
    await world.settle()
    expect([nameOf(waiting[0]!.value), nameOf(again.value)]).toEqual(['NONE', 'NONE'])
    expect(await b!.heartbeat()).toBe('FENCED_INSTANCE_ID')
  })

  test('that comes back while its old self waits for the round takes its place', async () => {
    const world = await GroupWorld.open()
    const [, b] = await world.stableGroup('group', {}, { instanceId: 'b' })
    b!.options = { ...b!.options, metadata: Buffer.from('new') }
    const old = outcomeOf(b!.join())
    await world.settle()
    const again = outcomeOf(restarted(world, b!).join())
    await world.settle()
    expect([nameOf(old.value), nameOf(again.value)]).toEqual(['FENCED_INSTANCE_ID', 'waiting'])
  })

  test('that comes back while assignments are awaited makes everyone join again', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, { instanceId: 'b' })
    void a!.join()
    b!.options = { ...b!.options, metadata: Buffer.from('new') }
    await world.run(b!.join())
    const synced = outcomeOf(b!.sync())
    await world.settle()
    void restarted(world, b!).join()
    await world.settle()
    expect(synced.value).toBe('FENCED_INSTANCE_ID')
    expect(await a!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  })

  test('that does not join a round keeps its place until its session is over', async () => {
    const world = await GroupWorld.open()
    const times = { rebalanceTimeoutMs: 8_000, sessionTimeoutMs: 12_000 }
    const [a, b] = await world.stableGroup('group', times, { ...times, instanceId: 'b' })
    const joined = outcomeOf(a!.join())
    await world.advance(8_000)
    expect(joined.value?.members).toHaveLength(2)
    await world.run(a!.sync({ [a!.memberId]: 'half', [b!.memberId]: 'half' }))
    const again = restarted(world, b!)
    await world.run(again.join())
    expect(await world.run(again.sync())).toBe('NONE')
    expect(again.assignment).toBe('half')
  })

  test('that is removed by its instance id needs no member id', async () => {
    const world = await GroupWorld.open()
    const [, b] = await world.stableGroup('group', {}, { instanceId: 'b' })
    const leaving = [
      { memberId: '', groupInstanceId: 'unknown' },
      { memberId: 'wrong', groupInstanceId: 'b' },
      { memberId: '', groupInstanceId: 'b' },
      { memberId: '', groupInstanceId: 'b' },
      { memberId: '', groupInstanceId: null },
    ]
    const { members } = await world.run(world.groups.leave('group', leaving))
    expect(members.map(errorName)).toEqual([
      'UNKNOWN_MEMBER_ID',
      'FENCED_INSTANCE_ID',
      'NONE',
      'UNKNOWN_MEMBER_ID',
      'UNKNOWN_MEMBER_ID',
    ])
    expect(await b!.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })
})

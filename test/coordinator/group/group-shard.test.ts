import { errorName } from '../../../protocol/errors'
import type { MemberIdentity } from '../../../src/coordinator/group/classic-member'
import { GroupWorld, outcomeOf } from '../../support/group-world'

const NOBODY = { memberId: '', groupInstanceId: null }
const inTransaction = { isTransactional: true, knowsEpochs: true, partitions: [] }

describe('a request of a member', () => {
  test('of another generation is refused with ILLEGAL_GENERATION', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    a!.generationId--
    expect([await a!.heartbeat(), await world.run(a!.sync()), await a!.commit(0, 1)]).toEqual(
      Array(3).fill('ILLEGAL_GENERATION'),
    )
  })

  test('of nobody known is refused with UNKNOWN_MEMBER_ID, whether there is such a group or not', async () => {
    const world = await GroupWorld.open()
    await world.stableGroup('group', {})
    for (const group of ['group', 'no group']) {
      const nobody = world.member(group)
      nobody.memberId = 'nobody'
      expect([await nobody.heartbeat(), await world.run(nobody.sync()), await nobody.leave()]).toEqual(
        Array(3).fill('UNKNOWN_MEMBER_ID'),
      )
    }
  })

  test('that names another protocol in SyncGroup is refused', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    const syncing = { ...a!.identity, generationId: a!.generationId, assignments: new Map() }
    const sync = async (protocolType: string | null, protocolName: string | null) =>
      errorName((await world.run(world.groups.sync('group', { ...syncing, protocolType, protocolName }))).errorCode)
    expect(await sync('consumer', 'range')).toBe('NONE')
    expect(await sync('connect', 'range')).toBe('INCONSISTENT_GROUP_PROTOCOL')
    expect(await sync('consumer', 'sticky')).toBe('INCONSISTENT_GROUP_PROTOCOL')
  })

  test('without a group id is refused', async () => {
    const world = await GroupWorld.open()
    const nobody = world.member('')
    expect([await nobody.heartbeat(), await world.run(nobody.sync()), await nobody.leave()]).toEqual(
      Array(3).fill('INVALID_GROUP_ID'),
    )
  })
})

describe('who may commit', () => {
  test('a member while it works and while others join, but not before it knows its assignment', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    expect(await a!.commit(0, 1)).toBe('NONE')
    void world.member('group').join()
    await world.settle()
    expect(await a!.commit(0, 2)).toBe('NONE')
    await world.run(a!.join())
    expect(await a!.commit(0, 3)).toBe('REBALANCE_IN_PROGRESS')
    expect(await world.committed('group', 0)).toBe(2)
  })

  test('anybody without a generation, as long as the group has no members', async () => {
    const world = await GroupWorld.open()
    expect(await world.commit('group', 0, 5)).toBe('NONE')
    const [a] = await world.stableGroup('group', {})
    expect(await world.commit('group', 0, 6)).toBe('UNKNOWN_MEMBER_ID')
    await a!.leave()
    expect(await world.commit('group', 0, 7)).toBe('NONE')
    expect(await world.committed('group', 0)).toBe(7)
  })

  test('nobody with a generation of a group that does not exist', async () => {
    const world = await GroupWorld.open()
    const nobody = world.member('unknown')
    nobody.generationId = 3
    expect(await nobody.commit(0, 1)).toBe('GROUP_ID_NOT_FOUND')
    expect(world.host.shard!.checkCommit('unknown', { ...NOBODY, ...inTransaction, memberEpoch: 3 })).toBe(22)
  })

  test('a producer that does not tell who it is may commit for a group that works', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    const { shard } = world.host
    const check = (identity: MemberIdentity, memberEpoch: number) =>
      errorName(shard!.checkCommit('group', { ...identity, ...inTransaction, memberEpoch }))
    expect(check(NOBODY, -1)).toBe('NONE')
    expect(check(a!.identity, a!.generationId + 1)).toBe('ILLEGAL_GENERATION')
    expect(check({ ...NOBODY, memberId: 'x' }, 1)).toBe('UNKNOWN_MEMBER_ID')
  })
})

describe('a coordinator that is loaded anew', () => {
  test.each([
    ['after a stop', (world: GroupWorld) => world.restart()],
    ['after its process died', (world: GroupWorld) => world.crash({ keepPageCache: true })],
  ])('%s goes on with stable groups: members, generation, assignments and offsets', async (_how, restart) => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, { instanceId: 'b' })
    await a!.commit(3, 44)
    await restart(world)
    expect(await world.committed('group', 3)).toBe(44)
    expect([await a!.heartbeat(), await b!.heartbeat()]).toEqual(['NONE', 'NONE'])
    const before = b!.assignment
    expect(await world.run(b!.sync())).toBe('NONE')
    expect(b!.assignment).toBe(before)
    expect(await a!.commit(3, 45)).toBe('NONE')
  })

  test('counts sessions from then on', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    await world.advance(9_000)
    await world.crash({ keepPageCache: true })
    await world.advance(9_999)
    expect(await a!.heartbeat()).toBe('NONE')
    await world.advance(10_000)
    expect(await world.state('group')).toBe('Empty')
  })

  test('in the middle of a round sends its members back to the generation before, from where they join again', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    void a!.join()
    await world.settle()
    await world.crash({ keepPageCache: true })
    expect([await a!.heartbeat(), await b!.heartbeat()]).toEqual(['NONE', 'NONE'])
    void a!.join()
    await world.settle()
    expect(await b!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    await world.rebalanced([a!, b!])
    expect(await world.state('group')).toBe('Stable')
  })

  test('between the answer to a join and the assignment makes members of that round begin anew', async () => {
    const world = await GroupWorld.open()
    const a = world.member('group')
    await world.run(a.join())
    await world.crash({ keepPageCache: true })
    expect([await world.run(a.sync()), await a.heartbeat()]).toEqual(['UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'])
  })

  test('knows nothing of a group that was deleted', async () => {
    const world = await GroupWorld.open()
    await world.commit('group', 0, 5)
    expect(await world.run(world.groups.deleteGroup('group'))).toBe(0)
    await world.restart()
    expect([await world.state('group'), await world.committed('group', 0)]).toEqual(['Dead', -1])
  })
})

describe('when nothing can be written', () => {
  test('because the disk failed, everyone who waits is told once that the coordinator is gone', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    const joined = outcomeOf(a!.join())
    await world.settle()
    world.logs.disk.faults.failWhen(({ operation }) => operation === 'write', 'EIO')
    const committed = await world.commit('other', 0, 1)
    expect([committed, joined.value && errorName(joined.value.errorCode)]).toEqual([
      'NOT_COORDINATOR',
      'NOT_COORDINATOR',
    ])
    expect([await b!.heartbeat(), await b!.commit(0, 1), await b!.leave()]).toEqual(Array(3).fill('NOT_COORDINATOR'))
  })

  test('because replicas are missing, commits are refused, nothing is lost, and sessions go on', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    await a!.commit(0, 1)
    world.partition.update({ ...world.partition.state, minIsr: 2 })
    expect(await a!.commit(0, 2)).toBe('COORDINATOR_NOT_AVAILABLE')
    expect(await world.committed('group', 0)).toBe(1)
    for (let second = 0; second < 30; second += 5) {
      await world.advance(5_000)
      expect(await a!.heartbeat()).toBe('NONE')
    }
    world.partition.update({ ...world.partition.state, minIsr: 1 })
    await world.advance(500)
    expect([await a!.heartbeat(), await b!.heartbeat()]).toEqual(['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID'])
    expect(await a!.commit(0, 2)).toBe('NONE')
  })

  test('because the leadership is lost, everyone who waits is sent to find the coordinator', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {}, {})
    const joined = outcomeOf(a!.join())
    await world.settle()
    world.host.close(16)
    await world.settle()
    expect(errorName(joined.value!.errorCode)).toBe('NOT_COORDINATOR')
    expect(await a!.heartbeat()).toBe('NOT_COORDINATOR')
  })

  test('because one commit is too large, that one is refused', async () => {
    const world = await GroupWorld.open()
    const partitions = Array.from({ length: 300 }, (_, partition) => ({
      partition,
      offset: 1,
      leaderEpoch: -1,
      metadata: 'x'.repeat(4000),
    }))
    const request = {
      groupId: 'group',
      ...NOBODY,
      generationId: -1,
      retentionMs: -1,
      topics: [{ topic: 'topic', partitions }],
    }
    const [topic] = await world.run(world.groups.commit(request))
    expect(new Set(topic!.partitions.map(({ errorCode }) => errorName(errorCode)))).toEqual(
      new Set(['UNKNOWN_SERVER_ERROR']),
    )
    expect(await world.commit('group', 0, 5)).toBe('NONE')
  })
})

test('assignments that are too large are refused, and members join again', async () => {
  const world = await GroupWorld.open()
  const [a, b] = await world.stableGroup('group', {}, {})
  void a!.join()
  await world.settle()
  b!.options = { metadata: Buffer.from('other') }
  await world.run(b!.join())
  const synced = outcomeOf(b!.sync())
  expect(await world.run(a!.sync({ [a!.memberId]: 'x'.repeat(2_000_000) }))).toBe('UNKNOWN_SERVER_ERROR')
  await world.settle()
  expect([synced.value, await a!.heartbeat()]).toEqual(['UNKNOWN_SERVER_ERROR', 'REBALANCE_IN_PROGRESS'])
  await world.rebalanced([a!, b!])
  expect(await world.state('group')).toBe('Stable')
})

test('members that are too many for a batch get no assignment and join again, until enough of them have left', async () => {
  const world = await GroupWorld.open()
  const members = await world.stableGroup('group', ...Array.from({ length: 10 }, () => ({})))
  for (const member of members) member.options = { metadata: Buffer.alloc(110_000) }
  for (let round = 0; round < 3; round++) {
    const joined = await world.run(Promise.all(members.map(member => member.join())))
    expect(new Set(joined.map(({ errorCode }) => errorName(errorCode)))).toEqual(new Set(['NONE']))
    // The leader is the last one to sync.
    const synced = await world.run(Promise.all(members.toReversed().map(member => member.sync())))
    expect(new Set(synced)).toEqual(new Set(['UNKNOWN_SERVER_ERROR']))
    expect(await members[0]!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  }
  expect([await members.pop()!.leave(), await members.pop()!.leave()]).toEqual(['NONE', 'NONE'])
  await world.rebalanced(members)
  expect([await world.state('group'), members[3]!.assignment]).toEqual(['Stable', `for ${members[3]!.memberId}`])
  await world.crash({ keepPageCache: true })
  expect(await members[3]!.heartbeat()).toBe('NONE')
})

test('while a coordinator is loading, heartbeats are fine and everything else is to be tried again', async () => {
  const world = await GroupWorld.open()
  const [a] = await world.stableGroup('group', {})
  world.host.close(16)
  world.beginLoading()
  const { groups } = world
  const answers = await Promise.all([
    groups.heartbeat('group', a!.identity, a!.generationId),
    a!.request().then(({ errorCode }) => errorCode),
    groups.fetch({ groupId: 'group', topics: null, requireStable: true }).then(({ errorCode }) => errorCode),
    groups.deleteGroup('group'),
    groups.describe('group', 5).then(({ errorCode }) => errorCode),
    groups.list([], []).then(({ errorCode }) => errorCode),
    groups.leave('group', [a!.identity]).then(({ errorCode }) => errorCode),
    groups.deleteOffsets('group', []).then(({ errorCode }) => errorCode),
  ])
  expect(answers.map(errorName)).toEqual(['NONE', ...Array(7).fill('COORDINATOR_LOAD_IN_PROGRESS')])
  await world.run(world.host.loaded)
  expect(await a!.heartbeat()).toBe('NONE')
})

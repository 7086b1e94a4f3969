import { errorName } from '../../../protocol/errors'
import { GroupWorld, outcomeOf } from '../../support/group-world'

const nameOf = (answer: { errorCode: number } | undefined) => (answer ? errorName(answer.errorCode) : 'waiting')

describe('a rebalance of a classic group', () => {
  test('two members: the second one makes the first join again, the leader assigns, everyone gets his part', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    expect([a!.generationId, a!.isLeader, a!.assignment]).toEqual([1, true, `for ${a!.memberId}`])

    const b = world.member('group')
    const joined = outcomeOf(b.join())
    await world.settle()
    expect(await a!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    expect(joined.value).toBeUndefined()

    const answer = await world.run(a!.join())
    expect(answer.members.map(({ memberId }) => memberId)).toEqual([a!.memberId, b.memberId])
    expect(joined.value).toMatchObject({ generationId: 2, leader: a!.memberId, members: [] })
    expect(await world.state('group')).toBe('CompletingRebalance')
    expect(await a!.heartbeat()).toBe('NONE')

    const synced = outcomeOf(b.sync())
    await world.settle()
    expect(synced.value).toBeUndefined()
    expect(await world.run(a!.sync({ [a!.memberId]: '0 1', [b.memberId]: '2 3' }))).toBe('NONE')
    expect([synced.value, a!.assignment, b.assignment]).toEqual(['NONE', '0 1', '2 3'])
    expect(await world.state('group')).toBe('Stable')
  })

  test('a member that the leader forgot gets nothing', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    await world.run(Promise.all([a!.join(), b!.heartbeat().then(() => b!.join())]))
    await world.run(Promise.all([a!.sync({ [a!.memberId]: 'all' }), b!.sync()]))
    expect([a!.assignment, b!.assignment]).toEqual(['all', ''])
  })

  test('a member that dies is out after its session timeout, and the others share anew', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', { sessionTimeoutMs: 30_000 }, { sessionTimeoutMs: 10_000 })
    await world.advance(9_999)
    expect(await a!.heartbeat()).toBe('NONE')
    await world.advance(1)
    expect(await a!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    expect(await b!.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
    expect((await world.run(a!.join())).members).toHaveLength(1)
  })

  test('a heartbeat and a commit each begin a session anew', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { sessionTimeoutMs: 10_000 })
    for (const signOfLife of [() => a!.heartbeat(), () => a!.commit(0, 1), () => a!.heartbeat()]) {
      await world.advance(9_000)
      expect(await signOfLife()).toBe('NONE')
    }
    await world.advance(10_000)
    expect(await a!.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
    expect(await world.state('group')).toBe('Empty')
  })

  test('a slow member is left out when the longest rebalance timeout is over, however often it sends heartbeats', async () => {
    const world = await GroupWorld.open()
    const [a, slow] = await world.stableGroup('group', { rebalanceTimeoutMs: 20_000 }, { rebalanceTimeoutMs: 40_000 })
    const joined = outcomeOf(a!.join())
    for (let at = 0; at < 40_000; at += 8_000) {
      await world.advance(8_000 - (at === 32_000 ? 1 : 0))
      expect(await slow!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    }
    expect(joined.value).toBeUndefined()
    await world.advance(1)
    expect(joined.value).toMatchObject({ generationId: 2, members: [{ memberId: a!.memberId }] })
    expect(await slow!.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('members that wait for a round need no heartbeats', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', { sessionTimeoutMs: 6_000 }, { sessionTimeoutMs: 30_000 })
    const joined = outcomeOf(a!.join())
    await world.advance(25_000)
    await world.run(b!.join())
    expect(nameOf(joined.value)).toBe('NONE')
  })

  test('a new member that waits for a round is given up after five minutes, for its connection may be gone', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { rebalanceTimeoutMs: 600_000 })
    const joined = outcomeOf(world.member('group').join())
    for (let minute = 0; minute < 30; minute++) {
      await world.advance(9_999)
      await a!.heartbeat()
    }
    expect(nameOf(joined.value)).toBe('waiting')
    await world.advance(31)
    expect(nameOf(joined.value)).toBe('UNKNOWN_MEMBER_ID')
  })

  test('when the leader leaves, another member leads', async () => {
    const world = await GroupWorld.open()
    const [a, b, c] = await world.stableGroup('group', {}, {}, {})
    expect(await a!.leave()).toBe('NONE')
    expect(await b!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    await world.rebalanced([b!, c!])
    expect([b!.isLeader, c!.isLeader, b!.generationId]).toEqual([true, false, b!.generationId])
    expect(await a!.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('when the leader does not come back, one who did leads', async () => {
    const world = await GroupWorld.open()
    const [, b] = await world.stableGroup(
      'group',
      { instanceId: 'absent', rebalanceTimeoutMs: 8_000 },
      { rebalanceTimeoutMs: 8_000 },
    )
    b!.options = { ...b!.options, metadata: Buffer.from('changed') }
    const joined = outcomeOf(b!.join())
    await world.advance(8_000)
    // The static one keeps its place: it may be restarting.
    expect(joined.value).toMatchObject({ errorCode: 0, leader: b!.memberId })
    expect(joined.value?.members).toHaveLength(2)
  })

  test('a leader that joins a stable group again makes everyone join again; a follower without news does not', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    expect(await world.run(b!.join())).toMatchObject({ errorCode: 0, generationId: b!.generationId, members: [] })
    expect(await world.state('group')).toBe('Stable')
    void a!.join()
    await world.settle()
    expect(await b!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  })

  test('a follower with other metadata makes everyone join again', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    b!.options = { metadata: Buffer.from('other topics') }
    void b!.join()
    await world.settle()
    expect(await a!.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  })

  test('members that wait for their assignment are sent back when another one joins', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    void a!.join()
    await world.run(b!.heartbeat().then(() => b!.join()))
    const synced = outcomeOf(b!.sync())
    await world.settle()
    void world.member('group').join()
    await world.settle()
    expect(synced.value).toBe('REBALANCE_IN_PROGRESS')
  })

  test('who does not ask for its assignment within the rebalance timeout is out, the leader too', async () => {
    const world = await GroupWorld.open()
    const slowToSync = { rebalanceTimeoutMs: 15_000, sessionTimeoutMs: 10_000 }
    const [a, b] = await world.stableGroup('group', slowToSync, slowToSync)
    void a!.join()
    await world.settle()
    await world.run(b!.join())
    const synced = outcomeOf(b!.sync())
    await world.advance(9_000)
    expect(await a!.heartbeat()).toBe('NONE')
    await world.advance(6_000)
    expect(synced.value).toBe('REBALANCE_IN_PROGRESS')
    expect(await a!.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
    await world.rebalanced([b!])
    expect(b!.isLeader).toBe(true)
  })

  test('a member that asks twice for the same is answered twice, the first time to begin anew', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    const first = outcomeOf(a!.join())
    await world.settle()
    const second = outcomeOf(a!.join())
    await world.settle()
    expect([nameOf(first.value), nameOf(second.value)]).toEqual(['REBALANCE_IN_PROGRESS', 'waiting'])
    await world.run(b!.join())
    expect(nameOf(second.value)).toBe('NONE')
    const syncs = [outcomeOf(b!.sync()), outcomeOf(b!.sync())]
    await world.settle()
    expect(syncs.map(({ value }) => value)).toEqual(['REBALANCE_IN_PROGRESS', undefined])
  })

  test('the leader may hand its assignments in twice', async () => {
    const world = await GroupWorld.open()
    const a = world.member('group')
    const joined = outcomeOf(a.join())
    await world.advance(0)
    expect(nameOf(joined.value)).toBe('NONE')
    const syncs = [outcomeOf(a.sync({ [a.memberId]: 'all' })), outcomeOf(a.sync({ [a.memberId]: 'all' }))]
    await world.settle()
    expect(syncs.map(({ value }) => value)).toEqual(['REBALANCE_IN_PROGRESS', 'NONE'])
    expect(a.assignment).toBe('all')
  })

  test('a round in which everyone left ends with an empty group of the next generation', async () => {
    const world = await GroupWorld.open()
    const [a, b] = await world.stableGroup('group', {}, {})
    const generation = a!.generationId
    await world.run(world.groups.leave('group', [a!.identity, b!.identity]))
    expect(await world.state('group')).toBe('Empty')
    expect(world.host.shard!.groups.get('group')).toMatchObject({ generationId: generation + 1, leaderId: null })
  })
})

describe('a group that does not fit into one record', () => {
  test('of one member is refused its assignment until it asks for less, and its log stays readable', async () => {
    const world = await GroupWorld.open()
    const member = world.member('group', { metadata: Buffer.alloc(600_000) })
    for (let round = 1; round <= 2; round++) {
      await world.run(member.join())
      expect(await world.run(member.sync({ [member.memberId]: 'x'.repeat(600_000) }))).toBe('UNKNOWN_SERVER_ERROR')
      expect(await member.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
      expect([member.generationId, member.assignment, await world.state('group')]).toEqual([
        round,
        null,
        'PreparingRebalance',
      ])
    }
    await world.run(member.join())
    expect(await world.run(member.sync({ [member.memberId]: 'less' }))).toBe('NONE')
    await world.restart()
    expect(await member.heartbeat()).toBe('NONE')
  })

  test('of thousands of members is refused its assignments, and goes on with those who join again', async () => {
    const world = await GroupWorld.open({ groupInitialRebalanceDelayMs: 3_000 })
    const metadata = Buffer.alloc(500)
    const members = Array.from({ length: 2_000 }, () => world.member('group', { joinVersion: 3, metadata }))
    const joins = members.map(member => member.join())
    await world.advance(6_000)
    await world.run(Promise.all(joins))
    // The leader, who assigns, is the first member.
    const syncs = members.toReversed().map(member => outcomeOf(member.sync()))
    await world.settle()
    expect(new Set(syncs.map(({ value }) => value))).toEqual(new Set(['UNKNOWN_SERVER_ERROR']))
    expect(await world.state('group')).toBe('PreparingRebalance')

    const staying = members.slice(0, 1_000)
    const rejoins = staying.map(member => member.join())
    await world.advance(10_000)
    await world.run(Promise.all(rejoins))
    expect(new Set(await world.run(Promise.all(staying.map(member => member.sync()))))).toEqual(new Set(['NONE']))
    expect(await world.state('group')).toBe('Stable')
    expect(await members.at(-1)!.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })
})

describe('the first round of an empty group', () => {
  const delayed = { groupInitialRebalanceDelayMs: 3_000 }

  test('waits for its delay, and once more whenever somebody came', async () => {
    const world = await GroupWorld.open(delayed)
    const a = outcomeOf(world.member('group').join())
    await world.advance(2_000)
    const b = outcomeOf(world.member('group').join())
    await world.advance(1_000)
    expect(nameOf(a.value)).toBe('waiting')
    await world.advance(3_000)
    expect([a.value?.generationId, b.value?.generationId]).toEqual([1, 1])
    expect(a.value?.members).toHaveLength(2)
  })

  test('waits no longer than the rebalance timeout', async () => {
    const world = await GroupWorld.open(delayed)
    const joins = []
    for (let second = 0; second < 10; second++) {
      joins.push(outcomeOf(world.member('group', { rebalanceTimeoutMs: 10_000 }).join()))
      await world.advance(1_000)
    }
    expect(joins.map(({ value }) => value?.generationId)).toEqual(Array(10).fill(1))
  })

  test('ends at once without a delay', async () => {
    const world = await GroupWorld.open()
    const joined = outcomeOf(world.member('group').join())
    await world.advance(0)
    expect(joined.value?.generationId).toBe(1)
  })

  test('of which everyone leaves again leaves an empty group', async () => {
    const world = await GroupWorld.open(delayed)
    const a = world.member('group')
    const joined = outcomeOf(a.join())
    await world.settle()
    expect(await a.leave()).toBe('NONE')
    expect(nameOf(joined.value)).toBe('UNKNOWN_MEMBER_ID')
    await world.advance(3_000)
    expect(await world.state('group')).toBe('Empty')
  })
})

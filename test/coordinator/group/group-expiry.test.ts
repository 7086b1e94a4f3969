import { encodeBatch } from '../../../protocol/records/record-batch'
import { GroupMetadata } from '../../../protocol/records-on-disk/group-metadata'
import { encodeRecordKey, encodeRecordValue } from '../../../protocol/schema/coordinator-record'
import { ConsumerClient } from '../../support/consumer-client'
import { GroupWorld } from '../../support/group-world'
import { subscription } from '../../support/subscription'

const MINUTE = 60_000
const hourly = { offsetsRetentionMinutes: 60, offsetsRetentionCheckIntervalMs: 10 * MINUTE }

test('offsets of a group that was never joined are kept for the retention time after their commit, each for itself', async () => {
  const world = await GroupWorld.open(hourly)
  await world.commit('group', 0, 1)
  await world.advance(30 * MINUTE)
  await world.commit('group', 1, 2)
  await world.advance(30 * MINUTE)
  expect([await world.committed('group', 0), await world.committed('group', 1)]).toEqual([-1, 2])
  expect(await world.state('group')).toBe('Empty')
  await world.advance(30 * MINUTE)
  expect([await world.committed('group', 1), await world.state('group')]).toEqual([-1, 'Dead'])
  await world.restart()
  expect([await world.committed('group', 1), await world.state('group')]).toEqual([-1, 'Dead'])
})

test('offsets of a group with members do not expire; when the last one has left, the retention time begins', async () => {
  const world = await GroupWorld.open(hourly)
  const [a] = await world.stableGroup('group', { metadata: subscription('topic'), sessionTimeoutMs: 1_800_000 })
  await a!.commit(0, 1)
  for (let hour = 0; hour < 3; hour++) {
    for (let half = 0; half < 2; half++) {
      await world.advance(29 * MINUTE)
      expect(await a!.heartbeat()).toBe('NONE')
    }
  }
  await a!.leave()
  await world.advance(59 * MINUTE)
  expect(await world.committed('group', 0)).toBe(1)
  await world.advance(11 * MINUTE)
  expect(await world.committed('group', 0)).toBe(-1)
})

test('offsets of topics that no consumer of a stable group reads any more expire', async () => {
  const world = await GroupWorld.open(hourly)
  const [a] = await world.stableGroup('group', { metadata: subscription('read'), sessionTimeoutMs: 1_800_000 })
  await a!.commit(0, 1, 'read')
  await a!.commit(0, 2, 'given up')
  for (let at = 0; at < 3; at++) {
    await world.advance(25 * MINUTE)
    await a!.heartbeat()
  }
  expect([await world.committed('group', 0, 'read'), await world.committed('group', 0, 'given up')]).toEqual([1, -1])
})

test('a retention time that the client chose counts instead', async () => {
  const world = await GroupWorld.open(hourly)
  const partitions = [{ partition: 0, offset: 1, leaderEpoch: -1, metadata: null }]
  const nobody = { memberId: '', groupInstanceId: null, generationId: -1 }
  for (const [groupId, retentionMs] of [
    ['short', 5 * MINUTE],
    ['long', 100 * MINUTE],
  ] as const) {
    await world.run(world.groups.commit({ groupId, ...nobody, retentionMs, topics: [{ topic: 'topic', partitions }] }))
  }
  await world.advance(10 * MINUTE)
  expect([await world.committed('short', 0), await world.committed('long', 0)]).toEqual([-1, 1])
  await world.advance(80 * MINUTE)
  expect(await world.committed('long', 0)).toBe(1)
  await world.advance(10 * MINUTE)
  expect(await world.committed('long', 0)).toBe(-1)
})

test('offsets of a group whose record does not tell since when it is empty are kept from their commit on', async () => {
  const world = await GroupWorld.open(hourly)
  const empty = { protocolType: 'consumer', generation: 7, protocol: null, leader: null, members: [] }
  const record = {
    key: encodeRecordKey(GroupMetadata, { group: 'old' }),
    value: encodeRecordValue(GroupMetadata, empty, 1),
    timestamp: world.logs.clock.now(),
  }
  world.partition.append(encodeBatch({ records: [record] }), -1, { origin: 'coordinator', now: 0 })
  await world.settle()
  await world.restart()
  await world.commit('old', 0, 1)
  await world.advance(50 * MINUTE)
  expect(await world.committed('old', 0)).toBe(1)
  await world.advance(10 * MINUTE)
  expect(await world.committed('old', 0)).toBe(-1)
})

test('more tombstones than fit into one batch are written in several', async () => {
  const world = await GroupWorld.open(hourly)
  for (let at = 0; at < 5; at++) {
    const partitions = Array.from({ length: 4_000 }, (_, index) => ({
      partition: at * 4_000 + index,
      offset: 1,
      leaderEpoch: -1,
      metadata: '',
    }))
    const topics = [{ topic: 'a topic with a rather long name', partitions }]
    await world.run(
      world.groups.commit({
        groupId: 'group',
        memberId: '',
        groupInstanceId: null,
        generationId: -1,
        retentionMs: -1,
        topics,
      }),
    )
  }
  await world.advance(60 * MINUTE)
  expect(await world.state('group')).toBe('Dead')
  await world.restart()
  expect(await world.state('group')).toBe('Dead')
})

test('a group of either protocol that was left without offsets goes with the next check, which comes at intervals since loading', async () => {
  const world = await GroupWorld.open(hourly)
  const groupsLeft = async () => (await world.run(world.groups.list([], []))).groups.map(({ groupId }) => groupId)
  const joinAndLeave = async (name: string) => {
    const [classic] = await world.stableGroup(`classic ${name}`, {})
    await classic!.leave()
    const consumer = new ConsumerClient(world, `consumer ${name}`, 'member')
    await consumer.join()
    await consumer.leave()
    return [`classic ${name}`, `consumer ${name}`]
  }
  const early = await joinAndLeave('early')
  await world.advance(9 * MINUTE)
  const late = await joinAndLeave('late')
  expect(await groupsLeft()).toEqual([...early, ...late])
  await world.advance(MINUTE)
  expect(await groupsLeft()).toEqual([])
  const afterwards = await joinAndLeave('afterwards')
  await world.advance(MINUTE)
  await world.restart()
  await world.advance(9 * MINUTE)
  expect(await groupsLeft()).toEqual(afterwards)
  await world.advance(MINUTE)
  expect(await groupsLeft()).toEqual([])
})

test('a group to which somebody was given an id stays until he has come or gone', async () => {
  const world = await GroupWorld.open(hourly)
  const member = world.member('group', { sessionTimeoutMs: 15 * MINUTE })
  member.memberId = (await world.run(member.request())).memberId
  await world.advance(10 * MINUTE)
  expect(await world.state('group')).toBe('Empty')
  await world.advance(10 * MINUTE)
  expect(await world.state('group')).toBe('Dead')
})

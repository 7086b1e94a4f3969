import { errorName } from '../../../../protocol/errors'
import { ConsumerClient, settleConsumers } from '../../../support/consumer-client'
import { GroupWorld } from '../../../support/group-world'

const RETENTION_MS = 20 * 60_000

const open = async () => {
  const world = await GroupWorld.open({ offsetsRetentionMinutes: RETENTION_MS / 60_000 })
  world.topics.put('topic', 4)
  world.topics.put('other', 1)
  return world
}
const joined = async (world: GroupWorld, memberId: string) => {
  const member = new ConsumerClient(world, 'group', memberId)
  await member.join()
  return member
}
const deleteOffsets = async (world: GroupWorld, topic: string) => {
  const { topics } = await world.run(world.groups.deleteOffsets('group', [{ topic, partitions: [0] }]))
  return errorName(topics[0]!.partitions[0]!.errorCode)
}

describe('a member that commits', () => {
  test('may do so in its epoch, and in an earlier one for what it has had since then', async () => {
    const world = await open()
    const a = await joined(world, 'a')
    const first = a.epoch
    const b = await joined(world, 'b')
    await settleConsumers([a, b])
    expect(a.epoch).toBe(first + 1)
    expect(await a.commit(0, 5)).toBe('NONE')
    expect(await a.commit(0, 6, { epoch: first })).toBe('NONE')
    expect(await a.commit(3, 6, { epoch: first })).toBe('STALE_MEMBER_EPOCH')
    expect(await b.commit(3, 6, { epoch: b.epoch - 1 })).toBe('STALE_MEMBER_EPOCH')
    expect(await a.commit(0, 7, { epoch: a.epoch + 1 })).toBe('STALE_MEMBER_EPOCH')
    expect(await world.committed('group', 0)).toBe(6)
  })

  test('may still do so for what it has to give up', async () => {
    const world = await open()
    const a = await joined(world, 'a')
    await joined(world, 'b')
    const { epoch } = a
    await a.send()
    expect(await a.commit(3, 9, { epoch })).toBe('NONE')
  })

  test('has to be known, and to know of epochs', async () => {
    const world = await open()
    const a = await joined(world, 'a')
    expect(await world.commit('group', 0, 5)).toBe('UNKNOWN_MEMBER_ID')
    const topics = [{ topic: 'topic', partitions: [{ partition: 0, offset: 1, leaderEpoch: -1, metadata: '' }] }]
    const old = { groupId: 'group', memberId: 'a', groupInstanceId: null, generationId: a.epoch, retentionMs: -1 }
    const [committed] = await world.run(world.groups.commit({ ...old, topics, knowsEpochs: false }))
    expect(errorName(committed!.partitions[0]!.errorCode)).toBe('UNSUPPORTED_VERSION')
  })

  test('within a transaction is refused with the code of the classic protocol', async () => {
    const world = await open()
    const a = await joined(world, 'a')
    const check = (memberEpoch: number, memberId = 'a') =>
      errorName(
        world.host.shard!.checkCommit('group', {
          memberId,
          groupInstanceId: null,
          memberEpoch,
          isTransactional: true,
          knowsEpochs: true,
          partitions: [],
        }),
      )
    expect([check(a.epoch), check(-1, '')]).toEqual(['NONE', 'NONE'])
    expect([check(a.epoch + 1), check(3, 'nobody')]).toEqual(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])
  })

  test('for a group that all have left may be anybody', async () => {
    const world = await open()
    const a = await joined(world, 'a')
    await a.leave()
    expect(await world.commit('group', 0, 5)).toBe('NONE')
  })
})

test('offsets are told to members of this epoch, and to those who do not say who they are', async () => {
  const world = await open()
  const a = await joined(world, 'a')
  await a.commit(0, 5)
  const fetch = async (memberId: string | null, memberEpoch: number) => {
    const fetched = await world.run(
      world.groups.fetch({ groupId: 'group', topics: null, requireStable: false, memberId, memberEpoch }),
    )
    return fetched.errorCode === 0 ? fetched.topics[0]!.partitions[0]!.offset : errorName(fetched.errorCode)
  }
  expect([await fetch('a', a.epoch), await fetch(null, -1)]).toEqual([5, 5])
  expect([await fetch('a', a.epoch - 1), await fetch('nobody', 1)]).toEqual(['STALE_MEMBER_EPOCH', 'UNKNOWN_MEMBER_ID'])
})

test('offsets of topics that members read are not deleted, others are', async () => {
  const world = await open()
  const a = await joined(world, 'a')
  await a.commit(0, 5)
  await a.commit(0, 5, { topic: 'other' })
  expect([await deleteOffsets(world, 'topic'), await deleteOffsets(world, 'other')]).toEqual([
    'GROUP_SUBSCRIBED_TO_TOPIC',
    'NONE',
  ])
  expect([await world.committed('group', 0), await world.committed('group', 0, 'other')]).toEqual([5, -1])
})

test('a group is deleted with all that it has when nobody is in it', async () => {
  const world = await open()
  const a = await joined(world, 'a')
  await a.commit(0, 5)
  expect(errorName(await world.run(world.groups.deleteGroup('group')))).toBe('NON_EMPTY_GROUP')
  await a.leave()
  expect(errorName(await world.run(world.groups.deleteGroup('group')))).toBe('NONE')
  await world.restart()
  expect((await world.run(world.groups.list([], []))).groups).toEqual([])
  expect(await world.committed('group', 0)).toBe(-1)
})

test('offsets that nobody reads expire after their retention, and an empty group ends with the last one', async () => {
  const world = await open()
  const a = await joined(world, 'a')
  await a.commit(0, 5)
  await a.commit(0, 5, { topic: 'other' })
  for (let passed = 0; passed < RETENTION_MS + 600_000; passed += 40_000) {
    await world.advance(40_000)
    await a.beat()
  }
  await world.advance(0)
  expect(await world.committed('group', 0)).toBe(5)
  expect(await world.committed('group', 0, 'other')).toBe(-1)
  await a.leave()
  await world.advance(600_000)
  expect(await world.committed('group', 0)).toBe(-1)
  expect((await world.run(world.groups.list([], []))).groups).toEqual([])
})

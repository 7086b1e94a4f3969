import { errorName } from '../../../protocol/errors'
import { GroupWorld } from '../../support/group-world'
import { subscription } from '../../support/subscription'

const nobody = { memberId: '', groupInstanceId: null, generationId: -1, retentionMs: -1 }
const at = (partition: number, offset: number, metadata: string | null = '') => ({
  partition,
  offset,
  leaderEpoch: 3,
  metadata,
})

describe('committed offsets', () => {
  test('come back as they were committed; what never was is -1 and no error', async () => {
    const world = await GroupWorld.open()
    const topics = [{ topic: 'topic', partitions: [at(0, 5, 'some text'), at(1, 6, null)] }]
    await world.run(world.groups.commit({ ...nobody, groupId: 'group', topics }))
    const wanted = [{ topic: 'topic', partitions: [0, 1, 2] }]
    const fetched = await world.run(world.groups.fetch({ groupId: 'group', topics: wanted, requireStable: false }))
    expect(fetched.topics[0]!.partitions).toEqual([
      { partition: 0, offset: 5, leaderEpoch: 3, metadata: 'some text', errorCode: 0 },
      { partition: 1, offset: 6, leaderEpoch: 3, metadata: '', errorCode: 0 },
      { partition: 2, offset: -1, leaderEpoch: -1, metadata: '', errorCode: 0 },
    ])
    expect(
      (await world.run(world.groups.fetch({ groupId: 'group', topics: null, requireStable: false }))).topics[0]!
        .partitions,
    ).toHaveLength(2)
    expect(await world.run(world.groups.fetch({ groupId: 'unknown', topics: null, requireStable: false }))).toEqual({
      errorCode: 0,
      topics: [],
    })
  })

  test('have metadata up to the limit, which is counted in characters', async () => {
    const world = await GroupWorld.open({ offsetMetadataMaxBytes: 10 })
    const topics = [{ topic: 'topic', partitions: [at(0, 1, 'ä'.repeat(10)), at(1, 1, 'a'.repeat(11))] }]
    const [committed] = await world.run(world.groups.commit({ ...nobody, groupId: 'group', topics }))
    expect(committed!.partitions.map(({ errorCode }) => errorName(errorCode))).toEqual([
      'NONE',
      'OFFSET_METADATA_TOO_LARGE',
    ])
    expect([await world.committed('group', 0), await world.committed('group', 1)]).toEqual([1, -1])
  })

  test('of an earlier topic of the same name are not those of the new one', async () => {
    const world = await GroupWorld.open()
    const [old, young] = ['b2xkIHRvcGljIGlkIDEyMw', 'bmV3IHRvcGljIGlkIDEyMw']
    const topics = [{ topic: 'topic', topicId: old, partitions: [at(0, 5)] }]
    await world.run(world.groups.commit({ ...nobody, groupId: 'group', topics }))
    const offsetOf = async (topicId?: string) => {
      const wanted = [{ topic: 'topic', ...(topicId !== undefined && { topicId }), partitions: [0] }]
      return (await world.run(world.groups.fetch({ groupId: 'group', topics: wanted, requireStable: false })))
        .topics[0]!.partitions[0]!.offset
    }
    expect([await offsetOf(old), await offsetOf(young), await offsetOf()]).toEqual([5, -1, 5])
  })

  test('of deleted topics are forgotten', async () => {
    const world = await GroupWorld.open()
    for (const group of ['one', 'two']) for (const topic of ['kept', 'gone']) await world.commit(group, 0, 5, topic)
    await world.run(world.groups.forgetTopics(new Set(['gone'])))
    await world.restart()
    expect([await world.committed('one', 0, 'kept'), await world.committed('one', 0, 'gone')]).toEqual([5, -1])
    expect([await world.committed('two', 0, 'kept'), await world.committed('two', 0, 'gone')]).toEqual([5, -1])
  })
})

describe('the deletion of offsets', () => {
  const deletion = async (world: GroupWorld, groupId: string, ...topics: string[]) => {
    const wanted = topics.map(topic => ({ topic, partitions: [0] }))
    const { errorCode, topics: results } = await world.run(world.groups.deleteOffsets(groupId, wanted))
    return errorCode === 0 ? results.map(({ partitions }) => errorName(partitions[0]!.errorCode)) : errorName(errorCode)
  }

  test('is refused for topics that a consumer reads', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { metadata: subscription('read') })
    await a!.commit(0, 1, 'read')
    await a!.commit(0, 2, 'not read')
    expect(await deletion(world, 'group', 'read', 'not read')).toEqual(['GROUP_SUBSCRIBED_TO_TOPIC', 'NONE'])
    expect([await world.committed('group', 0, 'read'), await world.committed('group', 0, 'not read')]).toEqual([1, -1])
    await a!.leave()
    expect(await deletion(world, 'group', 'read')).toEqual(['NONE'])
  })

  test('is refused for all topics when it cannot be known what consumers read', async () => {
    const world = await GroupWorld.open()
    await world.stableGroup('group', { metadata: Buffer.from([1]) })
    expect(await deletion(world, 'group', 'topic')).toEqual(['GROUP_SUBSCRIBED_TO_TOPIC'])
  })

  test('is refused for groups that are no consumers, as long as they have members, and for unknown groups', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', { protocolType: 'connect' })
    expect(await deletion(world, 'group', 'topic')).toBe('NON_EMPTY_GROUP')
    await a!.leave()
    expect(await deletion(world, 'group', 'topic')).toEqual(['NONE'])
    expect(await deletion(world, 'unknown', 'topic')).toBe('GROUP_ID_NOT_FOUND')
    expect(await deletion(world, '', 'topic')).toBe('INVALID_GROUP_ID')
  })
})

describe('the deletion of a group', () => {
  test('is refused while it has members, and takes its offsets with it', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    await a!.commit(0, 1)
    expect(errorName(await world.run(world.groups.deleteGroup('group')))).toBe('NON_EMPTY_GROUP')
    await a!.leave()
    expect(errorName(await world.run(world.groups.deleteGroup('group')))).toBe('NONE')
    expect([await world.committed('group', 0), await world.state('group')]).toEqual([-1, 'Dead'])
    expect(errorName(await world.run(world.groups.deleteGroup('group')))).toBe('GROUP_ID_NOT_FOUND')
  })

  test('of which somebody holds a new id makes him begin anew', async () => {
    const world = await GroupWorld.open()
    const member = world.member('group')
    member.memberId = (await world.run(member.request())).memberId
    await world.run(world.groups.deleteGroup('group'))
    expect(errorName((await world.run(member.request())).errorCode)).toBe('UNKNOWN_MEMBER_ID')
    member.memberId = ''
    expect(errorName((await world.run(member.join())).errorCode)).toBe('NONE')
  })
})

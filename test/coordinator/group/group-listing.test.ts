import { errorName } from '../../../protocol/errors'
import { ConsumerClient } from '../../support/consumer-client'
import { GroupWorld } from '../../support/group-world'

describe('the list of groups', () => {
  const world = GroupWorld.open().then(async world => {
    await world.commit('simple', 0, 1)
    await world.stableGroup('stable', {})
    await world.run(world.member('new').request())
    await new ConsumerClient(world, 'modern', 'member').join()
    return world
  })
  const classic = ['new', 'simple', 'stable']
  const all = ['modern', ...classic]

  test.each([
    ['everything without filters', [], [], all],
    ['states in any case and with blanks around', [' eMPTY '], [], ['new', 'simple']],
    ['several states', ['Stable', 'Empty'], [], all],
    ['no group in a state that there is not', ['Nonsense'], [], []],
    ['types in any case', [], ['CLASSIC'], classic],
    ['groups of the other type', [], ['consumer'], ['modern']],
    ['no group of a type with blanks around', [], [' consumer '], []],
    ['states and types together', ['Stable'], ['classic'], ['stable']],
  ])('has %s', async (_what, states, types, expected) => {
    const { groups } = await (await world).run((await world).groups.list(states, types))
    expect(groups.map(({ groupId }) => groupId).sort()).toEqual(expected)
  })

  test('tells type, state and protocol type', async () => {
    const { groups } = await (await world).run((await world).groups.list([], []))
    expect(groups).toEqual(
      expect.arrayContaining([
        { groupId: 'stable', groupType: 'classic', groupState: 'Stable', protocolType: 'consumer' },
        { groupId: 'modern', groupType: 'consumer', groupState: 'Stable', protocolType: 'consumer' },
        { groupId: 'simple', groupType: 'classic', groupState: 'Empty', protocolType: '' },
      ]),
    )
  })
})

describe('the description of a group', () => {
  test.each([
    [5, { errorCode: 0, groupState: 'Dead', errorMessage: null }],
    [6, { errorCode: 69, groupState: 'Dead', errorMessage: 'Group group is not a classic group.' }],
  ])('of the consumer protocol is that of a dead one in version %d', async (version, expected) => {
    const world = await GroupWorld.open()
    await new ConsumerClient(world, 'group', 'member').join()
    expect(await world.run(world.groups.describe('group', version))).toMatchObject(expected)
  })

  test('tells its members; their subscriptions only while it is stable', async () => {
    const world = await GroupWorld.open()
    const [a] = await world.stableGroup('group', {})
    const described = await world.run(world.groups.describe('group', 5))
    expect(described).toMatchObject({
      errorCode: 0,
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
    })
    expect(described.members).toEqual([
      {
        memberId: a!.memberId,
        groupInstanceId: null,
        clientId: 'client',
        clientHost: '/127.0.0.1',
        memberMetadata: Buffer.from('metadata'),
        memberAssignment: Buffer.from(a!.assignment!),
      },
    ])
    await world.run(a!.join())
    const completing = await world.run(world.groups.describe('group', 5))
    expect(completing).toMatchObject({ groupState: 'CompletingRebalance', protocolData: '' })
    expect(completing.members[0]!.memberMetadata).toHaveLength(0)
  })

  test('of one that does not exist is that of a dead one, and an error from version 6 on', async () => {
    const world = await GroupWorld.open()
    const at = async (version: number) => {
      const { errorCode, errorMessage, groupState } = await world.run(world.groups.describe('none', version))
      return [errorName(errorCode), errorMessage, groupState]
    }
    expect(await at(5)).toEqual(['NONE', null, 'Dead'])
    expect(await at(6)).toEqual(['GROUP_ID_NOT_FOUND', 'Group none not found.', 'Dead'])
  })
})

import { errorName } from '../../../protocol/errors'
import { GroupWorld } from '../../support/group-world'

describe('the list of groups', () => {
  const world = GroupWorld.open().then(async world => {
    await world.commit('simple', 0, 1)
    await world.stableGroup('stable', {})
    await world.run(world.member('new').request())
    return world
  })
  const all = ['new', 'simple', 'stable']

  test.each([
    ['everything without filters', [], [], all],
    ['states in any case and with blanks around', [' eMPTY '], [], ['new', 'simple']],
    ['several states', ['Stable', 'Empty'], [], all],
    ['no group in a state that there is not', ['Nonsense'], [], []],
    ['types in any case', [], ['CLASSIC'], all],
    ['no group of another type', [], ['consumer'], []],
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
        { groupId: 'simple', groupType: 'classic', groupState: 'Empty', protocolType: '' },
      ]),
    )
  })
})

describe('the description of a group', () => {
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

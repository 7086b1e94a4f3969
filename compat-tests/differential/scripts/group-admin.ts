import { DescribeGroups } from '../../../protocol/messages/15-describe-groups'
import { ListGroups } from '../../../protocol/messages/16-list-groups'
import { DeleteGroups } from '../../../protocol/messages/42-delete-groups'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic } from '../steps'
import { commit } from './commits'
import { join, joinFully, stableGroup } from './group-steps'

const describe = (stage: Stage, version: number, groups: readonly string[], includeAuthorizedOperations = false) =>
  stage.send(DescribeGroups, version, { groups, includeAuthorizedOperations })

/** Only the groups of this script are compared. */
const list = (stage: Stage, version: number, filters: { statesFilter?: string[]; typesFilter?: string[] } = {}) =>
  stage.send(ListGroups, version, filters, answer => ({
    ...answer,
    groups: answer.groups.filter(({ groupId }) => groupId.startsWith(`${stage.prefix}-`)),
  }))

/** A group that has nothing but committed offsets. */
const emptyGroup = async (stage: Stage): Promise<string> => {
  const topic = await newTopic(stage)
  const groupId = stage.name('group')
  await commit(stage, 7, topic, { groupId })
  return groupId
}

export const groupAdmin = area(
  'group administration',
  script('a stable group is described', [0, 1, 3, 4, 5, 6], async (stage, version) => {
    const { groupId } = await stableGroup(stage)
    await describe(stage, version, [groupId])
  }),
  script('a static member is described', [3, 4, 6], async (stage, version) => {
    const { groupId } = await stableGroup(stage, { groupInstanceId: 'i' })
    await describe(stage, version, [groupId])
  }),
  script('a group that waits for its assignment is described', [0, 5], async (stage, version) => {
    const { groupId } = await joinFully(stage, 5)
    await describe(stage, version, [groupId])
  }),
  script('a group with a pending member is described', [5], async (stage, version) => {
    await join(stage, 4)
    await describe(stage, version, [stage.name('group')])
  }),
  script('a group of offsets only is described', [0, 5, 6], async (stage, version) =>
    describe(stage, version, [await emptyGroup(stage)]),
  ),
  script('an unknown group is described', [0, 4, 5, 6], (stage, version) =>
    describe(stage, version, [stage.name('unknown')]),
  ),
  script('a group without a name is described', [0, 5, 6], (stage, version) => describe(stage, version, [''])),
  script('no group is described', [0, 6], (stage, version) => describe(stage, version, [])),
  script('several groups are described', [0, 6], async (stage, version) => {
    const { groupId } = await stableGroup(stage)
    await describe(stage, version, [stage.name('unknown'), groupId, groupId])
  }),
  script('authorized operations of a group', [3, 6], async (stage, version) => {
    const { groupId } = await stableGroup(stage)
    await describe(stage, version, [groupId, stage.name('unknown')], true)
  }),
  script('groups are listed', [0, 1, 3, 4, 5], async (stage, version) => {
    await stableGroup(stage)
    await list(stage, version)
  }),
  script('a group of offsets only is listed', [0, 4, 5], async (stage, version) => {
    await emptyGroup(stage)
    await list(stage, version)
  }),
  ...['Stable', 'stable', 'Empty', 'Dead', 'PreparingRebalance', 'Nonsense', 'Assigning'].map(state =>
    script(`groups that are ${state} are listed`, [4, 5], async (stage, version) => {
      await stableGroup(stage)
      await list(stage, version, { statesFilter: [state] })
    }),
  ),
  ...['classic', 'Classic', 'consumer', 'share', 'nonsense'].map(type =>
    script(`groups of type ${type} are listed`, [5], async (stage, version) => {
      await stableGroup(stage)
      await list(stage, version, { typesFilter: [type] })
    }),
  ),
  script('a group of offsets only is deleted', [0, 1, 2], async (stage, version) => {
    const groupId = await emptyGroup(stage)
    await stage.send(DeleteGroups, version, { groupsNames: [groupId] })
    await describe(stage, 5, [groupId])
  }),
  script('a group with a member is deleted', [0, 2], async (stage, version) => {
    const { groupId } = await stableGroup(stage)
    await stage.send(DeleteGroups, version, { groupsNames: [groupId] })
  }),
  script('an unknown group is deleted', [0, 2], (stage, version) =>
    stage.send(DeleteGroups, version, { groupsNames: [stage.name('unknown')] }),
  ),
  script('a group without a name is deleted', [0, 2], (stage, version) =>
    stage.send(DeleteGroups, version, { groupsNames: [''] }),
  ),
  script('a group is deleted twice', [0, 2], async (stage, version) => {
    const groupId = await emptyGroup(stage)
    await stage.send(DeleteGroups, version, { groupsNames: [groupId, groupId] })
    await stage.send(DeleteGroups, version, { groupsNames: [groupId] })
  }),
  script('no group is deleted', [0, 2], (stage, version) => stage.send(DeleteGroups, version, { groupsNames: [] })),
)

import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { ListGroups } from '../../protocol/messages/16-list-groups'
import { stableGroup, startGroupBroker, TOPIC } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeAll(async () => {
  broker = (await startGroupBroker({ 'offsets.topic.num.partitions': '5' })).broker
  await stableGroup(broker, 'busy')
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 5 }] }]
  await broker.ask(OffsetCommit, 9, { groupId: 'simple', generationIdOrMemberEpoch: -1, memberId: '', topics })
})

afterAll(() => broker.close())

test.each([0, 1, 2, 3, 4, 5])('version %i lists the groups of all partitions', async version => {
  const { errorCode, groups } = await broker.ask(ListGroups, version, {})
  expect(errorCode).toBe(0)
  expect(groups.sort((a, b) => a.groupId.localeCompare(b.groupId))).toEqual([
    {
      groupId: 'busy',
      protocolType: 'consumer',
      groupState: version >= 4 ? 'Stable' : '',
      groupType: version >= 5 ? 'classic' : '',
    },
    {
      groupId: 'simple',
      protocolType: '',
      groupState: version >= 4 ? 'Empty' : '',
      groupType: version >= 5 ? 'classic' : '',
    },
  ])
})

test('versions 4 and 5 take filters', async () => {
  const list = async (version: number, filters: object) =>
    (await broker.ask(ListGroups, version, filters)).groups.map(({ groupId }) => groupId)
  expect(await list(4, { statesFilter: ['stable'] })).toEqual(['busy'])
  expect(await list(5, { statesFilter: ['empty'], typesFilter: ['Classic'] })).toEqual(['simple'])
  expect(await list(5, { typesFilter: ['consumer'] })).toEqual([])
})

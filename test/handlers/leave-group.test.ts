import { errorName } from '../../protocol/errors'
import { LeaveGroup } from '../../protocol/messages/13-leave-group'
import { stableGroup, startGroupBroker } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = (await startGroupBroker()).broker
})

afterEach(() => broker.close())

test.each([0, 1, 2])('version %i takes one member out', async version => {
  const { memberId } = await stableGroup(broker, 'group')
  const leave = async (groupId: string) =>
    errorName((await broker.ask(LeaveGroup, version, { groupId, memberId })).errorCode)
  expect([await leave('group'), await leave('group')]).toEqual(['NONE', 'UNKNOWN_MEMBER_ID'])
  expect([await leave('unknown'), await leave('')]).toEqual(['UNKNOWN_MEMBER_ID', 'INVALID_GROUP_ID'])
})

test.each([3, 4, 5])('version %i takes several out, and tells of each how it went', async version => {
  const { memberId } = await stableGroup(broker, 'group', { groupInstanceId: 'instance' })
  const members = [
    { memberId: 'nobody', groupInstanceId: null },
    { memberId: 'older self', groupInstanceId: 'instance' },
    { memberId: '', groupInstanceId: 'instance' },
    { memberId, groupInstanceId: null },
  ]
  const answer = await broker.ask(LeaveGroup, version, { groupId: 'group', members })
  expect(answer.errorCode).toBe(0)
  expect(answer.members.map(({ errorCode, ...member }) => [member, errorName(errorCode)])).toEqual([
    [members[0], 'UNKNOWN_MEMBER_ID'],
    [members[1], 'FENCED_INSTANCE_ID'],
    [members[2], 'NONE'],
    [members[3], 'UNKNOWN_MEMBER_ID'],
  ])
})

test.each([3, 5])('version %i without a group id fails as a whole', async version => {
  const answer = await broker.ask(LeaveGroup, version, { groupId: '', members: [{ memberId: 'a' }] })
  expect([errorName(answer.errorCode), answer.members]).toEqual(['INVALID_GROUP_ID', []])
})

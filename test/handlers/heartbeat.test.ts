import { errorName } from '../../protocol/errors'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { stableGroup, startGroupBroker } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = (await startGroupBroker()).broker
})

afterEach(() => broker.close())

test.each([0, 1, 2, 3, 4])('version %i says that a member lives, and is told when it is none', async version => {
  const member = { groupId: 'group', ...(await stableGroup(broker, 'group')) }
  const beat = async (changes: object) =>
    errorName((await broker.ask(Heartbeat, version, { ...member, ...changes })).errorCode)
  expect(await beat({})).toBe('NONE')
  expect(await beat({ generationId: 7 })).toBe('ILLEGAL_GENERATION')
  expect(await beat({ memberId: 'nobody' })).toBe('UNKNOWN_MEMBER_ID')
  expect(await beat({ groupId: 'unknown' })).toBe('UNKNOWN_MEMBER_ID')
  expect(await beat({ groupId: '' })).toBe('INVALID_GROUP_ID')
})

test.each([3, 4])('version %i knows static members', async version => {
  const member = { groupId: 'group', ...(await stableGroup(broker, 'group', { groupInstanceId: 'instance' })) }
  const beat = async (changes: object) =>
    errorName((await broker.ask(Heartbeat, version, { ...member, ...changes })).errorCode)
  expect(await beat({ groupInstanceId: 'instance' })).toBe('NONE')
  expect(await beat({ groupInstanceId: 'instance', memberId: 'older self' })).toBe('FENCED_INSTANCE_ID')
  expect(await beat({ groupInstanceId: 'unknown' })).toBe('UNKNOWN_MEMBER_ID')
})

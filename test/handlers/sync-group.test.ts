import { errorName } from '../../protocol/errors'
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import { joinGroup, joinRequest, startGroupBroker } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = (await startGroupBroker()).broker
})

afterEach(() => broker.close())

const joined = async () => {
  const { memberId, generationId } = await joinGroup(broker, await broker.connect(), 9, joinRequest('group'))
  return { groupId: 'group', memberId, generationId, assignments: [{ memberId, assignment: Buffer.from('all') }] }
}

test.each([0, 1, 2, 3, 4, 5])('version %i hands in assignments, and gives one back', async version => {
  const protocol = version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}
  const answer = await broker.ask(SyncGroup, version, { ...(await joined()), ...protocol })
  const expected = version >= 5 ? protocol : { protocolType: null, protocolName: null }
  expect(answer).toMatchObject({ errorCode: 0, assignment: Buffer.from('all'), ...expected })
})

test.each([
  ['no type of protocol', { protocolType: null, protocolName: 'range' }],
  ['no protocol', { protocolType: 'consumer', protocolName: null }],
  ['another type of protocol', { protocolType: 'connect', protocolName: 'range' }],
  ['another protocol', { protocolType: 'consumer', protocolName: 'sticky' }],
])('version 5 with %s is refused', async (_what, protocol) => {
  const { errorCode } = await broker.ask(SyncGroup, 5, { ...(await joined()), ...protocol })
  expect(errorName(errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL')
})

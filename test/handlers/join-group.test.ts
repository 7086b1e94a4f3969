import { errorName } from '../../protocol/errors'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { DescribeGroups } from '../../protocol/messages/15-describe-groups'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/68-consumer-group-heartbeat'
import { joinGroup, joinRequest, startGroupBroker, TOPIC } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = (await startGroupBroker()).broker
})

afterEach(() => broker.close())

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('version %i makes a member, and a leader of the only one', async version => {
  const answer = await joinGroup(broker, await broker.connect(), version, joinRequest('group'))
  expect(answer).toMatchObject({
    errorCode: 0,
    generationId: 1,
    protocolName: 'range',
    protocolType: version >= 7 ? 'consumer' : null,
    leader: answer.memberId,
    members: [{ memberId: answer.memberId, groupInstanceId: null }],
  })
  expect(answer.memberId).toMatch(/^test-/)
})

test.each([
  [3, 'NONE'],
  [4, 'MEMBER_ID_REQUIRED'],
  [9, 'MEMBER_ID_REQUIRED'],
])('a first request of version %i is answered with %s', async (version, error) => {
  const client = await broker.connect()
  const answer = client.send(JoinGroup, version, joinRequest('group'))
  await broker.timers.advance(0)
  expect(errorName((await answer).errorCode)).toBe(error)
})

test.each([6, 7])('a refusal of version %i names no protocol', async version => {
  const answer = await broker.ask(JoinGroup, version, joinRequest('group', { protocolType: '' }))
  expect(answer).toMatchObject({
    generationId: -1,
    leader: '',
    memberId: '',
    members: [],
    protocolName: version >= 7 ? null : '',
  })
  expect(errorName(answer.errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL')
})

test('a client without an id is a member all the same', async () => {
  const client = await broker.connect()
  const { memberId } = await joinGroup(broker, client, 9, joinRequest('group'))
  const { groups } = await broker.ask(DescribeGroups, 5, { groups: ['group'] })
  expect(groups[0]!.members).toMatchObject([{ memberId, clientId: 'test', clientHost: expect.stringMatching(/^\//) }])
})

test.each([
  ['0', { rebalanceTimeoutMs: 0 }, 5],
  ['none, before version 1', {}, 0],
])('a rebalance timeout of %s means the session timeout', async (_which, changes, version) => {
  const [first, second] = [await broker.connect(), await broker.connect()]
  const request = joinRequest('group', { ...changes, sessionTimeoutMs: 8_000 })
  await joinGroup(broker, first, version, request)
  const joined = joinGroup(broker, second, version, request)
  await broker.timers.advance(7_999)
  expect(second.receivedFrames).toBe(0)
  await broker.timers.advance(1)
  expect(await joined).toMatchObject({ errorCode: 0, generationId: 2 })
})

test('a member whose connection breaks while it waits is still one until its time is over', async () => {
  const [first, second] = [await broker.connect(), await broker.connect()]
  await joinGroup(broker, first, 3, joinRequest('group'))
  const joined = second.send(JoinGroup, 3, joinRequest('group')).catch(() => 'closed')
  await broker.timers.advance(100)
  await broker.until(second.destroy())
  expect(await joined).toBe('closed')
  const { groups } = await broker.ask(DescribeGroups, 5, { groups: ['group'] })
  expect(groups[0]!.members).toHaveLength(2)
})

test('a broker that stops does not wait for rounds: members are sent to find their coordinator', async () => {
  const [first, second] = [await broker.connect(), await broker.connect()]
  await joinGroup(broker, first, 3, joinRequest('group'))
  const waiting = second.send(JoinGroup, 3, joinRequest('group'))
  await broker.timers.advance(100)
  const stopped = broker.broker.close()
  expect(errorName((await broker.until(waiting)).errorCode)).toBe('NOT_COORDINATOR')
  await broker.until(stopped)
})

test('who may not join a consumer group is given no member id', async () => {
  const { memberEpoch } = await broker.ask(ConsumerGroupHeartbeat, 1, {
    groupId: 'group',
    memberId: 'a',
    rebalanceTimeoutMs: 60_000,
    subscribedTopicNames: [TOPIC],
    topicPartitions: [],
  })
  expect(memberEpoch).toBeGreaterThan(0)
  const answer = await broker.ask(JoinGroup, 9, joinRequest('group', { protocolType: 'connect' }))
  expect(answer).toMatchObject({ memberId: '' })
  expect(errorName(answer.errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL')
})

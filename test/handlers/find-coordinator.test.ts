import { errorName } from '../../protocol/errors'
import { Metadata } from '../../protocol/messages/03-metadata'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({
    settings: { 'offsets.topic.num.partitions': '3', 'transaction.state.log.num.partitions': '2' },
  })
})

afterEach(() => broker.close())

const here = () => ({ nodeId: 1, host: 'localhost', port: broker.port })

test.each([0, 1, 2, 3])('version %i finds the coordinator of a group, whose topic is made for that', async version => {
  expect(await broker.ask(FindCoordinator, version, { key: 'group', keyType: 0 })).toMatchObject({
    errorCode: 0,
    ...here(),
  })
  const { topics } = await broker.ask(Metadata, 12, { topics: [{ name: '__consumer_offsets' }] })
  expect(topics[0]).toMatchObject({ errorCode: 0, isInternal: true })
  expect(topics[0]!.partitions).toHaveLength(3)
})

test.each([4, 5, 6])('version %i finds several at once', async version => {
  const { coordinators } = await broker.ask(FindCoordinator, version, { keyType: 0, coordinatorKeys: ['a', 'b', ''] })
  expect(coordinators).toEqual(['a', 'b', ''].map(key => ({ key, ...here(), errorCode: 0, errorMessage: null })))
})

test('the coordinator is ready when it is found', async () => {
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['group'] })
  const { errorCode } = await broker.ask(Heartbeat, 4, { groupId: 'group', generationId: 1, memberId: 'nobody' })
  expect(errorName(errorCode)).toBe('UNKNOWN_MEMBER_ID')
})

test('transactional ids have coordinators too', async () => {
  const { coordinators } = await broker.ask(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['tx', ''] })
  expect(coordinators).toMatchObject(['tx', ''].map(key => ({ key, ...here(), errorCode: 0 })))
})

test.each([2, 9])('a key of type %i is refused', async keyType => {
  const { coordinators } = await broker.ask(FindCoordinator, 6, { keyType, coordinatorKeys: ['key'] })
  expect(coordinators).toMatchObject([{ key: 'key', nodeId: -1, port: -1, host: '' }])
  expect(errorName(coordinators[0]!.errorCode)).toBe('INVALID_REQUEST')
})

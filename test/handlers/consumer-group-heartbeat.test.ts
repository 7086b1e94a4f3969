import { errorName } from '../../protocol/errors'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { OffsetFetch } from '../../protocol/messages/09-offset-fetch'
import { ListGroups } from '../../protocol/messages/16-list-groups'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { CreatePartitions } from '../../protocol/messages/37-create-partitions'
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/68-consumer-group-heartbeat'
import { ConsumerGroupDescribe } from '../../protocol/messages/69-consumer-group-describe'
import type { InputOf } from '../../protocol/schema/message'
import { startGroupBroker, TOPIC } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

const GROUP_RESOURCE = 32
const joining = (changes: Partial<InputOf<typeof ConsumerGroupHeartbeat.request>> = {}) => ({
  groupId: 'group',
  memberId: 'member',
  memberEpoch: 0,
  rebalanceTimeoutMs: 60_000,
  subscribedTopicNames: [TOPIC],
  topicPartitions: [],
  ...changes,
})
const describeGroup = async (broker: TestBroker, version = 1) => {
  const request = { groupIds: ['group'], includeAuthorizedOperations: true }
  return (await broker.ask(ConsumerGroupDescribe, version, request)).groups[0]!
}

test.each([0, 1])('version %i joins, is assigned everything, and is told when to come back', async version => {
  const { broker, topicId } = await startGroupBroker()
  const answer = await broker.ask(ConsumerGroupHeartbeat, version, joining())
  expect(answer).toMatchObject({ errorCode: 0, errorMessage: null, memberId: 'member', heartbeatIntervalMs: 5_000 })
  expect(answer.assignment).toEqual({ topicPartitions: [{ topicId, partitions: [0, 1, 2] }] })
  await broker.close()
})

test('a member is described with its client, its subscription and its partitions by name', async () => {
  const { broker, topicId } = await startGroupBroker()
  await broker.ask(ConsumerGroupHeartbeat, 1, joining({ instanceId: 'static', rackId: 'rack' }))
  const assignment = { topicPartitions: [{ topicId, topicName: TOPIC, partitions: [0, 1, 2] }] }
  const member = {
    memberId: 'member',
    instanceId: 'static',
    rackId: 'rack',
    memberEpoch: 2,
    clientId: 'test',
    subscribedTopicNames: [TOPIC],
    subscribedTopicRegex: '',
    assignment,
    targetAssignment: assignment,
  }
  const group = { errorCode: 0, groupState: 'Stable', groupEpoch: 2, assignmentEpoch: 2, assignorName: 'uniform' }
  expect(await describeGroup(broker, 0)).toMatchObject({ ...group, members: [{ ...member, memberType: -1 }] })
  expect(await describeGroup(broker, 1)).toMatchObject({ ...group, members: [{ ...member, memberType: 1 }] })
  const { groups } = await broker.ask(ListGroups, 5, { typesFilter: ['consumer'] })
  expect(groups).toEqual([{ groupId: 'group', protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' }])
  await broker.close()
})

test('a member commits and fetches with its epoch, by name and by id', async () => {
  const { broker, topicId } = await startGroupBroker()
  const { memberEpoch } = await broker.ask(ConsumerGroupHeartbeat, 1, joining())
  const partitions = [{ partitionIndex: 1, committedOffset: 7, committedLeaderEpoch: -1, committedMetadata: '' }]
  const commit = async (version: number, generationIdOrMemberEpoch: number) => {
    const request = { groupId: 'group', memberId: 'member', generationIdOrMemberEpoch }
    const topics = [{ name: TOPIC, topicId, partitions }]
    const answer = await broker.ask(OffsetCommit, version, { ...request, topics })
    return errorName(answer.topics[0]!.partitions[0]!.errorCode)
  }
  expect([await commit(8, memberEpoch), await commit(9, memberEpoch), await commit(10, memberEpoch)]).toEqual([
    'UNSUPPORTED_VERSION',
    'NONE',
    'NONE',
  ])
  expect(await commit(10, memberEpoch + 1)).toBe('STALE_MEMBER_EPOCH')
  const fetch = async (version: number, epoch: number) => {
    const topics = [{ name: TOPIC, topicId, partitionIndexes: [1] }]
    const group = { groupId: 'group', memberId: 'member', memberEpoch: epoch, topics }
    const [answer] = (await broker.ask(OffsetFetch, version, { groups: [group] })).groups
    return answer!.errorCode === 0 ? answer!.topics[0]!.partitions[0]!.committedOffset : errorName(answer!.errorCode)
  }
  expect([await fetch(9, memberEpoch), await fetch(10, memberEpoch)]).toEqual([7, 7])
  expect(await fetch(10, memberEpoch + 1)).toBe('STALE_MEMBER_EPOCH')
  await broker.close()
})

test('partitions that are added are assigned with a heartbeat, without that the member asks', async () => {
  const { broker, topicId } = await startGroupBroker({ 'group.consumer.assignment.interval.ms': '0' })
  const { memberEpoch } = await broker.ask(ConsumerGroupHeartbeat, 1, joining())
  await broker.ask(CreatePartitions, 3, { topics: [{ name: TOPIC, count: 4, assignments: null }], timeoutMs: 10_000 })

  const answer = await broker.ask(ConsumerGroupHeartbeat, 1, { groupId: 'group', memberId: 'member', memberEpoch })

  expect(answer.assignment).toEqual({ topicPartitions: [{ topicId, partitions: [0, 1, 2, 3] }] })
  await broker.close()
})

test('the settings of a group count at once', async () => {
  const { broker } = await startGroupBroker()
  const configs = [{ name: 'consumer.heartbeat.interval.ms', configOperation: 0, value: '7000' }]
  const resources = [{ resourceType: GROUP_RESOURCE, resourceName: 'group', configs }]
  await broker.ask(IncrementalAlterConfigs, 1, { resources })
  expect(await broker.ask(ConsumerGroupHeartbeat, 1, joining())).toMatchObject({ heartbeatIntervalMs: 7_000 })
  expect(await broker.ask(ConsumerGroupHeartbeat, 1, joining({ groupId: 'other' }))).toMatchObject({
    heartbeatIntervalMs: 5_000,
  })
  await broker.close()
})

test('what is refused comes with a message', async () => {
  const { broker } = await startGroupBroker()
  expect(await broker.ask(ConsumerGroupHeartbeat, 1, joining({ memberId: '' }))).toMatchObject({
    errorCode: 42,
    errorMessage: "MemberId can't be empty.",
    memberId: null,
  })
  await broker.close()
})

test('the consumer protocol can be switched off', async () => {
  const { broker } = await startGroupBroker({ 'group.coordinator.rebalance.protocols': 'classic' })
  const { errorCode } = await broker.ask(ConsumerGroupHeartbeat, 1, joining())
  expect(errorName(errorCode)).toBe('UNSUPPORTED_VERSION')
  expect(errorName((await describeGroup(broker)).errorCode)).toBe('UNSUPPORTED_VERSION')
  await broker.close()
})

test('clients are told that groups may use it', async () => {
  const { broker } = await startGroupBroker()
  const answer = await broker.ask(ApiVersions, 4, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
  expect(answer.supportedFeatures).toContainEqual({ name: 'group.version', minVersion: 0, maxVersion: 1 })
  expect(answer.finalizedFeatures).toContainEqual({ name: 'group.version', maxVersionLevel: 1, minVersionLevel: 1 })
  await broker.close()
})

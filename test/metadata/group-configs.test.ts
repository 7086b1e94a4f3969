import { DynamicBrokerConfig } from '../../src/config/dynamic-broker-config'
import type { ConfigResourceType } from '../../src/metadata/config-resource'
import { GroupConfigs } from '../../src/metadata/group-configs'
import { MetadataCluster, type TestMember } from '../support/metadata-cluster'

let member: TestMember
let broker: DynamicBrokerConfig
let groups: GroupConfigs

beforeEach(async () => {
  member = await new MetadataCluster().join(1)
  broker = new DynamicBrokerConfig({})
  groups = new GroupConfigs(member.cache, broker)
})

const set = (type: ConfigResourceType, name: string, overrides: Readonly<Record<string, string>>) =>
  member.configs.alter({ type, name }, () => ({ overrides }), { validateOnly: false })

test('a group has the settings of the broker, as they change, and its own in front of them', async () => {
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(1000)
  broker.update({ dynamicBroker: {}, dynamicDefault: { 'group.consumer.assignment.interval.ms': '2000' } })
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(2000)
  await set('group', 'g', { 'consumer.assignment.interval.ms': '3000' })
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(3000)
  expect(groups.of('h').consumerAssignmentIntervalMs).toBe(2000)
  await set('group', 'g', {})
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(2000)
})

test('who listens is told of groups whose settings changed, and of nothing else', async () => {
  const told: string[] = []
  const stop = groups.onChange(groupId => told.push(groupId))
  await set('group', 'g', { 'consumer.session.timeout.ms': '50000' })
  await set('broker', 'g', { 'consumer.session.timeout.ms': '50000' })
  await set('group', 'h/ü', { 'consumer.session.timeout.ms': '50000' })
  await set('group', 'g', {})
  expect(told).toEqual(['g', 'h/ü', 'g'])
  stop()
  await set('group', 'g', { 'consumer.session.timeout.ms': '50000' })
  expect(told).toHaveLength(3)
})

import { DynamicBrokerConfig } from '../../src/config/dynamic-broker-config'
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

const set = (name: string, overrides: Readonly<Record<string, string>>) =>
  member.configs.alter({ type: 'group', name }, () => ({ overrides }), { validateOnly: false })

test('a group has the settings of the broker, as they change, and its own in front of them', async () => {
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(1000)
  broker.update({ dynamicBroker: {}, dynamicDefault: { 'group.consumer.assignment.interval.ms': '2000' } })
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(2000)
  await set('g', { 'consumer.assignment.interval.ms': '3000' })
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(3000)
  expect(groups.of('h').consumerAssignmentIntervalMs).toBe(2000)
  await set('g', {})
  expect(groups.of('g').consumerAssignmentIntervalMs).toBe(2000)
})

import { planImport } from '../../src/cli/import-plan'
import type { ImportSource, SourceLog } from '../../src/cli/import-source'
import { KafkaClusterMetadata } from '../../src/cli/kafka-cluster-metadata'
import { configRecord, partitionRecord, producerIdsRecord, topicRecord } from '../support/kafka-metadata'

const ID = 'b3JkZXJzLW9yZGVycy1vcg'
const OTHER_ID = 'cGF5bWVudHMtcGF5bWVudA'

const log = (partition: number, changes: Partial<SourceLog> = {}): SourceLog => ({
  topic: 'orders',
  partition,
  folder: `/kafka/orders-${partition}`,
  topicId: ID,
  files: [],
  sizeInBytes: 10,
  isLegacy: false,
  isClean: true,
  checkpoints: {},
  isCompacted: false,
  ...changes,
})

const source = (changes: Partial<ImportSource> = {}): ImportSource => ({
  path: '/kafka',
  clusterId: 'cluster',
  directoryId: 'directory',
  logs: [],
  metadata: null,
  notes: [],
  ...changes,
})

const reading = (endOffset: number, problem: string | null, ...records: readonly Buffer[]) => {
  const metadata = new KafkaClusterMetadata()
  for (const record of records) metadata.replay(record)
  return { metadata, endOffset, problem }
}

const planOf = (logs: readonly SourceLog[], ...records: readonly Buffer[]) =>
  planImport([source({ logs, metadata: records.length === 0 ? null : reading(1, null, ...records) })])

test('logs are put together to topics, in the order of their names and partitions', () => {
  const logs = [log(1), log(0, { topic: 'b', topicId: OTHER_ID }), log(10), log(0)]
  const more = Array.from({ length: 8 }, (_, n) => log(n + 2))
  const plan = planImport([source({ logs: [...logs, ...more] })])
  expect(plan.topics.map(({ name }) => name)).toEqual(['b', 'orders'])
  expect(plan.topics[1]).toMatchObject({ topicId: ID, configs: {} })
  expect(plan.topics[1]!.logs.map(({ partition }) => partition)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(plan).toMatchObject({ clusterId: 'cluster', nextProducerId: 0, sizeInBytes: 120 })
  expect(plan.notes).toEqual(['there is no whole __cluster_metadata: settings of topics are not known'])
})

test('topics whose settings are not known go on being compacted, internal ones in any case', () => {
  const offsets = log(0, { topic: '__consumer_offsets', topicId: OTHER_ID })
  const customers = log(0, { topic: 'customers', topicId: 'Y3VzdG9tZXJzLWN1c3RvbQ', isCompacted: true })
  const { topics } = planOf([offsets, customers, log(0)])
  const compact = { 'cleanup.policy': 'compact' }
  expect(topics.map(({ name, configs }) => [name, configs])).toEqual([
    ['__consumer_offsets', compact],
    ['customers', compact],
    ['orders', {}],
  ])
  const known = planOf([log(0, { isCompacted: true })], topicRecord('orders', ID))
  expect(known.topics[0]!.configs).toEqual({})
})

test('of the metadata of several directories those count that know most', () => {
  const older = reading(5, null, topicRecord('orders', ID), configRecord('orders', 'retention.ms', '1'))
  const newer = reading(6, null, topicRecord('orders', ID), producerIdsRecord(3000))
  const plan = planImport([source({ metadata: newer, logs: [log(0)] }), source({ metadata: older })])
  expect(plan.topics[0]!.configs).toEqual({})
  expect(plan).toMatchObject({ nextProducerId: 3000, notes: [] })
})

test('settings that this broker does not have are left out and told', () => {
  const plan = planOf(
    [log(0)],
    topicRecord('orders', ID),
    configRecord('orders', 'retention.ms', '1'),
    configRecord('orders', 'remote.storage.enable', 'true'),
    configRecord('orders', 'from.the.future', 'x'),
  )
  expect(plan.topics[0]!.configs).toEqual({ 'retention.ms': '1' })
  expect(plan.notes).toEqual([
    expect.stringMatching(/^topic orders comes without remote.storage.enable=true: ./),
    expect.stringMatching(/^topic orders comes without from.the.future=x: Unknown topic config/),
  ])
})

test('folders that the metadata do not know are strays, unless the metadata are damaged', () => {
  const logs = [log(0), log(0, { topic: 'gone', folder: '/kafka/gone-0', topicId: OTHER_ID })]
  const strange = [...logs, log(1, { topicId: OTHER_ID })]
  const plan = planOf(strange, topicRecord('orders', ID), topicRecord('elsewhere', OTHER_ID))
  expect(plan.topics.map(({ name }) => name)).toEqual(['orders'])
  expect(plan.topics[0]!.logs).toHaveLength(1)
  expect(plan.notes).toEqual([
    'skipped /kafka/gone-0: the cluster has no such topic with this topic id',
    'skipped /kafka/orders-1: the cluster has no such topic with this topic id',
    'topic elsewhere has no partition here',
  ])
  const damaged = reading(1, 'a batch is damaged', topicRecord('orders', ID))
  expect(planImport([source({ logs, metadata: damaged })]).topics.map(({ name }) => name)).toEqual(['gone', 'orders'])
})

test('a log without an id gets that of its topic in the metadata', () => {
  expect(planOf([log(0, { topicId: null })], topicRecord('orders', ID)).topics[0]!.topicId).toBe(ID)
})

test.each<[why: string, logs: readonly SourceLog[], records: readonly Buffer[], message: RegExp]>([
  ['a partition is missing in the middle', [log(0), log(3)], [], /orders lacks partitions: 1, 2 of 4/],
  [
    'a partition is missing at the end',
    [log(0)],
    [topicRecord('orders', ID), partitionRecord(ID, 0), partitionRecord(ID, 1)],
    /orders lacks partitions: 1 of 2/,
  ],
  ['a partition is there twice', [log(0), log(0)], [], /partition 0 of orders is there twice/],
  ['ids differ', [log(0), log(1, { topicId: OTHER_ID })], [], /different topic ids/],
  ['there is no id', [log(0, { topicId: null })], [], /no partition.metadata/],
  ['messages are too old', [log(0, { isLegacy: true })], [], /before Kafka 0.11/],
])('nothing is imported when %s', (_why, logs, records, message) => {
  expect(() => planOf(logs, ...records)).toThrow(expect.objectContaining({ name: 'CommandFailure' }))
  expect(() => planOf(logs, ...records)).toThrow(message)
})

test('all problems are told at once', () => {
  const logs = [log(1), log(1, { topic: 'b', topicId: OTHER_ID })]
  expect(() => planOf(logs)).toThrow(/b lacks partitions[\s\S]*orders lacks partitions/)
})

test('directories of several clusters do not go together', () => {
  expect(() => planImport([source(), source({ clusterId: 'other' })])).toThrow('of different clusters')
  expect(planImport([source(), source({ clusterId: null })]).clusterId).toBe('cluster')
})

import { ClusterMetadataType, PartitionRecord, TopicRecord } from '../../protocol/records-on-disk/cluster-metadata'
import { KafkaClusterMetadata } from '../../src/cli/kafka-cluster-metadata'
import {
  configRecord,
  emptyRecord,
  metadataRecord,
  partitionRecord,
  producerIdsRecord,
  removeTopicRecord,
  topicRecord,
} from '../support/kafka-metadata'

const ORDERS = 'b3JkZXJzLW9yZGVycy1vcg'
const PAYMENTS = 'cGF5bWVudHMtcGF5bWVudA'

const replayed = (...records: readonly Buffer[]): KafkaClusterMetadata => {
  const metadata = new KafkaClusterMetadata()
  for (const record of records) metadata.replay(record)
  return metadata
}

const settingsOf = (name: string, ...records: readonly Buffer[]) =>
  replayed(...records)
    .topics()
    .get(name)?.settings

test('topics come with their ids and partitions', () => {
  const topics = replayed(
    topicRecord('orders', ORDERS),
    partitionRecord(ORDERS, 1, 2),
    partitionRecord(ORDERS, 0),
    topicRecord('payments', PAYMENTS),
    partitionRecord('bm9ib2R5LW5vYm9keS1ubw', 7),
  ).topics()
  expect([...topics]).toEqual([
    ['orders', { topicId: ORDERS, partitionCount: 2, settings: {} }],
    ['payments', { topicId: PAYMENTS, partitionCount: 0, settings: {} }],
  ])
})

test('of several values of a setting the last one counts, and null takes it away', () => {
  const records = [
    configRecord('orders', 'retention.ms', '1'),
    topicRecord('orders', ORDERS),
    configRecord('orders', 'retention.ms', '2'),
    configRecord('orders', 'segment.bytes', '3'),
    configRecord('payments', 'retention.ms', '4'),
  ]
  expect(settingsOf('orders', ...records)).toEqual({ 'retention.ms': '2', 'segment.bytes': '3' })
  expect(settingsOf('orders', ...records, configRecord('orders', 'retention.ms', null))).toEqual({
    'segment.bytes': '3',
  })
})

test('settings of brokers are not those of a topic', () => {
  const broker = 4
  expect(settingsOf('1', topicRecord('1', ORDERS), configRecord('1', 'log.retention.ms', '1', broker))).toEqual({})
})

test('a topic that is made anew under its old name has none of the old settings', () => {
  const records = [
    topicRecord('orders', ORDERS),
    configRecord('orders', 'retention.ms', '1'),
    removeTopicRecord(ORDERS),
    removeTopicRecord(PAYMENTS),
  ]
  expect(replayed(...records).topics().size).toBe(0)
  expect(settingsOf('orders', ...records, topicRecord('orders', PAYMENTS))).toEqual({})
})

test('what a transaction took back has never been', () => {
  const begin = emptyRecord(ClusterMetadataType.BEGIN_TRANSACTION)
  const inside = [
    begin,
    topicRecord('orders', ORDERS),
    configRecord('payments', 'retention.ms', '1'),
    producerIdsRecord(9),
  ]
  const before = [topicRecord('payments', PAYMENTS), producerIdsRecord(5)]
  const aborted = replayed(...before, ...inside, emptyRecord(ClusterMetadataType.ABORT_TRANSACTION))
  expect([...aborted.topics()]).toEqual([['payments', { topicId: PAYMENTS, partitionCount: 0, settings: {} }]])
  expect(aborted.nextProducerId).toBe(5)
  const ended = replayed(...before, ...inside, emptyRecord(ClusterMetadataType.END_TRANSACTION))
  expect([...ended.topics().keys()]).toEqual(['payments', 'orders'])
  expect(ended.nextProducerId).toBe(9)
})

test('records of other kinds are passed over', () => {
  const noOp = 20
  expect(replayed(emptyRecord(noOp), Buffer.from([1, 0xff, 0x01, 99, 1, 2, 3])).topics().size).toBe(0)
})

test('what cannot be read is refused', () => {
  expect(() => replayed(Buffer.from([2, 2, 0]))).toThrow('frame version 2')
  const newer = metadataRecord(ClusterMetadataType.TOPIC, TopicRecord, {})
  newer[2] = 9
  expect(() => replayed(newer)).toThrow('TopicRecord of version 9')
  const whole = metadataRecord(ClusterMetadataType.PARTITION, PartitionRecord, { topicId: ORDERS })
  expect(() => replayed(whole.subarray(0, 10))).toThrow(expect.objectContaining({ name: 'MalformedMessage' }))
})

import { MemoryMetadataStore } from '../../src/metadata/memory-metadata-store'
import { MetadataKeys } from '../../src/metadata/metadata-keys'
import { keyRange } from '../../src/metadata/metadata-store'
import { decodePartition, decodeTopic, encodeTopic } from '../../src/metadata/metadata-values'
import { withHosts } from '../../src/metadata/partition-state'
import { ProducerIdBlocks } from '../../src/metadata/producer-id-blocks'
import { TopicImport } from '../../src/metadata/topic-import'
import { put, remove, write } from '../support/metadata-store-contract'
import { virtualTime } from '../support/virtual-time'

const ORDERS = 'b3JkZXJzLW9yZGVycy1vcg'
const PAYMENTS = 'cGF5bWVudHMtcGF5bWVudA'
const BROKER = 3

const keys = new MetadataKeys('test-cluster')
let store: MemoryMetadataStore
let topicImport: TopicImport

beforeEach(() => {
  store = new MemoryMetadataStore(virtualTime())
  topicImport = new TopicImport(store, keys)
})

const topic = (name: string, topicId: string, leaderEpochs: readonly number[] = [-1]) => ({
  name,
  topicId,
  configs: { 'retention.ms': '7' },
  leaderEpochs,
})

const stored = async (key: string) => (await store.range(keyRange(key))).keyValues[0]!

test('topics keep id and settings, and are led under epochs above those of their logs', async () => {
  expect(await topicImport.create([topic('orders', ORDERS, [4, -1])], BROKER)).toEqual([])
  expect(decodeTopic(await stored(keys.topic(ORDERS)))).toMatchObject({
    name: 'orders',
    state: 'live',
    partitionCount: 2,
    configs: { 'retention.ms': '7' },
  })
  expect(decodePartition(0, await stored(keys.partition(ORDERS, 0)))).toMatchObject({
    replicas: [BROKER],
    leader: BROKER,
    leaderEpoch: 5,
    minIsr: 1,
  })
  expect(decodePartition(1, await stored(keys.partition(ORDERS, 1)))).toMatchObject({ leaderEpoch: 0 })
})

test('the broker that serves them first is elected', async () => {
  await topicImport.create([topic('orders', ORDERS, [4])], BROKER)
  const imported = decodePartition(0, await stored(keys.partition(ORDERS, 0)))
  const hosts = new Map([[BROKER, { epoch: 17, safeSince: 17 }]])
  expect(withHosts(imported, hosts)).toMatchObject({
    leader: BROKER,
    leaderBrokerEpoch: 17,
    leaderEpoch: 6,
    isr: [{ id: BROKER, epoch: 17 }],
  })
})

test('topics with more partitions than fit into one transaction come in whole', async () => {
  const leaderEpochs = Array.from({ length: 300 }, (_, partition) => partition)
  await topicImport.create([topic('orders', ORDERS, leaderEpochs), topic('payments', PAYMENTS)], BROKER)
  const { keyValues } = await store.range(keys.partitions(ORDERS))
  expect(keyValues).toHaveLength(300)
  expect(decodePartition(299, await stored(keys.partition(ORDERS, 299))).leaderEpoch).toBe(300)
})

test('a topic whose name was taken meanwhile is told', async () => {
  await topicImport.create([topic('orders', ORDERS)], BROKER)
  const more = [topic('orders', PAYMENTS), topic('shipments', 'c2hpcG1lbnRzLXNoaXBtZQ')]
  expect(await topicImport.create(more, BROKER)).toEqual(['orders'])
})

test('conflicts are names that exist, names that collide, and ids that are in use', async () => {
  expect(await topicImport.conflicts([topic('orders', ORDERS)])).toEqual([])
  await topicImport.create([topic('orders', ORDERS), topic('a.b', PAYMENTS)], BROKER)
  const wanted = [
    topic('orders', 'c2hpcG1lbnRzLXNoaXBtZQ'),
    topic('a_b', 'c2hpcG1lbnRzLXNoaXBtZQ'),
    topic('refunds', ORDERS),
    topic('ab', 'c2hpcG1lbnRzLXNoaXBtZQ'),
  ]
  expect(await topicImport.conflicts(wanted)).toEqual([
    'topic orders exists already',
    'topic a_b collides with topic a.b',
    'topic refunds has the topic id of topic orders',
  ])
})

test('what is left of a topic that was deleted is in the way of none', async () => {
  await topicImport.create([topic('orders', ORDERS)], BROKER)
  const deleted = encodeTopic({ ...decodeTopic(await stored(keys.topic(ORDERS))), state: 'deleting' })
  await write(store, put(keys.topic(ORDERS), deleted), remove(keyRange(keys.topicName('orders'))))
  expect(await topicImport.conflicts([topic('orders', ORDERS)])).toEqual([])
  expect(await topicImport.create([topic('orders', ORDERS)], BROKER)).toEqual([])
  expect(decodeTopic(await stored(keys.topic(ORDERS))).state).toBe('live')
})

test('reserved producer ids are never given out, and none are given back', async () => {
  await topicImport.reserveProducerIds(5000)
  expect(await new ProducerIdBlocks(store, keys).next()).toBe(5000)
  await topicImport.reserveProducerIds(5500)
  expect(await new ProducerIdBlocks(store, keys).next()).toBe(6000)
})

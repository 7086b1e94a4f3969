import { ErrorCode } from '../../protocol/errors'
import { encodeBatch } from '../../protocol/records/record-batch'
import type { LogDirectories } from '../../src/log/log-directories'
import type { MetadataCache } from '../../src/metadata/metadata-cache'
import type { TopicImage } from '../../src/metadata/metadata-image'
import { Partitions } from '../../src/replication/partitions'
import { LogWorld, record, topicConfig } from '../support/log-directories'
import { MetadataCluster, newTopic, type TestMember } from '../support/metadata-cluster'

const { NONE, NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode
const OTHER_ID = 'BAAAAAAAAAAAAAAAAAAAAA'

let cluster: MetadataCluster
let world: LogWorld
let broker: TestMember
let partitions: Partitions
/** `retention.ms` of topics that do not set it. */
let defaultRetentionMs: number

beforeEach(async () => {
  cluster = new MetadataCluster()
  world = new LogWorld()
  await world.open()
  broker = await cluster.join(1)
  defaultRetentionMs = 1000
  partitions = open(broker.cache, world.directories)
})

afterEach(async () => {
  partitions.close()
  await broker.stop()
  await world.close()
})

const open = (cache: MetadataCache, directories: LogDirectories): Partitions =>
  new Partitions({
    brokerId: 1,
    directories,
    cache,
    topicConfig: ({ configs }: TopicImage) =>
      topicConfig({ retentionMs: Number(configs['retention.ms'] ?? defaultRetentionMs) }),
    logger: world.logger,
  })

const create = async (name: string, more: Parameters<typeof newTopic>[1] = {}): Promise<string> => {
  const [result] = await broker.topics.createTopics([newTopic(name, more)], { validateOnly: false })
  expect(result!.errorCode).toBe(NONE)
  return result!.topicId
}

const remove = (name: string) => broker.topics.deleteTopics([{ name, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }])

const append = async (topic: string): Promise<void> => {
  const records = encodeBatch({ records: [record('v')] })
  const { errorCode } = partitions.find(topic, 0)!.append(records, 1, { origin: 'client', now: world.clock.now() })
  expect(errorCode).toBe(NONE)
  await world.timers.settle()
}

const all = (): string[] => Array.from(partitions, ({ topic, index }) => `${topic}-${index}`).sort()

test('partitions are there as soon as their topic can be seen, and go with it', async () => {
  const id = await create('t', { partitions: 2 })
  expect(all()).toEqual(['t-0', 't-1'])
  expect(partitions.find('t', 1)).toBe(partitions.findById(id, 1))
  expect(partitions.find('t', 1)).toMatchObject({ topic: 't', topicId: id, index: 1, isLeader: true })
  await remove('t')
  expect(all()).toEqual([])
  expect(partitions.findById(id, 1)).toBeUndefined()
  expect(world.directories.get('t', 0)).toBeUndefined()
})

test('it says why a partition is not here', async () => {
  const id = await create('t')
  expect(partitions.absence('t', 1)).toBe(UNKNOWN_TOPIC_OR_PARTITION)
  expect(partitions.absence('nope', 0)).toBe(UNKNOWN_TOPIC_OR_PARTITION)
  expect(partitions.absenceById(id, 1)).toBe(UNKNOWN_TOPIC_OR_PARTITION)
  expect(partitions.absenceById(OTHER_ID, 0)).toBe(UNKNOWN_TOPIC_ID)
})

test('partitions of other brokers are not here', async () => {
  const other = await cluster.join(2)
  const assignments = [
    { partition: 0, replicas: [2] },
    { partition: 1, replicas: [1] },
  ]
  const id = await create('t', { assignments })
  await create('both', { assignments: [{ partition: 0, replicas: [2, 1] }] })
  expect(all()).toEqual(['both-0', 't-1'])
  expect(partitions.absence('t', 0)).toBe(NOT_LEADER_OR_FOLLOWER)
  expect(partitions.absenceById(id, 0)).toBe(NOT_LEADER_OR_FOLLOWER)
  expect([partitions.find('t', 1)!.isLeader, partitions.find('both', 0)!.isLeader]).toEqual([true, false])
  await other.stop()
})

test('new partitions of a topic are opened, those that are there stay what they are', async () => {
  await create('t')
  const first = partitions.find('t', 0)
  await append('t')
  await broker.topics.createPartitions([{ name: 't', count: 3, assignments: null }], { validateOnly: false })
  expect(all()).toEqual(['t-0', 't-1', 't-2'])
  expect(partitions.find('t', 0)).toBe(first)
})

test('a topic that is deleted and made again is empty, and those who waited for the old one are told', async () => {
  const before = await create('t')
  await append('t')
  const old = partitions.find('t', 0)!
  const outcomes: number[] = []
  old.append(encodeBatch({ records: [record('v')] }), 1, { origin: 'client', now: world.clock.now() })
  old.whenAcknowledged(1, 1, errorCode => outcomes.push(errorCode))
  await remove('t')
  const after = await create('t')
  expect(outcomes).toEqual([UNKNOWN_TOPIC_OR_PARTITION])
  expect(after).not.toBe(before)
  expect(partitions.findById(before, 0)).toBeUndefined()
  expect(partitions.find('t', 0)).toMatchObject({ topicId: after, log: { logEndOffset: 0 } })
})

test('settings of a topic reach its logs when they change, and those of the broker when it is told to look', async () => {
  await create('own', { configs: [{ name: 'retention.ms', value: '5' }] })
  await create('default')
  const retention = () => ['own', 'default'].map(name => partitions.find(name, 0)!.log.config.retentionMs)
  expect(retention()).toEqual([5, 1000])
  await broker.configs.alter({ type: 'topic', name: 'own' }, () => ({ overrides: { 'retention.ms': '6' } }), {
    validateOnly: false,
  })
  expect(retention()).toEqual([6, 1000])
  defaultRetentionMs = 2000
  expect(retention()).toEqual([6, 1000])
  partitions.refreshConfigs()
  expect(retention()).toEqual([6, 2000])
})

test('a restart finds the logs of its topics, and leaves alone what belongs to none', async () => {
  await create('kept')
  await append('kept')
  partitions.close()
  world.directories.create('lost', 0, OTHER_ID, world.config, { isNew: true })
  await world.close()
  await world.open()
  partitions = open(broker.cache, world.directories)
  expect(all()).toEqual(['kept-0'])
  expect(partitions.find('kept', 0)!.log.logEndOffset).toBe(1)
  expect(partitions.find('kept', 0)!.highWatermark).toBe(1)
  expect(world.directories.get('lost', 0)).toBeDefined()
  expect(world.logger.at('warn')).toMatchObject([{ fields: { topicId: OTHER_ID } }])
})

test('a log of an earlier topic of the same name is put aside, and the partition is empty', async () => {
  world.directories.create('t', 0, OTHER_ID, world.config, { isNew: true })
  const id = await create('t')
  expect(partitions.find('t', 0)).toMatchObject({ topicId: id, log: { logEndOffset: 0 } })
  expect(world.disk.list('/data').filter(name => name.includes('-stray'))).toHaveLength(1)
})

test('when it is closed nothing is served, and nothing that happens later is followed', async () => {
  await create('t')
  const partition = partitions.find('t', 0)!
  partitions.close()
  expect(partition.checkLeader(-1)).toBe(NOT_LEADER_OR_FOLLOWER)
  await create('later')
  expect(world.directories.get('later', 0)).toBeUndefined()
})

import { InternalTopic } from '../../src/coordinator/internal-topic'
import { MetadataCluster, type TestMember } from '../support/metadata-cluster'

let cluster: MetadataCluster
let member: TestMember

beforeEach(async () => {
  cluster = new MetadataCluster()
  member = await cluster.join(1)
})

afterEach(() => member.stop())

const topicOf = ({ cache, topics }: TestMember, replicationFactor = 1) =>
  new InternalTopic({
    name: '__consumer_offsets',
    partitions: 3,
    replicationFactor,
    settings: { 'retention.ms': '5' },
    cache,
    topics,
    logger: cluster.logger,
  })

test('is made when it is first needed, once for all who need it', async () => {
  const topic = topicOf(member)
  expect(await Promise.all([topic.ensure(), topic.ensure(), topic.ensure()])).toEqual([true, true, true])
  const image = member.cache.current.topic('__consumer_offsets')
  expect(image?.partitions).toHaveLength(3)
  expect(image?.configs).toEqual({ 'retention.ms': '5' })
  expect(await topic.ensure()).toBe(true)
})

test('is made by one of several brokers that need it at the same time', async () => {
  const other = await cluster.join(2)
  expect(await Promise.all([topicOf(member).ensure(), topicOf(other).ensure()])).toEqual([true, true])
  await other.stop()
})

test('cannot be made while brokers are missing, and can be later', async () => {
  const topic = topicOf(member, 2)
  expect(await topic.ensure()).toBe(false)
  expect(cluster.logger.at('warn').map(({ message }) => message)).toEqual([
    'the topic __consumer_offsets cannot be created',
  ])
  const other = await cluster.join(2)
  expect(await topic.ensure()).toBe(true)
  await other.stop()
})

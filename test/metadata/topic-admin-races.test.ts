import { ErrorCode } from '../../protocol/errors'
import { ZERO_TOPIC_ID } from '../../src/metadata/topic-id'
import type { TopicReference } from '../../src/metadata/topic-request'
import { MetadataCluster, newTopic, type TestMember } from '../support/metadata-cluster'

const { NONE, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT, UNKNOWN_TOPIC_OR_PARTITION } =
  ErrorCode

const assigned = (...replicas: number[][]) => replicas.map((list, partition) => ({ partition, replicas: list }))
const byName = (name: string): TopicReference => ({ name, topicId: ZERO_TOPIC_ID })

describe('the topic admins of several brokers', () => {
  let cluster: MetadataCluster
  let brokers: TestMember[]

  beforeEach(async () => {
    cluster = new MetadataCluster()
    brokers = []
    for (const id of [1, 2, 3]) brokers.push(await cluster.join(id))
  })

  const everywhere = async <T>(read: (broker: TestMember) => T): Promise<T[]> => {
    await cluster.timers.settle()
    return brokers.map(read)
  }

  it.each([1, 500])(
    'create a topic of %i partitions with the same name at the same time: exactly one succeeds',
    async partitions => {
      const attempts = brokers.map(({ topics }) =>
        topics.createTopics([newTopic('t', { partitions, replicationFactor: 3 })], { validateOnly: false }),
      )
      const results = (await Promise.all(attempts)).flat()
      expect(results.map(({ errorCode }) => errorCode).sort((a, b) => a - b)).toEqual([
        NONE,
        TOPIC_ALREADY_EXISTS,
        TOPIC_ALREADY_EXISTS,
      ])
      const { topicId } = results.find(({ errorCode }) => errorCode === NONE)!
      const seen = await everywhere(({ cache }) => [cache.current.topic('t')?.id, ...cache.current.unnamedTopicIds()])
      expect(seen).toEqual([[topicId], [topicId], [topicId]])
    },
  )

  it('spread replicas evenly, and the preferred leaders too', async () => {
    const [broker] = brokers as [TestMember]
    await broker.topics.createTopics([newTopic('t', { partitions: 30, replicationFactor: 2 })], { validateOnly: false })
    const { partitions } = broker.cache.current.topic('t')!
    for (const id of [1, 2, 3]) {
      expect(partitions.filter(({ leader }) => leader === id)).toHaveLength(10)
      expect(partitions.filter(({ replicas }) => replicas.includes(id))).toHaveLength(20)
    }
    for (const { replicas } of partitions) expect(new Set(replicas).size).toBe(2)
  })

  it('take a manual assignment as it is', async () => {
    const [broker] = brokers as [TestMember]
    const lists = [
      [3, 1],
      [2, 3],
    ]
    await broker.topics.createTopics([newTopic('t', { assignments: assigned(...lists) })], { validateOnly: false })
    const { partitions } = broker.cache.current.topic('t')!
    expect(partitions.map(({ replicas, leader }) => [replicas, leader])).toEqual([
      [lists[0], 3],
      [lists[1], 2],
    ])
    const uneven = newTopic('u', { assignments: assigned([1], [1, 2]) })
    expect(await broker.topics.createTopics([uneven], { validateOnly: false })).toMatchObject([
      {
        errorCode: INVALID_REPLICA_ASSIGNMENT,
        errorMessage:
          'The manual partition assignment includes a partition with 2 replica(s), but this is not consistent with previous partitions, which have 1 replica(s).',
      },
    ])
  })

  it.each([3, 400])('add %i partitions at the same time: each in turn, none lost, none twice', async more => {
    const [first] = brokers as [TestMember]
    await first.topics.createTopics([newTopic('t', { partitions: 1, replicationFactor: 2 })], { validateOnly: false })
    await cluster.timers.settle()
    const attempts = brokers.map(({ topics }, index) =>
      topics.createPartitions([{ name: 't', count: 1 + more + index, assignments: null }], { validateOnly: false }),
    )
    const results = (await Promise.all(attempts)).flat()
    const { partitions } = first.cache.current.topic('t')!
    const succeeded = results.filter(({ errorCode }) => errorCode === NONE)
    expect(succeeded.length).toBeGreaterThan(0)
    for (const { errorCode } of results) expect([NONE, INVALID_PARTITIONS]).toContain(errorCode)
    expect(partitions.length).toBeGreaterThanOrEqual(1 + more)
    const images = await everywhere(({ cache }) => cache.current.topic('t')!.partitions)
    for (const image of images) expect(image).toEqual(partitions)
  })

  it('delete the same topic at the same time: exactly one succeeds', async () => {
    const [first] = brokers as [TestMember]
    await first.topics.createTopics([newTopic('t', { partitions: 10 })], { validateOnly: false })
    await cluster.timers.settle()
    const results = (await Promise.all(brokers.map(({ topics }) => topics.deleteTopics([byName('t')])))).flat()
    expect(results.map(({ errorCode }) => errorCode).sort((a, b) => a - b)).toEqual([
      NONE,
      UNKNOWN_TOPIC_OR_PARTITION,
      UNKNOWN_TOPIC_OR_PARTITION,
    ])
  })

  it('delete a topic while another broker adds partitions: nothing is left over', async () => {
    const [first, second] = brokers as [TestMember, TestMember]
    await first.topics.createTopics([newTopic('t', { partitions: 1 })], { validateOnly: false })
    await cluster.timers.settle()
    const [[deleted], [grown]] = await Promise.all([
      first.topics.deleteTopics([byName('t')]),
      second.topics.createPartitions([{ name: 't', count: 400, assignments: null }], { validateOnly: false }),
    ])
    expect(deleted?.errorCode).toBe(NONE)
    expect([NONE, UNKNOWN_TOPIC_OR_PARTITION]).toContain(grown?.errorCode)
    await cluster.timers.settle()
    const { keyValues } = await cluster.store.range(cluster.keys.all)
    expect(keyValues.filter(({ key }) => key.includes('/parts/') || key.includes('/topics/'))).toEqual([])
  })
})

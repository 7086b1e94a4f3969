import { ErrorCode } from '../../protocol/errors'
import { ZERO_TOPIC_ID } from '../../src/metadata/topic-id'
import type { TopicReference } from '../../src/metadata/topic-request'
import { MetadataCluster, newTopic, type TestMember } from '../support/metadata-cluster'

const { NONE, INVALID_REQUEST, INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT } = ErrorCode
const { POLICY_VIOLATION, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID } = ErrorCode

const byName = (name: string): TopicReference => ({ name, topicId: ZERO_TOPIC_ID })
const byId = (topicId: string): TopicReference => ({ name: null, topicId })

describe('the topic admin of a broker that has topics', () => {
  let cluster: MetadataCluster
  let broker: TestMember

  beforeEach(async () => {
    cluster = new MetadataCluster()
    broker = await cluster.join(1)
  })

  const create = async (...topics: Parameters<typeof newTopic>[]) => {
    const results = await broker.topics.createTopics(
      topics.map(args => newTopic(...args)),
      { validateOnly: false },
    )
    return results.map(({ name, errorCode, errorMessage }) => [name, errorCode, errorMessage])
  }

  describe('deleting', () => {
    const remove = async (...topics: TopicReference[]) => {
      const results = await broker.topics.deleteTopics(topics)
      return results.map(({ name, topicId, errorCode, errorMessage }) => [name, topicId, errorCode, errorMessage])
    }
    const idOf = (name: string): string => broker.cache.current.topic(name)!.id

    it('takes topics by name and by id, with everything that belongs to them', async () => {
      await create(['a', { partitions: 200, configs: [{ name: 'retention.ms', value: '5' }] }], ['b'], ['c'])
      const [a, b] = [idOf('a'), idOf('b')]
      expect(await remove(byName('a'), byId(b))).toEqual([
        ['a', a, NONE, null],
        ['b', b, NONE, null],
      ])
      expect([...broker.cache.current.topics()].map(({ name }) => name)).toEqual(['c'])
      await cluster.timers.settle()
      const { keyValues } = await cluster.store.range(cluster.keys.all)
      expect(keyValues.filter(({ key }) => key.includes(a) || key.includes(b))).toEqual([])
    })

    it('lets the name be used again, for another topic', async () => {
      await create(['a'])
      const before = idOf('a')
      await remove(byName('a'))
      expect(await create(['a'])).toEqual([['a', NONE, null]])
      expect(idOf('a')).not.toBe(before)
    })

    it('knows neither names nor ids that are not there', async () => {
      expect(await remove(byName('x'), byId('unknownunknownunknown0'))).toEqual([
        ['x', ZERO_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION, null],
        [null, 'unknownunknownunknown0', UNKNOWN_TOPIC_ID, null],
      ])
    })

    it('refuses references that are ambiguous, and deletes nothing for them', async () => {
      await create(['a'], ['b'])
      const a = idOf('a')
      expect(await remove(byName('a'), byName('a'), byId(ZERO_TOPIC_ID), { name: 'b', topicId: idOf('b') })).toEqual([
        ['a', ZERO_TOPIC_ID, INVALID_REQUEST, 'Duplicate topic name.'],
        [null, ZERO_TOPIC_ID, INVALID_REQUEST, 'Neither topic name nor id were specified.'],
        ['b', idOf('b'), INVALID_REQUEST, 'You may not specify both topic name and topic id.'],
      ])
      expect(await remove(byId(a), byId(a))).toEqual([[null, a, INVALID_REQUEST, 'Duplicate topic id.']])
      expect(broker.cache.current.topicCount).toBe(2)
    })

    it('refuses a name whose id is given too', async () => {
      await create(['a'])
      const a = idOf('a')
      const message = 'The provided topic name maps to an ID that was already supplied.'
      for (const both of [
        [byName('a'), byId(a)],
        [byId(a), byName('a')],
      ]) {
        expect(await remove(...both)).toEqual([['a', a, INVALID_REQUEST, message]])
      }
      expect(broker.cache.current.topicCount).toBe(1)
    })
  })

  describe('adding partitions', () => {
    const grow = async (name: string, count: number, assignments: number[][] | null = null, validateOnly = false) => {
      const results = await broker.topics.createPartitions([{ name, count, assignments }], { validateOnly })
      return results.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
    }
    beforeEach(() => create(['p', { partitions: 2 }]))

    it('goes on behind the present ones', async () => {
      const [first] = broker.cache.current.topic('p')!.partitions
      expect(await grow('p', 4)).toEqual([[NONE, null]])
      const { partitions } = broker.cache.current.topic('p')!
      expect(partitions.map(({ partition, leader }) => [partition, leader])).toEqual([0, 1, 2, 3].map(n => [n, 1]))
      expect(partitions[0]).toBe(first)
    })

    it.each([
      [2, null, INVALID_PARTITIONS, 'Topic already has 2 partition(s).'],
      [1, null, INVALID_PARTITIONS, 'The topic p currently has 2 partition(s); 1 would not be an increase.'],
      [-1, null, INVALID_PARTITIONS, 'The topic p currently has 2 partition(s); -1 would not be an increase.'],
      [20_000, null, POLICY_VIOLATION, 'Excessively large number of partitions per request.'],
      [
        4,
        [[1]],
        INVALID_REPLICA_ASSIGNMENT,
        'Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
      ],
      [
        3,
        [],
        INVALID_REPLICA_ASSIGNMENT,
        'Attempted to add 1 additional partition(s), but only 0 assignment(s) were specified.',
      ],
      [
        3,
        [[1, 1]],
        INVALID_REPLICA_ASSIGNMENT,
        'The manual partition assignment includes the broker 1 more than once.',
      ],
      [
        3,
        [[5]],
        INVALID_REPLICA_ASSIGNMENT,
        'The manual partition assignment includes broker 5, but no such broker is registered.',
      ],
      [3, [[]], INVALID_REPLICA_ASSIGNMENT, 'The manual partition assignment includes an empty replica list.'],
    ])('to %i with assignment %j is refused', async (count, assignments, code, message) => {
      expect(await grow('p', count, assignments)).toEqual([[code, message]])
      expect(broker.cache.current.topic('p')?.partitions).toHaveLength(2)
    })

    it('knows no topic that is not there', async () => {
      expect(await grow('x', 3)).toEqual([[UNKNOWN_TOPIC_OR_PARTITION, null]])
    })

    it('refuses a topic that is named twice', async () => {
      const twice = [3, 4].map(count => ({ name: 'p', count, assignments: null }))
      expect(await broker.topics.createPartitions(twice, { validateOnly: false })).toEqual([
        { name: 'p', errorCode: INVALID_REQUEST, errorMessage: 'Duplicate topic name.' },
      ])
    })

    it('only checks when it is told so', async () => {
      expect(await grow('p', 3, [[1]], true)).toEqual([[NONE, null]])
      expect(broker.cache.current.topic('p')?.partitions).toHaveLength(2)
    })

    it.each([127, 128, 129, 130, 1000])('adds up to %i at once in the eyes of others', async count => {
      const sizes: number[] = []
      broker.cache.onChange(image => sizes.push(image.topic('p')!.partitions.length))
      expect(await grow('p', count)).toEqual([[NONE, null]])
      expect(sizes).toEqual([count])
    })
  })
})

import { ErrorCode } from '../../protocol/errors'
import { ZERO_TOPIC_ID } from '../../src/metadata/topic-id'
import type { TopicReference } from '../../src/metadata/topic-request'
import { MeddlingStore, once } from '../support/meddling-store'
import { MetadataCluster, newTopic, type TestMember, topicRules } from '../support/metadata-cluster'

const { NONE, INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_CONFIG } = ErrorCode
const { INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, POLICY_VIOLATION } = ErrorCode
const { UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID } = ErrorCode

const assigned = (...replicas: number[][]) => replicas.map((list, partition) => ({ partition, replicas: list }))
const byName = (name: string): TopicReference => ({ name, topicId: ZERO_TOPIC_ID })
const byId = (topicId: string): TopicReference => ({ name: null, topicId })

describe('the topic admin of a single broker', () => {
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

  describe('creating', () => {
    it('answers when the topic is in the image, with all that was decided', async () => {
      const [result] = await broker.topics.createTopics(
        [newTopic('orders', { partitions: 3, configs: [{ name: 'retention.ms', value: '5' }] })],
        { validateOnly: false },
      )
      const topic = broker.cache.current.topic('orders')
      expect(result).toEqual({
        name: 'orders',
        errorCode: NONE,
        errorMessage: null,
        topicId: topic?.id,
        partitions: 3,
        replicationFactor: 1,
        configs: { 'retention.ms': '5' },
      })
      const { id, epoch } = broker.member.self
      expect(topic?.partitions).toHaveLength(3)
      expect(topic?.partitions[2]).toMatchObject({
        replicas: [id],
        leader: id,
        leaderBrokerEpoch: epoch,
        leaderEpoch: 0,
        isr: [{ id, epoch }],
        minIsr: 1,
      })
      expect(topic?.id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/)
    })

    it('uses the defaults where the request leaves the choice', async () => {
      const rules = { ...topicRules, defaultPartitions: 4 }
      await broker.stop()
      broker = await cluster.join(1, { rules })
      await create(['defaults'], ['own', { partitions: 2, replicationFactor: 1 }])
      const { current } = broker.cache
      expect([current.topic('defaults')?.partitions.length, current.topic('own')?.partitions.length]).toEqual([4, 2])
    })

    it.each([
      ['', 'Topic name is invalid: the empty string is not allowed'],
      ['.', "Topic name is invalid: '.' is not allowed"],
      ['..', "Topic name is invalid: '..' is not allowed"],
      [
        'x'.repeat(250),
        `Topic name is invalid: the length of '${'x'.repeat(250)}' is longer than the max allowed length 249`,
      ],
      ...['bad name', 'ünicode', 'a/b', 'line\n'].map(name => [
        name,
        `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`,
      ]),
    ])('refuses the name %j', async (name, message) => {
      expect(await create([name!])).toEqual([[name, INVALID_TOPIC_EXCEPTION, message]])
    })

    it('accepts the longest name', async () => {
      expect(await create(['x'.repeat(249)])).toMatchObject(
        [[{}, NONE, null]].map(([, ...rest]) => [expect.any(String), ...rest]),
      )
    })

    it('refuses the name of a topic that is there, and one that would clash with it', async () => {
      await create(['a.b'])
      expect(await create(['a.b', { partitions: 0 }], ['a_b'], ['a-b'])).toEqual([
        ['a.b', TOPIC_ALREADY_EXISTS, "Topic 'a.b' already exists."],
        ['a_b', INVALID_TOPIC_EXCEPTION, "Topic 'a_b' collides with existing topic: a.b"],
        ['a-b', NONE, null],
      ])
    })

    it("refuses the name of Kafka's metadata log", async () => {
      expect(await create(['__cluster_metadata'])).toEqual([
        ['__cluster_metadata', INVALID_REQUEST, 'Creation of internal topic __cluster_metadata is prohibited.'],
      ])
    })

    it('refuses a name that comes twice, whatever else may be wrong with it, and creates the others', async () => {
      expect(await create(['d'], ['d', { partitions: 0 }], ['e'])).toEqual([
        ['d', INVALID_REQUEST, 'Duplicate topic name.'],
        ['e', NONE, null],
      ])
      expect(broker.cache.current.topicCount).toBe(1)
    })

    it.each([
      [{ partitions: 0 }, INVALID_PARTITIONS, 'Number of partitions was set to an invalid non-positive value.'],
      [{ partitions: -2 }, INVALID_PARTITIONS, 'Number of partitions was set to an invalid non-positive value.'],
      [
        { partitions: 0, replicationFactor: 3 },
        INVALID_PARTITIONS,
        'Number of partitions was set to an invalid non-positive value.',
      ],
      [
        { replicationFactor: 0 },
        INVALID_REPLICATION_FACTOR,
        'Replication factor must be larger than 0, or -1 to use the default value.',
      ],
      [
        { replicationFactor: -2, partitions: 0 },
        INVALID_REPLICATION_FACTOR,
        'Replication factor must be larger than 0, or -1 to use the default value.',
      ],
      [
        { replicationFactor: 3 },
        INVALID_REPLICATION_FACTOR,
        'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.',
      ],
    ])('refuses the sizes %j', async (sizes, code, message) => {
      expect(await create(['t', sizes])).toEqual([['t', code, message]])
    })

    it.each([
      [
        { assignments: assigned([1]), partitions: 1, replicationFactor: 1 },
        INVALID_REQUEST,
        'A manual partition assignment was specified, but replication factor was not set to -1.',
      ],
      [
        { assignments: assigned([1]), partitions: 1 },
        INVALID_REQUEST,
        'A manual partition assignment was specified, but numPartitions was not set to -1.',
      ],
      [
        {
          assignments: [
            { partition: 0, replicas: [1] },
            { partition: 2, replicas: [1] },
          ],
        },
        INVALID_REPLICA_ASSIGNMENT,
        'partitions should be a consecutive 0-based integer sequence',
      ],
      [
        { assignments: [{ partition: 1, replicas: [1] }] },
        INVALID_REPLICA_ASSIGNMENT,
        'partitions should be a consecutive 0-based integer sequence',
      ],
      [
        { assignments: [{ partition: -1, replicas: [1] }] },
        INVALID_REPLICA_ASSIGNMENT,
        'partitions should be a consecutive 0-based integer sequence',
      ],
      [
        {
          assignments: [
            { partition: 0, replicas: [1] },
            { partition: 0, replicas: [1] },
          ],
        },
        INVALID_REPLICA_ASSIGNMENT,
        'Found multiple manual partition assignments for partition 0',
      ],
      [
        { assignments: assigned([1, 1]) },
        INVALID_REPLICA_ASSIGNMENT,
        'The manual partition assignment includes the broker 1 more than once.',
      ],
      [
        { assignments: assigned([1, 9]) },
        INVALID_REPLICA_ASSIGNMENT,
        'The manual partition assignment includes broker 9, but no such broker is registered.',
      ],
      [
        { assignments: assigned([-1, 1]) },
        INVALID_REPLICA_ASSIGNMENT,
        'The manual partition assignment includes broker -1, but no such broker is registered.',
      ],
      [
        { assignments: assigned([]) },
        INVALID_REPLICA_ASSIGNMENT,
        'The manual partition assignment includes an empty replica list.',
      ],
    ])('refuses the assignment %j', async (assignment, code, message) => {
      expect(await create(['t', assignment])).toEqual([['t', code, message]])
    })

    it('refuses settings that the configuration does not accept', async () => {
      expect(
        await create(
          ['unknown', { configs: [{ name: 'nope', value: '1' }], partitions: 0 }],
          ['bad', { configs: [{ name: 'retention.ms', value: 'x' }] }],
          [
            'null',
            {
              configs: [
                { name: 'retention.ms', value: null },
                { name: 'foo', value: null },
              ],
            },
          ],
          ['proto', { configs: [{ name: '__proto__', value: '1' }] }],
        ),
      ).toEqual([
        ['unknown', INVALID_CONFIG, 'Unknown topic config name: nope'],
        ['bad', INVALID_CONFIG, 'Invalid value x for configuration retention.ms: Not a number of type LONG'],
        ['null', INVALID_CONFIG, 'Null value not supported for topic configs: retention.ms,foo'],
        ['proto', INVALID_CONFIG, 'Unknown topic config name: __proto__'],
      ])
    })

    it('takes the last of several values of a setting', async () => {
      const configs = ['5', '6'].map(value => ({ name: 'retention.ms', value }))
      await create(['t', { configs }])
      expect(broker.cache.current.topic('t')?.configs).toEqual({ 'retention.ms': '6' })
    })

    it('only checks when it is told so', async () => {
      await create(['there'])
      const before = broker.cache.current
      const results = await broker.topics.createTopics([newTopic('t', { partitions: 2 }), newTopic('there')], {
        validateOnly: true,
      })
      expect(results).toMatchObject([
        { errorCode: NONE, topicId: ZERO_TOPIC_ID, partitions: 2, replicationFactor: 1 },
        { errorCode: TOPIC_ALREADY_EXISTS, topicId: ZERO_TOPIC_ID, partitions: -1, replicationFactor: -1 },
      ])
      expect(broker.cache.current).toBe(before)
    })

    it.each([125, 126, 127, 128, 129, 300, 10_000])(
      'creates %i partitions at once in the eyes of others',
      async count => {
        const sizes: number[] = []
        broker.cache.onChange(image => sizes.push(image.topic('big')?.partitions.length ?? -1))
        expect(await create(['big', { partitions: count }])).toEqual([['big', NONE, null]])
        expect(sizes).toEqual([count])
        expect([...broker.cache.current.unnamedTopicIds()]).toEqual([])
        expect(broker.cache.current.topic('big')?.partitions.at(-1)).toMatchObject({ partition: count - 1, leader: 1 })
      },
    )

    it('refuses more than 10,000 partitions in one request', async () => {
      const message = 'Excessively large number of partitions per request.'
      expect(await create(['a', { partitions: 9_999 }], ['b', { partitions: 2 }])).toEqual([
        ['a', POLICY_VIOLATION, message],
        ['b', POLICY_VIOLATION, message],
      ])
      expect(await create(['c', { partitions: 2 ** 31 - 1 }])).toEqual([['c', POLICY_VIOLATION, message]])
    })

    it('creates an internal topic once', async () => {
      const offsets = newTopic('__consumer_offsets', { partitions: 50 })
      const results = await Promise.all([1, 2].map(() => broker.topics.createInternalTopic(offsets)))
      expect(results.map(({ errorCode }) => errorCode)).toEqual([NONE, NONE])
      expect(broker.cache.current.topic('__consumer_offsets')?.partitions).toHaveLength(50)
      expect(
        await broker.topics.createInternalTopic({ ...offsets, name: 'other', replicationFactor: 3 }),
      ).toMatchObject({
        errorCode: INVALID_REPLICATION_FACTOR,
      })
    })

    it.each([1, 300])(
      'answers like any other creation when only the answer to the last of %i partitions got lost',
      async partitions => {
        const meddling = new MeddlingStore(cluster.store)
        const other = await cluster.join(2, { store: meddling })
        meddling.fate = once('/topics/name/', 'lost answer')
        const results = await other.topics.createTopics([newTopic('t', { partitions })], { validateOnly: false })
        expect(results).toMatchObject([{ errorCode: NONE, topicId: other.cache.current.topic('t')?.id }])
      },
    )

    it.each([1, 300])('says that it does not know when a request for %i partitions got lost', async partitions => {
      const meddling = new MeddlingStore(cluster.store)
      const other = await cluster.join(2, { store: meddling })
      meddling.fate = once('/topics/name/', 'lost request')
      const results = await other.topics.createTopics([newTopic('t', { partitions })], { validateOnly: false })
      expect(results).toMatchObject([
        {
          errorCode: ErrorCode.REQUEST_TIMED_OUT,
          errorMessage: 'The metadata store did not confirm the change: a lost request.',
        },
      ])
      expect(other.cache.current.topicCount).toBe(0)
    })

    it('does not wait for an image that no longer comes', async () => {
      broker.cache.close()
      const [[, code] = []] = await create(['t'])
      expect(code).toBe(ErrorCode.REQUEST_TIMED_OUT)
    })
  })

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
      const results = await remove(byName('a'), byId(a))
      expect(results[0]).toEqual([
        'a',
        a,
        INVALID_REQUEST,
        'The provided topic name maps to an ID that was already supplied.',
      ])
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

import { ErrorCode } from '../../protocol/errors'
import { ZERO_TOPIC_ID } from '../../src/metadata/topic-id'
import { MeddlingStore, once } from '../support/meddling-store'
import { MetadataCluster, newTopic, type TestMember, topicRules } from '../support/metadata-cluster'

const { NONE, INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_CONFIG } = ErrorCode
const { INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, POLICY_VIOLATION } = ErrorCode

const assigned = (...replicas: number[][]) => replicas.map((list, partition) => ({ partition, replicas: list }))

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
})

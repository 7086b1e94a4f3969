import { Metadata } from '../../../protocol/messages/03-metadata'
import { CreateTopics } from '../../../protocol/messages/19-create-topics'
import { DeleteTopics } from '../../../protocol/messages/20-delete-topics'
import { CreatePartitions } from '../../../protocol/messages/37-create-partitions'
import { area, script } from '../script'
import type { Stage } from '../stage'
import { newTopic, ready } from '../steps'

const NOWHERE = { numPartitions: 1, replicationFactor: 1 }
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAKg'

const create = (stage: Stage, version: number, topic: object, validateOnly = false) =>
  stage.send(CreateTopics, version, {
    topics: [{ name: stage.name('topic'), ...NOWHERE, ...topic }],
    timeoutMs: 10_000,
    validateOnly,
  })

export const topics = area(
  'topics',
  script('a topic is created', [2, 4, 5, 7], (stage, version) => create(stage, version, { numPartitions: 3 })),
  script('a topic with default numbers', [4, 5, 7], (stage, version) =>
    create(stage, version, { numPartitions: -1, replicationFactor: -1 }),
  ),
  script('a topic with settings', [5, 7], (stage, version) =>
    create(stage, version, {
      configs: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'retention.ms', value: '1000' },
      ],
    }),
  ),
  script('a topic that exists', [2, 7], async (stage, version) => {
    await newTopic(stage)
    await create(stage, version, {})
  }),
  script('a topic whose name collides', [2, 7], async (stage, version) => {
    await newTopic(stage, { label: 'a.b' })
    await create(stage, version, { name: stage.name('a_b') })
  }),
  script('a topic twice in one request', [2, 7], async (stage, version) => {
    const topic = { name: stage.name('twice'), ...NOWHERE }
    await stage.send(CreateTopics, version, { topics: [topic, topic], timeoutMs: 10_000 })
  }),
  script('names that no topic can have', [2, 7], async (stage, version) => {
    const names = ['', '.', '..', 'a b', 'a/b', 'x'.repeat(250), 'ü']
    await stage.send(CreateTopics, version, { topics: names.map(name => ({ name, ...NOWHERE })), timeoutMs: 10_000 })
  }),
  script('the longest name', [7], (stage, version) =>
    create(stage, version, { name: stage.name('').padEnd(249, 'x') }, true),
  ),
  script('no partitions', [2, 7], (stage, version) => create(stage, version, { numPartitions: 0 })),
  script('a negative number of partitions', [7], (stage, version) => create(stage, version, { numPartitions: -2 })),
  script('too many replicas', [2, 7], (stage, version) => create(stage, version, { replicationFactor: 3 })),
  script('no replicas', [7], (stage, version) => create(stage, version, { replicationFactor: 0 })),
  script('an unknown setting', [2, 7], (stage, version) =>
    create(stage, version, { configs: [{ name: 'no.such.setting', value: '1' }] }),
  ),
  script('a setting with a bad value', [2, 7], (stage, version) =>
    create(stage, version, { configs: [{ name: 'retention.ms', value: 'soon' }] }),
  ),
  script('a setting without a value', [7], (stage, version) =>
    create(stage, version, { configs: [{ name: 'retention.ms', value: null }] }),
  ),
  script('a setting twice', [7], (stage, version) =>
    create(stage, version, {
      configs: [
        { name: 'retention.ms', value: '1' },
        { name: 'retention.ms', value: '2' },
      ],
    }),
  ),
  script('an assignment of replicas', [2, 5, 7], (stage, version) =>
    create(stage, version, {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 1, brokerIds: [1] },
      ],
    }),
  ),
  script('an assignment beside numbers', [7], (stage, version) =>
    create(stage, version, { assignments: [{ partitionIndex: 0, brokerIds: [1] }] }),
  ),
  script('an assignment to an unknown broker', [7], (stage, version) =>
    create(stage, version, {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [{ partitionIndex: 0, brokerIds: [9] }],
    }),
  ),
  script('an assignment with a gap', [7], (stage, version) =>
    create(stage, version, {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [{ partitionIndex: 1, brokerIds: [1] }],
    }),
  ),
  script('an assignment to the same broker twice', [7], (stage, version) =>
    create(stage, version, {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }],
    }),
  ),
  script('an assignment to nobody', [7], (stage, version) =>
    create(stage, version, {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [{ partitionIndex: 0, brokerIds: [] }],
    }),
  ),
  script('a topic that is only validated', [2, 5, 7], async (stage, version) => {
    await create(stage, version, { numPartitions: 2 }, true)
    const topics = [{ name: stage.name('topic') }]
    await stage.send(Metadata, 9, { topics, allowAutoTopicCreation: false })
  }),
  script('one good topic beside a bad one', [7], (stage, version) =>
    stage.send(CreateTopics, version, {
      topics: [
        { name: stage.name('good'), ...NOWHERE },
        { name: stage.name('bad'), ...NOWHERE, numPartitions: 0 },
      ],
      timeoutMs: 10_000,
    }),
  ),
  script('no topic at all', [2, 7], (stage, version) => stage.send(CreateTopics, version, { timeoutMs: 10_000 })),
  script('a topic is deleted', [1, 5], async (stage, version) => {
    const { name } = await newTopic(stage)
    await stage.send(DeleteTopics, version, { topicNames: [name], timeoutMs: 10_000 })
    const topics = [{ name }]
    await stage.settle(
      Metadata,
      9,
      { topics, allowAutoTopicCreation: false },
      answer => answer.topics[0]!.errorCode === 3,
    )
  }),
  script('a topic is deleted by name', [6], async (stage, version) => {
    const { name } = await newTopic(stage)
    await stage.send(DeleteTopics, version, { topics: [{ name }], timeoutMs: 10_000 })
  }),
  script('a topic is deleted by id', [6], async (stage, version) => {
    const { topicId } = await newTopic(stage)
    await stage.send(DeleteTopics, version, { topics: [{ name: null, topicId }], timeoutMs: 10_000 })
  }),
  script('an unknown topic is deleted', [1, 5], (stage, version) =>
    stage.send(DeleteTopics, version, { topicNames: [stage.name('unknown')], timeoutMs: 10_000 }),
  ),
  script('an unknown id is deleted', [6], (stage, version) =>
    stage.send(DeleteTopics, version, { topics: [{ name: null, topicId: UNKNOWN_ID }], timeoutMs: 10_000 }),
  ),
  script('a topic is deleted by name and id', [6], async (stage, version) => {
    const topic = await newTopic(stage)
    await stage.send(DeleteTopics, version, { topics: [topic], timeoutMs: 10_000 })
  }),
  script('a topic is deleted by neither', [6], (stage, version) =>
    stage.send(DeleteTopics, version, { topics: [{ name: null }], timeoutMs: 10_000 }),
  ),
  script('a topic is deleted twice in one request', [5, 6], async (stage, version) => {
    const { name } = await newTopic(stage)
    const request = { topicNames: [name, name], topics: [{ name }, { name }], timeoutMs: 10_000 }
    await stage.send(DeleteTopics, version, request)
  }),
  script('partitions are added', [0, 1, 3], async (stage, version) => {
    const { name } = await newTopic(stage)
    const topics = [{ name, count: 3, assignments: null }]
    await stage.send(CreatePartitions, version, { topics, timeoutMs: 10_000 })
    await ready(stage, name, 3)
    await stage.send(Metadata, 9, { topics: [{ name }] })
  }),
  script('partitions are added where they shall be', [3], async (stage, version) => {
    const { name } = await newTopic(stage)
    const topics = [{ name, count: 2, assignments: [{ brokerIds: [1] }] }]
    await stage.send(CreatePartitions, version, { topics, timeoutMs: 10_000 })
  }),
  ...(
    [
      ['fewer partitions than before', 1, null],
      ['as many partitions as before', 2, null],
      ['no partitions any more', 0, null],
      ['a negative number of partitions for a topic', -1, null],
      ['partitions with too few assignments', 5, [[1]]],
      ['partitions with too many assignments', 3, [[1], [1]]],
      ['partitions at an unknown broker', 3, [[9]]],
      ['partitions at nobody', 3, [[]]],
      ['partitions twice at the same broker', 3, [[1, 1]]],
    ] as const
  ).map(([about, count, assignments]) =>
    script(about, [3], async (stage, version) => {
      const { name } = await newTopic(stage, { partitions: 2 })
      const topics = [{ name, count, assignments: assignments?.map(brokerIds => ({ brokerIds })) ?? null }]
      await stage.send(CreatePartitions, version, { topics, timeoutMs: 10_000 })
    }),
  ),
  script('partitions of an unknown topic', [0, 3], (stage, version) => {
    const topics = [{ name: stage.name('unknown'), count: 2, assignments: null }]
    return stage.send(CreatePartitions, version, { topics, timeoutMs: 10_000 })
  }),
  script('partitions that are only validated', [0, 3], async (stage, version) => {
    const { name } = await newTopic(stage)
    const topics = [{ name, count: 2, assignments: null }]
    await stage.send(CreatePartitions, version, { topics, timeoutMs: 10_000, validateOnly: true })
    await stage.send(Metadata, 9, { topics: [{ name }] })
  }),
  script('partitions of a topic twice in one request', [3], async (stage, version) => {
    const { name } = await newTopic(stage)
    const topics = [2, 3].map(count => ({ name, count, assignments: null }))
    await stage.send(CreatePartitions, version, { topics, timeoutMs: 10_000 })
  }),
)

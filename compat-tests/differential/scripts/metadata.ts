import { Metadata } from '../../../protocol/messages/03-metadata'
import { DescribeTopicPartitions } from '../../../protocol/messages/75-describe-topic-partitions'
import { ZERO_UUID } from '../../../protocol/wire/uuid'
import { area, script } from '../script'
import { newTopic } from '../steps'

const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAKg'

export const metadata = area(
  'metadata',
  script('a topic of three partitions', [0, 1, 4, 5, 7, 8, 9, 10, 12, 13], async (stage, version) => {
    const { name } = await newTopic(stage, { partitions: 3 })
    await stage.send(Metadata, version, { topics: [{ name }] })
  }),
  script('the brokers without any topic', [1, 5, 9, 13], (stage, version) =>
    stage.send(Metadata, version, { topics: [] }),
  ),
  script('all topics', [0, 1, 9, 13], async (stage, version) => {
    const { name } = await newTopic(stage)
    const topics = version === 0 ? [] : null
    await stage.send(Metadata, version, { topics }, answer => ({
      ...answer,
      topics: answer.topics.filter(topic => topic.name === name),
    }))
  }),
  script('an unknown topic that must not be created', [4, 9, 13], async (stage, version) => {
    const topics = [{ name: stage.name('unknown') }]
    await stage.send(Metadata, version, { topics, allowAutoTopicCreation: false })
  }),
  script('an unknown topic that may be created', [0, 4, 12], async (stage, version) => {
    await stage.send(Metadata, version, { topics: [{ name: stage.name('created') }] })
  }),
  script('a topic that was created by asking for it', [1, 12], async (stage, version) => {
    const topics = [{ name: stage.name('created') }]
    await stage.settle(Metadata, version, { topics }, answer => answer.topics[0]!.errorCode === 0)
  }),
  script('names that no topic can have', [1, 12], async (stage, version) => {
    const names = ['', '.', '..', 'a b', 'a/b', 'x'.repeat(250), 'ü']
    await stage.send(Metadata, version, { topics: names.map(name => ({ name })) })
  }),
  script('names that no topic can have, without creation', [4, 12], async (stage, version) => {
    const topics = ['', 'a b', 'x'.repeat(250)].map(name => ({ name }))
    await stage.send(Metadata, version, { topics, allowAutoTopicCreation: false })
  }),
  script('the same topic twice', [1, 9, 12], async (stage, version) => {
    const { name } = await newTopic(stage)
    await stage.send(Metadata, version, { topics: [{ name }, { name }] })
  }),
  script('a topic by its id', [10, 12, 13], async (stage, version) => {
    const { topicId } = await newTopic(stage)
    await stage.send(Metadata, version, { topics: [{ topicId, name: version < 12 ? '' : null }] })
  }),
  script('an id that no topic has', [12, 13], (stage, version) =>
    stage.send(Metadata, version, { topics: [{ topicId: UNKNOWN_ID, name: null }] }),
  ),
  script('a topic by name and id', [12], async (stage, version) => {
    const { name, topicId } = await newTopic(stage)
    await stage.send(Metadata, version, { topics: [{ name, topicId }] })
  }),
  script('neither name nor id', [12], (stage, version) =>
    stage.send(Metadata, version, { topics: [{ topicId: ZERO_UUID, name: null }] }),
  ),
  script('some by name and some by id', [12], async (stage, version) => {
    const { name } = await newTopic(stage, { label: 'one' })
    const { topicId } = await newTopic(stage, { label: 'two' })
    await stage.send(Metadata, version, { topics: [{ name }, { topicId, name: null }] })
  }),
  script('authorized operations of a topic', [8, 10, 12], async (stage, version) => {
    const { name } = await newTopic(stage)
    await stage.send(Metadata, version, {
      topics: [{ name }],
      includeTopicAuthorizedOperations: true,
      includeClusterAuthorizedOperations: version <= 10,
    })
  }),
  script('an internal topic', [1, 9], (stage, version) =>
    stage.send(Metadata, version, { topics: [{ name: '__consumer_offsets' }] }, ({ topics }) => ({
      topics: topics.map(topic => ({ ...topic, partitions: topic.partitions.slice(0, 0) })),
    })),
  ),
  script('partitions page by page', [0], async (stage, version) => {
    const one = await newTopic(stage, { label: 'a', partitions: 3 })
    const two = await newTopic(stage, { label: 'b', partitions: 2 })
    const topics = [{ name: one.name }, { name: two.name }]
    const first = await stage.send(DescribeTopicPartitions, version, { topics, responsePartitionLimit: 2 })
    await stage.send(DescribeTopicPartitions, version, { topics, responsePartitionLimit: 2, cursor: first.nextCursor })
    await stage.send(DescribeTopicPartitions, version, { topics })
  }),
  script('partitions from a cursor behind the last topic', [0], async (stage, version) => {
    const { name } = await newTopic(stage)
    const cursor = { topicName: `${name}-z`, partitionIndex: 0 }
    await stage.send(DescribeTopicPartitions, version, { topics: [{ name }], cursor })
  }),
  script('partitions from a negative cursor', [0], async (stage, version) => {
    const { name } = await newTopic(stage)
    const cursor = { topicName: name, partitionIndex: -1 }
    await stage.send(DescribeTopicPartitions, version, { topics: [{ name }], cursor })
  }),
  script('partitions of an unknown topic', [0], (stage, version) =>
    stage.send(DescribeTopicPartitions, version, { topics: [{ name: stage.name('unknown') }, { name: 'a b' }] }),
  ),
)

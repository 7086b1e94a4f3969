import { errorName } from '../../protocol/errors'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { OffsetFetch } from '../../protocol/messages/09-offset-fetch'
import { stableGroup, startGroupBroker, TOPIC } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker
let topicId: string

beforeEach(async () => {
  const started = await startGroupBroker()
  broker = started.broker
  topicId = started.topicId
})

afterEach(() => broker.close())

const nobody = { generationIdOrMemberEpoch: -1, memberId: '' }
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

const fetched = async (groupId: string) => {
  const { groups } = await broker.ask(OffsetFetch, 8, { groups: [{ groupId, topics: null }] })
  return groups[0]!.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, metadata }) => [
      name,
      partitionIndex,
      committedOffset,
      committedLeaderEpoch,
      metadata,
    ]),
  )
}

test.each([2, 3, 4, 5, 6, 7, 8, 9])('version %i keeps offsets, partition by partition', async version => {
  const partition = (partitionIndex: number, committedOffset: number, committedMetadata: string | null = null) => ({
    partitionIndex,
    committedOffset,
    committedMetadata,
    ...(version >= 6 && { committedLeaderEpoch: 4 }),
  })
  const { topics } = await broker.ask(OffsetCommit, version, {
    groupId: 'group',
    ...nobody,
    topics: [
      {
        name: TOPIC,
        partitions: [partition(0, 5, 'text'), partition(9, 1), partition(1, 6), partition(2, 7, 'x'.repeat(5_000))],
      },
      { name: 'unknown', partitions: [partition(0, 1)] },
    ],
  })
  expect(
    topics.map(({ name, partitions }) => [
      name,
      partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorName(errorCode)]),
    ]),
  ).toEqual([
    [
      TOPIC,
      [
        [0, 'NONE'],
        [9, 'UNKNOWN_TOPIC_OR_PARTITION'],
        [1, 'NONE'],
        [2, 'OFFSET_METADATA_TOO_LARGE'],
      ],
    ],
    ['unknown', [[0, 'UNKNOWN_TOPIC_OR_PARTITION']]],
  ])
  const leaderEpoch = version >= 6 ? 4 : -1
  expect(await fetched('group')).toEqual([
    [TOPIC, 0, 5, leaderEpoch, 'text'],
    [TOPIC, 1, 6, leaderEpoch, ''],
  ])
})

test('version 10 names topics by id', async () => {
  const { topics } = await broker.ask(OffsetCommit, 10, {
    groupId: 'group',
    ...nobody,
    topics: [
      {
        topicId,
        partitions: [
          { partitionIndex: 0, committedOffset: 5 },
          { partitionIndex: 9, committedOffset: 5 },
        ],
      },
      { topicId: UNKNOWN_ID, partitions: [{ partitionIndex: 0, committedOffset: 5 }] },
    ],
  })
  expect(topics.map(topic => [topic.topicId, topic.partitions.map(({ errorCode }) => errorName(errorCode))])).toEqual([
    [topicId, ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION']],
    [UNKNOWN_ID, ['UNKNOWN_TOPIC_ID']],
  ])
  expect(await fetched('group')).toEqual([[TOPIC, 0, 5, -1, '']])
})

test('a topic that is named twice is answered twice', async () => {
  const topic = (partitionIndex: number) => ({ name: TOPIC, partitions: [{ partitionIndex, committedOffset: 5 }] })
  const { topics } = await broker.ask(OffsetCommit, 9, { groupId: 'group', ...nobody, topics: [topic(0), topic(1)] })
  expect(topics.map(({ partitions }) => partitions)).toEqual([
    [{ partitionIndex: 0, errorCode: 0 }],
    [{ partitionIndex: 1, errorCode: 0 }],
  ])
})

test.each([
  [8, 'ILLEGAL_GENERATION'],
  [9, 'GROUP_ID_NOT_FOUND'],
])('version %i is told %s when it names a generation of a group that does not exist', async (version, error) => {
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 5 }] }]
  const answer = await broker.ask(OffsetCommit, version, {
    groupId: 'unknown',
    generationIdOrMemberEpoch: 3,
    memberId: 'a',
    topics,
  })
  expect(errorName(answer.topics[0]!.partitions[0]!.errorCode)).toBe(error)
})

test('a retention time of version 4 lets an offset expire by itself', async () => {
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 5 }] }]
  await broker.ask(OffsetCommit, 4, { groupId: 'short', ...nobody, retentionTimeMs: 60_000, topics })
  await broker.ask(OffsetCommit, 4, { groupId: 'long', ...nobody, retentionTimeMs: -1, topics })
  await broker.timers.advance(600_000)
  expect([await fetched('short'), await fetched('long')]).toMatchObject([[], [[TOPIC, 0, 5, -1, '']]])
})

test('members commit in their generation only', async () => {
  const { memberId, generationId } = await stableGroup(broker, 'group')
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 5 }] }]
  const commit = async (changes: object) => {
    const answer = await broker.ask(OffsetCommit, 9, {
      groupId: 'group',
      memberId,
      generationIdOrMemberEpoch: generationId,
      topics,
      ...changes,
    })
    return errorName(answer.topics[0]!.partitions[0]!.errorCode)
  }
  expect(await commit({})).toBe('NONE')
  expect(await commit({ generationIdOrMemberEpoch: generationId + 1 })).toBe('ILLEGAL_GENERATION')
  expect(await commit({ memberId: 'nobody' })).toBe('UNKNOWN_MEMBER_ID')
  expect(await commit(nobody)).toBe('UNKNOWN_MEMBER_ID')
})

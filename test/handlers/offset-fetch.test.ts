import { errorName } from '../../protocol/errors'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { OffsetFetch } from '../../protocol/messages/09-offset-fetch'
import { DeleteTopics } from '../../protocol/messages/20-delete-topics'
import { startGroupBroker, TOPIC } from '../support/group-broker'
import { TestBroker } from '../support/test-broker'

let broker: TestBroker
let topicId: string

beforeEach(async () => {
  const started = await startGroupBroker()
  broker = started.broker
  topicId = started.topicId
  for (const groupId of ['group', '']) {
    await broker.ask(OffsetCommit, 9, {
      groupId,
      generationIdOrMemberEpoch: -1,
      memberId: '',
      topics: [
        {
          name: TOPIC,
          partitions: [{ partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: 2, committedMetadata: 'text' }],
        },
      ],
    })
  }
})

afterEach(() => broker.close())

const NOTHING = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 }
const committed = (version: number) => ({
  partitionIndex: 0,
  committedOffset: 5,
  committedLeaderEpoch: version >= 5 ? 2 : -1,
  metadata: 'text',
  errorCode: 0,
})

test.each([1, 2, 3, 4, 5, 6, 7])(
  'version %i fetches what a group has committed; what it has not is -1',
  async version => {
    const answer = await broker.ask(OffsetFetch, version, {
      groupId: 'group',
      topics: [
        { name: TOPIC, partitionIndexes: [0, 1, 99] },
        { name: 'unknown', partitionIndexes: [0] },
      ],
    })
    expect(answer).toMatchObject({
      errorCode: 0,
      topics: [
        {
          name: TOPIC,
          partitions: [committed(version), { partitionIndex: 1, ...NOTHING }, { partitionIndex: 99, ...NOTHING }],
        },
        { name: 'unknown', partitions: [{ partitionIndex: 0, ...NOTHING }] },
      ],
    })
  },
)

test.each([2, 7])('version %i fetches everything when it names no topics', async version => {
  const answer = await broker.ask(OffsetFetch, version, { groupId: 'group', topics: null })
  expect(answer.topics).toMatchObject([{ name: TOPIC, partitions: [committed(version)] }])
  expect((await broker.ask(OffsetFetch, version, { groupId: 'unknown', topics: null })).topics).toEqual([])
})

test.each([8, 9])('version %i asks for several groups at once', async version => {
  const { groups } = await broker.ask(OffsetFetch, version, {
    groups: [
      { groupId: 'group', topics: [{ name: TOPIC, partitionIndexes: [0] }] },
      { groupId: 'unknown', topics: [{ name: TOPIC, partitionIndexes: [0] }] },
      { groupId: '', topics: null },
    ],
    requireStable: true,
  })
  expect(groups).toMatchObject([
    { groupId: 'group', errorCode: 0, topics: [{ name: TOPIC, partitions: [committed(version)] }] },
    { groupId: 'unknown', errorCode: 0, topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, ...NOTHING }] }] },
    { groupId: '', errorCode: 0, topics: [{ name: TOPIC, partitions: [committed(version)] }] },
  ])
})

test('version 10 names topics by id, in the question and in the answer', async () => {
  const unknownId = 'AAAAAAAAAAAAAAAAAAAAAQ'
  const { groups } = await broker.ask(OffsetFetch, 10, {
    groups: [
      {
        groupId: 'group',
        topics: [
          { topicId, partitionIndexes: [0] },
          { topicId: unknownId, partitionIndexes: [0, 1] },
        ],
      },
      { groupId: 'group', topics: null },
    ],
  })
  expect(groups[0]!.topics).toMatchObject([{ topicId, partitions: [committed(10)] }, { topicId: unknownId }])
  expect(groups[0]!.topics[1]!.partitions.map(({ errorCode }) => errorName(errorCode))).toEqual(
    Array(2).fill('UNKNOWN_TOPIC_ID'),
  )
  expect(groups[1]!.topics).toMatchObject([{ topicId, partitions: [committed(10)] }])
})

test('offsets of a deleted topic are gone, also when there is one of the same name again', async () => {
  await broker.ask(DeleteTopics, 5, { topicNames: [TOPIC], timeoutMs: 1_000 })
  await broker.createTopic(TOPIC, { partitions: 3 })
  const answer = await broker.ask(OffsetFetch, 7, { groupId: 'group', topics: null })
  expect(answer.topics).toEqual([])
})

test('a broker that coordinates nothing says so, in version 1 of every partition', async () => {
  const other = await TestBroker.start()
  const topics = [{ name: TOPIC, partitionIndexes: [0] }]
  const [first] = (await other.ask(OffsetFetch, 1, { groupId: 'group', topics })).topics
  expect(errorName(first!.partitions[0]!.errorCode)).toBe('NOT_COORDINATOR')
  expect(errorName((await other.ask(OffsetFetch, 2, { groupId: 'group', topics })).errorCode)).toBe('NOT_COORDINATOR')
  const { groups } = await other.ask(OffsetFetch, 8, { groups: [{ groupId: 'group', topics }] })
  expect(groups.map(({ errorCode }) => errorName(errorCode))).toEqual(['NOT_COORDINATOR'])
  await other.close()
})

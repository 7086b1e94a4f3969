import { errorName } from '../../protocol/errors'
import { OffsetCommit } from '../../protocol/messages/08-offset-commit'
import { OffsetDelete } from '../../protocol/messages/47-offset-delete'
import { stableGroup, startGroupBroker, TOPIC } from '../support/group-broker'
import type { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = (await startGroupBroker()).broker
})

afterEach(() => broker.close())

const remove = async (groupId: string) => {
  const { errorCode, topics } = await broker.ask(OffsetDelete, 0, {
    groupId,
    topics: [
      { name: TOPIC, partitions: [{ partitionIndex: 0 }, { partitionIndex: 9 }] },
      { name: 'unknown', partitions: [{ partitionIndex: 0 }] },
    ],
  })
  return [
    errorName(errorCode),
    topics.map(({ partitions }) => partitions.map(partition => errorName(partition.errorCode))),
  ]
}

test('offsets are forgotten, partition by partition', async () => {
  const topics = [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 5 }] }]
  await broker.ask(OffsetCommit, 9, { groupId: 'group', generationIdOrMemberEpoch: -1, memberId: '', topics })
  expect(await remove('group')).toEqual([
    'NONE',
    [['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'], ['UNKNOWN_TOPIC_OR_PARTITION']],
  ])
})

test('a topic that a member reads keeps its offsets', async () => {
  await stableGroup(broker, 'group')
  expect(await remove('group')).toEqual([
    'NONE',
    [['GROUP_SUBSCRIBED_TO_TOPIC', 'UNKNOWN_TOPIC_OR_PARTITION'], ['UNKNOWN_TOPIC_OR_PARTITION']],
  ])
})

test('a group that is not there fails the whole', async () => {
  expect([await remove('none'), await remove('')]).toEqual([
    ['GROUP_ID_NOT_FOUND', []],
    ['INVALID_GROUP_ID', []],
  ])
})

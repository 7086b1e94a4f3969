import { ErrorCode } from '../../protocol/errors'
import {
  DescribeTopicPartitions,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
} from '../../protocol/messages/75-describe-topic-partitions'
import type { InputOf } from '../../protocol/schema/message'
import { TestBroker } from '../support/test-broker'

type Request = InputOf<typeof DescribeTopicPartitionsRequest>

const { INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, NONE, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode
const ALL = [{ name: 'c' }, { name: 'a' }, { name: 'b' }]

let broker: TestBroker
let idOfA: string

beforeAll(async () => {
  broker = await TestBroker.start({ settings: { 'max.request.partition.size.limit': '5' } })
  idOfA = await broker.createTopic('a', { partitions: 3 })
  await broker.createTopic('b', { partitions: 2 })
  await broker.createTopic('c')
})

afterAll(() => broker.close())

const ask = (request: Request) => broker.ask(DescribeTopicPartitions, 0, request)

const partitionsOf = ({ topics }: DescribeTopicPartitionsResponse): string[] =>
  topics.flatMap(({ name, partitions }) => partitions.map(({ partitionIndex }) => `${name}/${partitionIndex}`))

/** `a/0 a/1 ...`, and where the next page begins. */
const pageOf = (response: DescribeTopicPartitionsResponse): string => {
  const { nextCursor } = response
  const next = nextCursor === null ? 'end' : `then ${nextCursor.topicName}/${nextCursor.partitionIndex}`
  return [...partitionsOf(response), next].join(' ')
}

test('a topic is described with its partitions', async () => {
  const { topics } = await ask({ topics: [{ name: 'c' }, { name: 'a' }], responsePartitionLimit: 1 })
  expect(topics).toEqual([
    {
      errorCode: NONE,
      name: 'a',
      topicId: idOfA,
      isInternal: false,
      topicAuthorizedOperations: 3576,
      partitions: [
        {
          errorCode: NONE,
          partitionIndex: 0,
          leaderId: 1,
          leaderEpoch: 0,
          replicaNodes: [1],
          isrNodes: [1],
          eligibleLeaderReplicas: [],
          lastKnownElr: [],
          offlineReplicas: [],
        },
      ],
    },
  ])
})

test.each([
  [1, 'a/0 then a/1'],
  [2, 'a/0 a/1 then a/2'],
  [3, 'a/0 a/1 a/2 then b/0'],
  [4, 'a/0 a/1 a/2 b/0 then b/1'],
  [5, 'a/0 a/1 a/2 b/0 b/1 then c/0'],
])('a page of %i partitions', async (responsePartitionLimit, page) => {
  expect(pageOf(await ask({ topics: ALL, responsePartitionLimit }))).toBe(page)
  // No topics: all of them.
  expect(pageOf(await ask({ topics: [], responsePartitionLimit }))).toBe(page)
})

test('a page is never larger than the broker allows, and never empty', async () => {
  expect(pageOf(await ask({ topics: ALL }))).toBe('a/0 a/1 a/2 b/0 b/1 then c/0')
  for (const responsePartitionLimit of [0, -1]) {
    expect(pageOf(await ask({ topics: ALL, responsePartitionLimit }))).toBe('a/0 then a/1')
  }
})

test('page by page every partition comes once', async () => {
  for (let responsePartitionLimit = 1; responsePartitionLimit <= 5; responsePartitionLimit++) {
    const seen: string[] = []
    let cursor: Request['cursor'] = null
    do {
      const response: DescribeTopicPartitionsResponse = await ask({ topics: [], responsePartitionLimit, cursor })
      seen.push(...partitionsOf(response))
      cursor = response.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual(['a/0', 'a/1', 'a/2', 'b/0', 'b/1', 'c/0'])
  }
})

test.each([
  ['a', 1, 'a/1 a/2 b/0 b/1 c/0 end'],
  ['b', 1, 'b/1 c/0 end'],
  // Deleted or shrunk since the last page.
  ['a', 3, 'b/0 b/1 c/0 end'],
  ['a', 9, 'b/0 b/1 c/0 end'],
])('a cursor at %s/%i', async (topicName, partitionIndex, page) => {
  expect(pageOf(await ask({ topics: ALL, cursor: { topicName, partitionIndex } }))).toBe(page)
})

test('of all topics a cursor may name one that has been deleted since', async () => {
  expect(pageOf(await ask({ topics: [], cursor: { topicName: 'aa', partitionIndex: 4 } }))).toBe('b/0 b/1 c/0 end')
})

test.each([
  ['a', -1],
  ['d', 0],
  ['aa', 0],
])('a cursor at %s/%i points to nothing that was asked for', async (topicName, partitionIndex) => {
  const { topics, nextCursor } = await ask({ topics: ALL, cursor: { topicName, partitionIndex } })
  expect(topics).toMatchObject(ALL.map(({ name }) => ({ name, errorCode: INVALID_REQUEST, partitions: [] })))
  expect(nextCursor).toBeNull()
})

test('topics that are not there take no room in a page', async () => {
  const topics = [{ name: 'aa' }, { name: 'c' }, { name: 'a b' }, { name: 'c' }]
  const response = await ask({ topics, responsePartitionLimit: 1 })
  expect(response.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['a b', INVALID_TOPIC_EXCEPTION],
    ['aa', UNKNOWN_TOPIC_OR_PARTITION],
    ['c', NONE],
  ])
  expect(response.nextCursor).toBeNull()
})

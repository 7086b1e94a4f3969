import { ErrorCode } from '../../protocol/errors'
import { Metadata } from '../../protocol/messages/03-metadata'
import { DeleteTopics, type DeleteTopicsRequest } from '../../protocol/messages/20-delete-topics'
import type { InputOf } from '../../protocol/schema/message'
import { TestBroker } from '../support/test-broker'

type Wanted = NonNullable<InputOf<typeof DeleteTopicsRequest>['topics']>[number]

const { INVALID_REQUEST, NONE, UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const OTHER_ID = 'BAAAAAAAAAAAAAAAAAAAAA'

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start()
})

afterEach(() => broker.close())

const remove = async (topics: readonly Wanted[]) =>
  (await broker.ask(DeleteTopics, 6, { topics, timeoutMs: 1000 })).responses

const names = async (): Promise<(string | null)[]> =>
  (await broker.ask(Metadata, 9, { topics: null })).topics.map(({ name }) => name)

const UNKNOWN_NAME = {
  topicId: NO_ID,
  errorCode: UNKNOWN_TOPIC_OR_PARTITION,
  errorMessage: 'This server does not host this topic-partition.',
}

test.each([1, 2, 3, 4, 5])('version %i deletes by name', async version => {
  await broker.createTopic('doomed')
  await broker.createTopic('spared')
  const { responses } = await broker.ask(DeleteTopics, version, { topicNames: ['doomed', 'nope'], timeoutMs: 1000 })
  expect(responses).toEqual([
    { name: 'doomed', topicId: NO_ID, errorCode: NONE, errorMessage: null },
    { ...UNKNOWN_NAME, name: 'nope', errorMessage: version < 5 ? null : UNKNOWN_NAME.errorMessage },
  ])
  expect(await names()).toEqual(['spared'])
})

test('version 6 deletes by name and by id, and tells both', async () => {
  const [first, second] = [await broker.createTopic('first'), await broker.createTopic('second')]
  expect(await remove([{ name: 'first' }, { name: null, topicId: second }])).toEqual([
    { name: 'first', topicId: first, errorCode: NONE, errorMessage: null },
    { name: 'second', topicId: second, errorCode: NONE, errorMessage: null },
  ])
  expect(await names()).toEqual([])
  expect(await remove([{ name: 'first' }, { name: null, topicId: second }])).toEqual([
    { ...UNKNOWN_NAME, name: 'first' },
    {
      name: null,
      topicId: second,
      errorCode: UNKNOWN_TOPIC_ID,
      errorMessage: 'This server does not host this topic ID.',
    },
  ])
})

test('what is named by both, by neither or twice is refused and stays', async () => {
  const id = await broker.createTopic('kept')
  const both = await remove([{ name: 'kept', topicId: id }])
  expect(both).toMatchObject([
    { errorCode: INVALID_REQUEST, errorMessage: expect.stringMatching(/both topic name and/) },
  ])
  const neither = await remove([{ name: null, topicId: NO_ID }])
  expect(neither).toMatchObject([{ errorCode: INVALID_REQUEST, errorMessage: expect.stringMatching(/Neither/) }])
  for (const twice of [
    [{ name: 'kept' }, { name: 'kept' }],
    [
      { name: null, topicId: id },
      { name: null, topicId: id },
    ],
    [{ name: 'kept' }, { name: null, topicId: id }],
    [{ name: null, topicId: id }, { name: 'kept' }],
  ]) {
    const refused = await remove(twice)
    expect(refused.map(({ errorCode }) => errorCode)).toEqual([INVALID_REQUEST])
  }
  expect(await names()).toEqual(['kept'])
})

test('ids and names that nobody has are unknown', async () => {
  expect(await remove([{ name: null, topicId: OTHER_ID }, { name: 'a b' }])).toMatchObject([
    { errorCode: UNKNOWN_TOPIC_ID },
    { errorCode: UNKNOWN_TOPIC_OR_PARTITION },
  ])
})

test('a topic of the same name that is made afterwards is empty and has another id', async () => {
  const before = await broker.createTopic('phoenix')
  await remove([{ name: 'phoenix' }])
  const after = await broker.createTopic('phoenix')
  expect(after).not.toBe(before)
  expect(broker.partition('phoenix').log.logEndOffset).toBe(0)
})

test('the files of a deleted topic go after file.delete.delay.ms', async () => {
  await broker.createTopic('slow', { configs: { 'file.delete.delay.ms': '5000' } })
  expect(broker.disk.list('/data')).toContain('slow-0')
  await remove([{ name: 'slow' }])
  const left = () => broker.disk.list('/data').filter(name => name.startsWith('slow-0'))
  expect(left()).toEqual([expect.stringMatching(/^slow-0\.[0-9a-f]+-delete$/)])
  await broker.timers.advance(5_000)
  expect(left()).toEqual([])
})

test.each([
  [1, INVALID_REQUEST],
  [2, INVALID_REQUEST],
  [3, ErrorCode.TOPIC_DELETION_DISABLED],
  [6, ErrorCode.TOPIC_DELETION_DISABLED],
])('version %i is refused with code %i where deletion is disabled', async (version, errorCode) => {
  const careful = await TestBroker.start({ settings: { 'delete.topic.enable': 'false' } })
  await careful.createTopic('kept')
  const request = version < 6 ? { topicNames: ['kept'] } : { topics: [{ name: 'kept' }] }
  const { responses } = await careful.ask(DeleteTopics, version, { ...request, timeoutMs: 1000 })
  expect(responses).toMatchObject([{ name: 'kept', errorCode }])
  expect(careful.partition('kept')).toBeDefined()
  await careful.close()
})

import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { AlterReplicaLogDirs } from '../../protocol/messages/34-alter-replica-log-dirs'
import { DescribeLogDirs } from '../../protocol/messages/35-describe-log-dirs'
import { batchOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({ settings: { 'log.dirs': '/one,/two' } })
  await broker.createTopic('t', { partitions: 2 })
})

afterEach(() => broker.close())

const move = async (version: number, path: string, name: string, partitions: readonly number[]) =>
  (
    await broker.ask(AlterReplicaLogDirs, version, {
      dirs: [{ path, topics: [{ name, partitions: [...partitions] }] }],
    })
  ).results

const directoryOf = (partition: number): string => broker.partition('t', partition)!.log.directory

test.each([1, 2])('version %i moves partitions, which go on as if nothing had happened', async version => {
  const records = batchOf(['a', 'b'])
  await broker.ask(Produce, 9, { acks: -1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] })
  const target = directoryOf(0) === '/one' ? '/two' : '/one'
  expect(await move(version, target, 't', [0])).toEqual([
    { topicName: 't', partitions: [{ partitionIndex: 0, errorCode: ErrorCode.NONE }] },
  ])
  await broker.timers.advance(1)
  expect(directoryOf(0)).toBe(target)
  const { results } = await broker.ask(DescribeLogDirs, 4, { topics: null })
  const moved = results.find(({ logDir }) => logDir === target)!.topics[0]!.partitions
  expect(moved).toContainEqual({ partitionIndex: 0, partitionSize: records.length, offsetLag: 0, isFutureKey: false })
  const { responses } = await broker.ask(Fetch, 11, {
    maxBytes: 1_000_000,
    topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }] }],
  })
  expect(responses[0]!.partitions[0]).toMatchObject({ errorCode: ErrorCode.NONE, highWatermark: 2 })
})

test('of an unknown directory and an unknown topic the directory is named', async () => {
  expect(await move(2, '/three', 'nope', [0])).toMatchObject([
    { partitions: [{ errorCode: ErrorCode.LOG_DIR_NOT_FOUND }] },
  ])
})

test('what cannot move is named, and the rest moves', async () => {
  const [here] = [directoryOf(0)]
  expect(await move(2, '/three', 't', [0])).toMatchObject([
    { partitions: [{ errorCode: ErrorCode.LOG_DIR_NOT_FOUND }] },
  ])
  expect(await move(2, here, 't', [0, 7])).toMatchObject([
    { partitions: [{ errorCode: ErrorCode.NONE }, { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }] },
  ])
  expect(await move(2, here, 'nope', [0])).toMatchObject([
    { topicName: 'nope', partitions: [{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }] },
  ])
})

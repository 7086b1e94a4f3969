import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { DescribeLogDirs, type DescribeLogDirsRequest } from '../../protocol/messages/35-describe-log-dirs'
import type { InputOf } from '../../protocol/schema/message'
import { batchOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

type Topics = InputOf<typeof DescribeLogDirsRequest>['topics']

const VERSIONS = [1, 2, 3, 4, 5]
const RECORDS = batchOf(['a'])

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({ settings: { 'log.dirs': '/one,/two' } })
  await broker.createTopic('t', { partitions: 3 })
  const topicData = [{ name: 't', partitionData: [{ index: 1, records: RECORDS }] }]
  await broker.ask(Produce, 9, { acks: -1, topicData })
})

afterEach(() => broker.close())

const ask = (version: number, topics: Topics = null) => broker.ask(DescribeLogDirs, version, { topics })

/** `directory topic/partition bytes`. */
const logsOf = async (topics: Topics): Promise<string[]> => {
  const { results } = await ask(4, topics)
  const logs = results.flatMap(({ logDir, topics: found }) =>
    found.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, partitionSize }) => `${logDir} ${name}/${partitionIndex} ${partitionSize}`),
    ),
  )
  return logs.sort()
}

test.each(VERSIONS)('version %i tells all directories with their logs', async version => {
  const { errorCode, results } = await ask(version)
  expect(errorCode).toBe(ErrorCode.NONE)
  expect(results.map(({ logDir }) => logDir)).toEqual(['/one', '/two'])
  for (const { errorCode: ofDirectory, totalBytes, usableBytes } of results) {
    expect(ofDirectory).toBe(ErrorCode.NONE)
    expect([totalBytes > 0, usableBytes > 0]).toEqual([version >= 4, version >= 4])
  }
  const partitions = results.flatMap(({ topics }) => topics.flatMap(topic => topic.partitions))
  expect(partitions.sort((a, b) => a.partitionIndex - b.partitionIndex)).toEqual(
    [0, 1, 2].map(partitionIndex => ({
      partitionIndex,
      partitionSize: partitionIndex === 1 ? RECORDS.length : 0,
      offsetLag: 0,
      isFutureKey: false,
    })),
  )
})

test('logs are spread over the directories', async () => {
  const { results } = await ask(4)
  expect(results.map(({ topics }) => topics.flatMap(({ partitions }) => partitions).length).sort()).toEqual([1, 2])
})

test('only the partitions asked for are told', async () => {
  await broker.createTopic('other')
  expect(await logsOf([{ topic: 't', partitions: [1, 7] }])).toEqual([
    expect.stringMatching(new RegExp(`^/(one|two) t/1 ${RECORDS.length}$`)),
  ])
  expect(await logsOf([{ topic: 'nope', partitions: [0] }])).toEqual([])
  expect(await logsOf([{ topic: 't', partitions: [] }])).toEqual([])
  expect(await logsOf([])).toEqual([])
})

test('a directory that failed is told as such, the other one goes on', async () => {
  const { directory } = broker.partition('t', 1).log
  broker.disk.faults.failWhen(({ path }) => path.startsWith(directory), 'EIO')
  const topicData = [{ name: 't', partitionData: [{ index: 1, records: batchOf(['b']) }] }]
  const { responses } = await broker.ask(Produce, 9, { acks: -1, topicData })
  expect(responses[0]!.partitionResponses).toMatchObject([{ errorCode: ErrorCode.KAFKA_STORAGE_ERROR }])
  for (const version of VERSIONS) {
    const { errorCode, results } = await ask(version)
    expect(errorCode).toBe(ErrorCode.NONE)
    const failed = results.find(({ logDir }) => logDir === directory)
    const sound = results.find(({ logDir }) => logDir !== directory)
    expect(failed).toMatchObject({
      errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
      topics: [],
      totalBytes: -1,
      usableBytes: -1,
    })
    expect(sound).toMatchObject({ errorCode: ErrorCode.NONE, topics: [{ name: 't' }] })
  }
})

import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { DeleteRecords } from '../../protocol/messages/21-delete-records'
import { batchOf } from '../support/batches'
import { TestBroker } from '../support/test-broker'

const { INVALID_TOPIC_EXCEPTION, NONE, OFFSET_OUT_OF_RANGE, POLICY_VIOLATION, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode

let broker: TestBroker

beforeAll(async () => {
  broker = await TestBroker.start()
})

afterAll(() => broker.close())

const fill = async (name: string, configs: Readonly<Record<string, string>> = {}) => {
  await broker.createTopic(name, { configs })
  const records = batchOf(['a', 'b', 'c', 'd'], {
    records: ['a', 'b', 'c', 'd'].map(text => ({ key: Buffer.from(text), value: Buffer.from(text) })),
  })
  await broker.ask(Produce, 9, { acks: -1, topicData: [{ name, partitionData: [{ index: 0, records }] }] })
}

const remove = async (version: number, name: string, offset: number, partitionIndex = 0) => {
  const topics = [{ name, partitions: [{ partitionIndex, offset }] }]
  const answer = await broker.ask(DeleteRecords, version, { topics, timeoutMs: 1000 })
  const { lowWatermark, errorCode } = answer.topics[0]!.partitions[0]!
  return { lowWatermark, errorCode }
}

test.each([0, 1, 2])('version %i moves the start of a log up, never down', async version => {
  const name = `cut-${version}`
  await fill(name)
  const { log } = broker.partition(name)
  expect(await remove(version, name, 1)).toEqual({ lowWatermark: 1, errorCode: NONE })
  expect(await remove(version, name, 3)).toEqual({ lowWatermark: 3, errorCode: NONE })
  expect(await remove(version, name, 2)).toEqual({ lowWatermark: 3, errorCode: NONE })
  expect(await remove(version, name, 0)).toEqual({ lowWatermark: 3, errorCode: NONE })
  expect(log.logStartOffset).toBe(3)
  expect(await remove(version, name, -1)).toEqual({ lowWatermark: 4, errorCode: NONE })
  expect(log).toMatchObject({ logStartOffset: 4, logEndOffset: 4 })
})

test.each([5, -2, Number.MAX_SAFE_INTEGER])('offset %i is out of range', async offset => {
  const name = `whole${Math.min(offset, 9)}`
  await fill(name)
  expect(await remove(2, name, offset)).toEqual({ lowWatermark: -1, errorCode: OFFSET_OUT_OF_RANGE })
  expect(broker.partition(name).log.logStartOffset).toBe(0)
})

test.each([
  ['compact', POLICY_VIOLATION],
  ['compact,delete', NONE],
  ['delete', NONE],
  ['', NONE],
])('with the policy %j the answer is code %i', async (policy, errorCode) => {
  const name = `policy-${policy.replace(',', '-')}`
  await fill(name, { 'cleanup.policy': policy })
  expect(await remove(2, name, 2)).toEqual({ lowWatermark: errorCode === NONE ? 2 : -1, errorCode })
})

test('topics and partitions that are not there', async () => {
  await fill('there')
  for (const version of [0, 1, 2]) {
    const unknown = { lowWatermark: -1, errorCode: UNKNOWN_TOPIC_OR_PARTITION }
    expect(await remove(version, 'nope', 0)).toEqual(unknown)
    expect(await remove(version, 'there', 0, 1)).toEqual(unknown)
  }
})

test('internal topics are left alone', async () => {
  await broker.createTopic('__consumer_offsets')
  expect(await remove(2, '__consumer_offsets', 0)).toEqual({ lowWatermark: -1, errorCode: INVALID_TOPIC_EXCEPTION })
})

import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { BATCH_HEADER_SIZE, baseOffsetAt, batchSizeAt, isBatchCrcValid } from '../../protocol/records/batch-header'

import { type RunningBroker, startBroker } from '../../src/broker/start-broker'
import { NodeTransport } from '../../src/io/node/node-transport'
import { batchOf } from '../support/batches'
import { breakOff } from '../support/breaking-reader'
import { requestFrame, TestClient } from '../support/test-client'

const TOPIC = 'new'
const PARTITIONS = 5
const WRITERS = 4
/** Of each writer; all together are more than is kept in memory. */
const REQUESTS = 150
const IN_FLIGHT = 5
const VALUE_BYTES = 30_000
const BATCHES = WRITERS * REQUESTS
const MEBIBYTE = 1024 * 1024

let broker: RunningBroker

beforeEach(async () => {
  broker = await startBroker({ topics: { [TOPIC]: PARTITIONS } })
})

afterEach(() => broker.close())

const connect = () => TestClient.connect(new NodeTransport(), broker.listeners[0]!)

/** Several partitions in one request, which comes in several pieces. */
const requestOf = (writer: number, number: number) => ({
  acks: 1,
  timeoutMs: 5000,
  topicData: [
    {
      name: TOPIC,
      partitionData: Array.from({ length: PARTITIONS }, (_, index) => ({
        index,
        records: batchOf([`p${index} w${writer} n${number} `.padEnd(VALUE_BYTES, `${writer}`)]),
      })),
    },
  ],
})

const write = async (writer: number): Promise<void> => {
  const client = await connect()
  let next = 0
  const drive = async () => {
    while (next < REQUESTS) {
      const { responses } = await client.send(Produce, 9, requestOf(writer, next++))
      for (const { errorCode } of responses[0]!.partitionResponses) expect(errorCode).toBe(ErrorCode.NONE)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, drive))
  await client.destroy()
}

const fetchOf = (partition: number, fetchOffset: number) => ({
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 50 * MEBIBYTE,
  topics: [{ topic: TOPIC, partitions: [{ partition, fetchOffset, partitionMaxBytes: MEBIBYTE }] }],
})

/** Checks that whole batches of the partition came, from `offset` on, each writer's in order; returns the offset behind them. */
const endOf = (records: Buffer, partition: number, offset: number, written: number[]): number => {
  let next = offset
  for (let at = 0; at < records.length; at += batchSizeAt(records, at)) {
    expect(baseOffsetAt(records, at)).toBe(next++)
    expect(isBatchCrcValid(records, at)).toBe(true)
    const value = records.toString('latin1', at + BATCH_HEADER_SIZE, at + BATCH_HEADER_SIZE + 60)
    const [from, writer, number] = /p(\d+) w(\d+) n(\d+) /.exec(value)!.slice(1).map(Number)
    expect([from, number]).toEqual([partition, written[writer!]])
    written[writer!]!++
  }
  return next
}

/** Reads while others write, to the end. */
const follow = async (partition: number): Promise<number> => {
  const client = await connect()
  const written = Array<number>(WRITERS).fill(0)
  let next = 0
  while (next < BATCHES) {
    const { responses } = await client.send(Fetch, 12, fetchOf(partition, next))
    next = endOf(responses[0]!.partitions[0]!.records!, partition, next, written)
  }
  await client.destroy()
  return next
}

/** Asks for records when there are some, and takes what it gets when all others are done. */
const readLate = async (partition: number, others: Promise<unknown>): Promise<void> => {
  const client = await connect()
  const first = await client.send(Fetch, 12, { ...fetchOf(partition, 0), minBytes: 10 * VALUE_BYTES })
  const written = Array<number>(WRITERS).fill(0)
  const next = endOf(first.responses[0]!.partitions[0]!.records!, partition, 0, written)
  client.pause()
  const answers = Array.from({ length: 20 }, () => client.send(Fetch, 12, fetchOf(partition, next)))
  await others
  client.resume()
  for (const answer of answers) {
    const { records } = (await answer).responses[0]!.partitions[0]!
    expect(endOf(records!, partition, next, [...written])).toBeGreaterThan(next)
  }
  await client.destroy()
}

/** Asks for records again and again and goes away when they begin to come. */
const breakOffReading = async (times: number): Promise<void> => {
  for (let time = 0; time < times; time++) {
    const requests = Array.from({ length: 5 }, (_, at) => requestFrame(Fetch, 12, fetchOf(at % PARTITIONS, time)))
    await breakOff(broker.listeners[0]!, requests)
  }
}

/** Sends the better part of a request and goes away. */
const breakOffWriting = async (times: number): Promise<void> => {
  const frame = requestFrame(Produce, 9, requestOf(0, 0))
  for (let time = 0; time < times; time++) {
    const client = await connect()
    client.sendRaw(frame.subarray(0, 100_000))
    await client.destroy()
  }
}

test('readers get what was written, whole and in its place, however slow they are and however connections break', async () => {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition)
  const readers = Promise.all(partitions.map(follow))
  const late = Promise.all(partitions.map(partition => readLate(partition, readers)))
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  const [read] = await Promise.all([readers, late, writers, breakOffReading(20), breakOffWriting(20)])
  expect(read).toEqual(Array(PARTITIONS).fill(BATCHES))
})

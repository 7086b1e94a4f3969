import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { baseOffsetAt, batchSizeAt, isBatchCrcValid } from '../../protocol/records/batch-header'
import { type RunningBroker, startBroker } from '../../src/broker/start-broker'
import { NodeTransport } from '../../src/io/node/node-transport'
import { batchOf } from '../support/batches'
import { breakOff } from '../support/breaking-reader'
import { temporaryDirectory } from '../support/temporary-directory'
import { requestFrame, TestClient } from '../support/test-client'

const TOPIC = 'old'
const BATCHES = 400
const BATCH_VALUE_BYTES = 30_000
const MEBIBYTE = 1024 * 1024

let broker: RunningBroker

afterEach(() => broker.close())

const connect = () => TestClient.connect(new NodeTransport(), broker.listeners[0]!)

const fetchOf = (fetchOffset: number) => ({
  maxWaitMs: 0,
  maxBytes: 50 * MEBIBYTE,
  topics: [{ topic: TOPIC, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: MEBIBYTE }] }],
})

/** Batches of one record each, which nobody has in memory after the restart. */
const writeAndRestart = async (directory: string): Promise<void> => {
  const options = { storage: 'disk', directory, topics: { [TOPIC]: 1 } } as const
  broker = await startBroker(options)
  const client = await connect()
  for (let number = 0; number < BATCHES; number++) {
    const records = batchOf([String(number).padEnd(BATCH_VALUE_BYTES)])
    const topicData = [{ name: TOPIC, partitionData: [{ index: 0, records }] }]
    await client.send(Produce, 9, { acks: 1, timeoutMs: 5000, topicData })
  }
  await client.destroy()
  await broker.close()
  broker = await startBroker(options)
}

/** Checks that whole batches from `offset` on came; returns the offset behind them. */
const endOf = (records: Buffer, offset: number): number => {
  expect(records.length).toBeGreaterThan(0)
  let next = offset
  for (let at = 0; at < records.length; at += batchSizeAt(records, at)) {
    expect(baseOffsetAt(records, at)).toBe(next)
    expect(isBatchCrcValid(records, at)).toBe(true)
    next++
  }
  return next
}

/** Reads from the beginning to the end; returns how many batches came, each whole and in its place. */
const readAll = async (): Promise<number> => {
  const client = await connect()
  let next = 0
  while (next < BATCHES) {
    const { responses } = await client.send(Fetch, 12, fetchOf(next))
    next = endOf(responses[0]!.partitions[0]!.records!, next)
  }
  await client.destroy()
  return next
}

/** Asks for everything at once and reads nothing before `others` are done. */
const readLate = async (others: Promise<unknown>): Promise<void> => {
  const client = await connect()
  client.pause()
  const offsets = Array.from({ length: BATCHES / 20 }, (_, at) => at * 20)
  const answers = offsets.map(offset => client.send(Fetch, 12, fetchOf(offset)))
  await others
  client.resume()
  for (const [at, answer] of answers.entries()) {
    endOf((await answer).responses[0]!.partitions[0]!.records!, offsets[at]!)
  }
  await client.destroy()
}

/** Asks for records again and again and goes away when they begin to come. */
const breakOffReading = async (times: number): Promise<void> => {
  for (let time = 0; time < times; time++) {
    const offsets = Array.from({ length: 5 }, (_, at) => (time * 31 + at * 34) % BATCHES)
    await breakOff(
      broker.listeners[0]!,
      offsets.map(offset => requestFrame(Fetch, 12, fetchOf(offset))),
    )
  }
}

test('readers of old records get theirs whole, however slow they are and however connections break', async () => {
  await writeAndRestart(temporaryDirectory())
  const readers = Promise.all(Array.from({ length: 6 }, readAll))
  const late = Promise.all(Array.from({ length: 3 }, () => readLate(readers)))
  const [read] = await Promise.all([readers, late, breakOffReading(20), breakOffReading(20)])
  expect(read).toEqual(Array(6).fill(BATCHES))
  expect(await readAll()).toBe(BATCHES)
})

import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { decodeRecords, encodeBatch, iterateBatches } from '../../protocol/records/record-batch'
import { readerOf } from '../../protocol/schema/codec'
import { Reader } from '../../protocol/wire/reader'
import { LoadConnection, prepare } from './load-connection'

export interface LatencyLoad {
  readonly host: string
  readonly port: number
  readonly topic: string
  readonly messageBytes: number
  readonly messagesPerSecond: number
  readonly acks: -1 | 1
  readonly seconds: number
}

/** Milliseconds from the moment a record was due to be sent to the moment its reader has it. */
export interface LatencyResult {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  readonly messages: number
}

/** As with linger.ms=1: what is due within a millisecond goes as one batch. */
const TICK_MS = 1
const PRODUCE_VERSION = 9
const FETCH_VERSION = 12
const WARM_UP_SECONDS = 2
const TIMESTAMP_BYTES = 8

/**
 * One producer at a fixed rate and one consumer with long polls, in one process with one clock. A batch that could not be sent in time
 * counts from when it was due, so that a broker that stalls the producer does not hide its delays (coordinated omission).
 */
export const runLatencyLoad = async (load: LatencyLoad): Promise<LatencyResult> => {
  const producer = await LoadConnection.open(load.host, load.port)
  const consumer = await LoadConnection.open(load.host, load.port)
  const delays: number[] = []
  const startedAt = performance.now()
  const endsAt = startedAt + (WARM_UP_SECONDS + load.seconds) * 1000
  const countsFrom = startedAt + WARM_UP_SECONDS * 1000
  const total = await Promise.race([
    Promise.all([produce(producer, load, startedAt, endsAt), consume(consumer, load, countsFrom, endsAt, delays)]),
    new Promise<never>((_, reject) => {
      producer.onFailure(reject)
      consumer.onFailure(reject)
    }),
  ])
  producer.close()
  consumer.close()
  if (total[1] < total[0]) throw new Error(`${total[0]} records were sent, ${total[1]} were read`)
  return percentiles(delays)
}

const produce = (connection: LoadConnection, load: LatencyLoad, startedAt: number, endsAt: number): Promise<number> =>
  new Promise((resolve, reject) => {
    let sent = 0
    let inFlight = 0
    let isOver = false
    const answered = (frame: Buffer) => {
      inFlight--
      const reader = new Reader(frame, 4)
      reader.skipTaggedFields()
      const { errorCode } = readerOf(Produce.response, PRODUCE_VERSION)(reader).responses[0]!.partitionResponses[0]!
      if (errorCode !== ErrorCode.NONE) reject(new Error(errorName(errorCode)))
      if (isOver && inFlight === 0) resolve(sent)
    }
    const tick = () => {
      const now = performance.now()
      const due = Math.floor(((Math.min(now, endsAt) - startedAt) / 1000) * load.messagesPerSecond)
      if (due > sent) {
        const values = Array.from({ length: due - sent }, (_, at) =>
          valueDue(startedAt + ((sent + at) / load.messagesPerSecond) * 1000, load.messageBytes),
        )
        sent = due
        inFlight++
        connection.send(produceRequest(load, values), answered)
      }
      isOver = now >= endsAt
      if (!isOver) setTimeout(tick, TICK_MS)
      else if (inFlight === 0) resolve(sent)
    }
    tick()
  })

const valueDue = (due: number, bytes: number): Buffer => {
  const value = Buffer.alloc(Math.max(bytes, TIMESTAMP_BYTES), 120)
  value.writeDoubleBE(due)
  return value
}

const produceRequest = ({ topic, acks }: LatencyLoad, values: readonly Buffer[]) => {
  const timestamp = Date.now()
  const records = encodeBatch({ records: values.map(value => ({ value, timestamp })) })
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
  return prepare(Produce, PRODUCE_VERSION, { acks, timeoutMs: 30_000, topicData })
}

const consume = async (
  connection: LoadConnection,
  load: LatencyLoad,
  countsFrom: number,
  endsAt: number,
  delays: number[],
): Promise<number> => {
  let offset = 0
  const expected = Math.floor(((endsAt - countsFrom) / 1000 + WARM_UP_SECONDS) * load.messagesPerSecond)
  const givesUpAt = endsAt + 10_000
  while (offset < expected && performance.now() < givesUpAt) {
    const records = await fetch(connection, load.topic, offset)
    const now = performance.now()
    for (const { position } of iterateBatches(records)) {
      for (const record of decodeRecords(records, position, { maxBytes: 1 << 30 })) {
        if (record.offset < offset) continue
        offset = record.offset + 1
        const due = record.value!.readDoubleBE(0)
        if (due >= countsFrom) delays.push(now - due)
      }
    }
  }
  return offset
}

const fetch = (connection: LoadConnection, topic: string, fetchOffset: number): Promise<Buffer> =>
  new Promise(resolve => {
    const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1024 * 1024 }]
    const body = { maxWaitMs: 500, minBytes: 1, maxBytes: 50 * 1024 * 1024, topics: [{ topic, partitions }] }
    connection.send(prepare(Fetch, FETCH_VERSION, body), frame => {
      const reader = new Reader(frame, 4)
      reader.skipTaggedFields()
      const { responses } = readerOf(Fetch.response, FETCH_VERSION)(reader)
      resolve(responses[0]?.partitions[0]?.records ?? Buffer.alloc(0))
    })
  })

const percentiles = (delays: number[]): LatencyResult => {
  delays.sort((a, b) => a - b)
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))]!
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1), messages: delays.length }
}

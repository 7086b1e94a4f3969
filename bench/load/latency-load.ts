import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { encodeBatch } from '../../protocol/records/record-batch'
import { offsetBehind } from './consume-load'
import { answerIn, LoadConnection, type PreparedRequest, prepare } from './load-connection'
import { valuesOf } from './produce-load'

export interface LatencyLoad {
  readonly host: string
  readonly port: number
  readonly topic: string
  readonly messageBytes: number
  readonly messagesPerSecond: number
  readonly acks: -1 | 1
  readonly seconds: number
}

/** Milliseconds from the moment a record was given to the socket to the moment its reader has it. */
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
/** How long the reader waits for the last records. */
const PATIENCE_MS = 10_000

/**
 * One producer at a fixed rate and one consumer with long polls, in one process with one clock. What is sent does not wait for answers, so
 * a broker that stalls hides none of its delays (coordinated omission); by how much a timer of this process comes late does not count.
 */
export const runLatencyLoad = async (load: LatencyLoad): Promise<LatencyResult> => {
  const producer = await LoadConnection.open(load.host, load.port)
  const consumer = await LoadConnection.open(load.host, load.port)
  const run = new LatencyRun(load)
  await Promise.race([
    Promise.all([run.produce(producer), run.consume(consumer)]),
    new Promise<never>((_, reject) => {
      producer.onFailure(reject)
      consumer.onFailure(reject)
    }),
  ])
  producer.close()
  consumer.close()
  return run.result()
}

/** Records that were sent together. */
interface Sent {
  readonly at: number
  readonly count: number
  /** Offset behind the last one: there is one producer, and the topic is new. */
  readonly endOffset: number
}

class LatencyRun {
  readonly #load: LatencyLoad
  readonly #startedAt = performance.now()
  readonly #countsFrom = this.#startedAt + WARM_UP_SECONDS * 1000
  readonly #endsAt: number
  readonly #total: number
  /** By number of records. They are built once: the time that goes into them would be taken for the broker's. */
  readonly #requests = new Map<number, PreparedRequest>()
  readonly #unread: Sent[] = []
  readonly #delays: number[] = []
  #sent = 0
  #inFlight = 0

  constructor(load: LatencyLoad) {
    this.#load = load
    this.#endsAt = this.#countsFrom + load.seconds * 1000
    this.#total = Math.floor((WARM_UP_SECONDS + load.seconds) * load.messagesPerSecond)
  }

  /** Sends what is due, tick by tick; resolves when everything is acknowledged. */
  produce(connection: LoadConnection): Promise<void> {
    return new Promise((resolve, reject) => {
      const isDone = () => this.#sent === this.#total && this.#inFlight === 0
      const answered = (frame: Buffer) => {
        this.#inFlight--
        const { responses } = answerIn(Produce, PRODUCE_VERSION, frame)
        const { errorCode } = responses[0]!.partitionResponses[0]!
        if (errorCode !== ErrorCode.NONE) reject(new Error(errorName(errorCode)))
        else if (isDone()) resolve()
      }
      const tick = () => {
        const due = this.#due()
        if (due > this.#sent) this.#send(connection, due - this.#sent, answered)
        if (this.#sent < this.#total) setTimeout(tick, TICK_MS)
      }
      tick()
    })
  }

  /** Reads everything that is sent. */
  async consume(connection: LoadConnection): Promise<void> {
    let offset = 0
    while (offset < this.#total) {
      offset = await this.#fetch(connection, offset)
      this.#arrived(offset)
      if (performance.now() > this.#endsAt + PATIENCE_MS) {
        throw new Error(`${this.#sent} records were sent, ${offset} were read`)
      }
    }
  }

  result(): LatencyResult {
    const delays = this.#delays.sort((a, b) => a - b)
    const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))]!
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1), messages: delays.length }
  }

  #due(): number {
    const seconds = (performance.now() - this.#startedAt) / 1000
    return Math.min(this.#total, Math.floor(seconds * this.#load.messagesPerSecond))
  }

  #send(connection: LoadConnection, count: number, answered: (frame: Buffer) => void): void {
    const request = this.#request(count)
    this.#sent += count
    this.#inFlight++
    this.#unread.push({ at: performance.now(), count, endOffset: this.#sent })
    connection.send(request, answered)
  }

  #request(count: number): PreparedRequest {
    const known = this.#requests.get(count)
    if (known) return known
    const { topic, acks, messageBytes } = this.#load
    const records = encodeBatch({ records: valuesOf(messageBytes, count) })
    const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
    const request = prepare(Produce, PRODUCE_VERSION, { acks, timeoutMs: 30_000, topicData })
    this.#requests.set(count, request)
    return request
  }

  /** Returns the offset behind what came. */
  #fetch(connection: LoadConnection, fetchOffset: number): Promise<number> {
    const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1024 * 1024 }]
    const topics = [{ topic: this.#load.topic, partitions }]
    const body = { maxWaitMs: 500, minBytes: 1, maxBytes: 50 * 1024 * 1024, topics }
    return new Promise((resolve, reject) => {
      connection.send(prepare(Fetch, FETCH_VERSION, body), frame => {
        const { responses } = answerIn(Fetch, FETCH_VERSION, frame)
        const { errorCode = ErrorCode.NONE, records } = responses[0]?.partitions[0] ?? {}
        if (errorCode !== ErrorCode.NONE) reject(new Error(errorName(errorCode)))
        else resolve((records && offsetBehind(records)) ?? fetchOffset)
      })
    })
  }

  #arrived(offset: number): void {
    const now = performance.now()
    let read = 0
    for (; read < this.#unread.length && this.#unread[read]!.endOffset <= offset; read++) {
      const { at, count } = this.#unread[read]!
      if (at >= this.#countsFrom) for (let record = 0; record < count; record++) this.#delays.push(now - at)
    }
    this.#unread.splice(0, read)
  }
}

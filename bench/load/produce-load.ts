import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { encodeBatch } from '../../protocol/records/record-batch'
import { answerIn, LoadConnection, type PreparedRequest, prepare } from './load-connection'

export interface ProduceLoad {
  readonly host: string
  readonly port: number
  readonly topic: string
  readonly partitions: number
  readonly connections: number
  readonly messageBytes: number
  readonly acks: -1 | 1
  readonly seconds: number
  /** Stops earlier when so many bytes of values have been acknowledged. */
  readonly bytesMax?: number
}

export interface LoadResult {
  readonly messages: number
  readonly bytes: number
  readonly seconds: number
}

/** What Kafka's Java producer does by default with a full queue: batches of 16 KiB, five requests in flight, several partitions in one. */
const BATCH_BYTES = 16 * 1024
const IN_FLIGHT = 5
const PARTITIONS_PER_REQUEST = 8
/** The last version that names topics by name, which every broker serves. */
const PRODUCE_VERSION = 9
const TIMEOUT_MS = 30_000
const WARM_UP_SECONDS = 1

/** Keeps the pipelines of all connections full for a while; counts what is acknowledged after a second of warming up. */
export const runProduceLoad = async (load: ProduceLoad): Promise<LoadResult> => {
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => LoadConnection.open(load.host, load.port)),
  )
  const perBatch = Math.max(1, Math.floor(BATCH_BYTES / load.messageBytes))
  const batch = encodeBatch({ records: valuesOf(load.messageBytes, perBatch) })
  const run = new ProduceRun(load, perBatch)
  try {
    await Promise.all(connections.map((connection, at) => run.drive(connection, requestsOf(load, batch, at))))
  } finally {
    for (const connection of connections) connection.close()
  }
  return run.result()
}

export const valuesOf = (bytes: number, count: number) => {
  const value = Buffer.alloc(bytes)
  for (let at = 0; at < bytes; at++) value[at] = 32 + ((at * 31) % 95)
  const timestamp = Date.now()
  return Array.from({ length: count }, () => ({ value, timestamp }))
}

/** The requests of a connection, each with several partitions; together they go round all of them. */
const requestsOf = (load: ProduceLoad, batch: Buffer, connection: number): PreparedRequest[] => {
  const perRequest = Math.min(PARTITIONS_PER_REQUEST, load.partitions)
  const requests: PreparedRequest[] = []
  for (let first = 0; first < load.partitions; first += perRequest) {
    const partitionData = Array.from({ length: Math.min(perRequest, load.partitions - first) }, (_, at) => ({
      index: (first + at + connection) % load.partitions,
      records: batch,
    }))
    const topicData = [{ name: load.topic, partitionData }]
    requests.push(prepare(Produce, PRODUCE_VERSION, { acks: load.acks, timeoutMs: TIMEOUT_MS, topicData }))
  }
  return requests
}

class ProduceRun {
  readonly #load: ProduceLoad
  readonly #perBatch: number
  readonly #startedAt = performance.now()
  #countedFrom = 0
  #lastAt = 0
  #batches = 0
  #allBatches = 0

  constructor(load: ProduceLoad, perBatch: number) {
    this.#load = load
    this.#perBatch = perBatch
  }

  drive(connection: LoadConnection, requests: readonly PreparedRequest[]): Promise<void> {
    return new Promise((resolve, reject) => {
      let next = 0
      let inFlight = 0
      connection.onFailure(reject)
      const send = () => {
        inFlight++
        connection.send(requests[next++ % requests.length]!, answered)
      }
      const answered = (frame: Buffer) => {
        inFlight--
        try {
          this.#count(frame)
        } catch (error) {
          reject(error)
        }
        if (!this.#isOver()) send()
        else if (inFlight === 0) resolve()
      }
      for (let at = 0; at < IN_FLIGHT; at++) send()
    })
  }

  result(): LoadResult {
    const messages = this.#batches * this.#perBatch
    return { messages, bytes: messages * this.#load.messageBytes, seconds: (this.#lastAt - this.#countedFrom) / 1000 }
  }

  #isOver(): boolean {
    const { seconds, bytesMax = Number.POSITIVE_INFINITY, messageBytes } = this.#load
    if (this.#allBatches * this.#perBatch * messageBytes >= bytesMax) return true
    return performance.now() - this.#startedAt >= (WARM_UP_SECONDS + seconds) * 1000
  }

  #count(frame: Buffer): void {
    const { responses } = answerIn(Produce, PRODUCE_VERSION, frame)
    let batches = 0
    for (const { errorCode, index } of responses.flatMap(({ partitionResponses }) => partitionResponses)) {
      if (errorCode !== ErrorCode.NONE) throw new Error(`partition ${index}: ${errorName(errorCode)}`)
      batches++
    }
    const now = performance.now()
    this.#allBatches += batches
    if (this.#countedFrom === 0) {
      const isWarm = this.#load.bytesMax !== undefined || now - this.#startedAt >= WARM_UP_SECONDS * 1000
      if (isWarm) this.#countedFrom = now
      return
    }
    this.#batches += batches
    this.#lastAt = now
  }
}

import { ErrorCode, errorName } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import { ListOffsets } from '../../protocol/messages/02-list-offsets'
import { baseOffsetAt, batchSizeAt, lastOffsetDeltaAt } from '../../protocol/records/batch-header'
import { answerIn, LoadConnection, prepare } from './load-connection'
import type { LoadResult } from './produce-load'

export interface ConsumeLoad {
  readonly host: string
  readonly port: number
  readonly topic: string
  readonly partitions: number
  readonly connections: number
  readonly messageBytes: number
  /** Reads everything from the beginning again and again for so long. */
  readonly seconds: number
}

/** librdkafka's and Kafka's defaults: 1 MiB for a partition, 50 MiB for an answer. */
const PARTITION_BYTES = 1024 * 1024
const ANSWER_BYTES = 50 * 1024 * 1024
/** The last version without topic ids. */
const FETCH_VERSION = 12
const LIST_OFFSETS_VERSION = 5
const EARLIEST = -2
const LATEST = -1

/** Reads a topic from its beginning to its end, over and over; each connection reads its share of the partitions. */
export const runConsumeLoad = async (load: ConsumeLoad): Promise<LoadResult> => {
  const readers = await Promise.all(
    Array.from({ length: Math.min(load.connections, load.partitions) }, (_, at) => PartitionReader.open(load, at)),
  )
  const startedAt = performance.now()
  const until = startedAt + load.seconds * 1000
  const messages = await Promise.all(readers.map(reader => reader.run(until)))
  const seconds = (performance.now() - startedAt) / 1000
  const total = messages.reduce((sum, count) => sum + count, 0)
  return { messages: total, bytes: total * load.messageBytes, seconds }
}

class PartitionReader {
  readonly #connection: LoadConnection
  readonly #topic: string
  readonly #begins = new Map<number, number>()
  readonly #ends = new Map<number, number>()
  readonly #positions = new Map<number, number>()

  private constructor(connection: LoadConnection, topic: string) {
    this.#connection = connection
    this.#topic = topic
  }

  static async open(load: ConsumeLoad, number: number): Promise<PartitionReader> {
    const reader = new PartitionReader(await LoadConnection.open(load.host, load.port), load.topic)
    const mine = Array.from({ length: load.partitions }, (_, partition) => partition).filter(
      partition => partition % load.connections === number,
    )
    await reader.#find(mine, EARLIEST, reader.#begins)
    await reader.#find(mine, LATEST, reader.#ends)
    for (const partition of mine) reader.#positions.set(partition, reader.#begins.get(partition)!)
    return reader
  }

  /** Reads until the time is over; returns the number of records. */
  async run(until: number): Promise<number> {
    let messages = 0
    while (performance.now() < until) messages += await this.#fetch()
    this.#connection.close()
    return messages
  }

  async #find(partitions: readonly number[], timestamp: number, into: Map<number, number>): Promise<void> {
    const wanted = partitions.map(partitionIndex => ({ partitionIndex, timestamp }))
    const { topics } = await this.#connection.request(ListOffsets, LIST_OFFSETS_VERSION, {
      replicaId: -1,
      topics: [{ name: this.#topic, partitions: wanted }],
    })
    for (const { partitionIndex, offset } of topics[0]!.partitions) into.set(partitionIndex, offset)
  }

  #fetch(): Promise<number> {
    const partitions = Array.from(this.#positions, ([partition, fetchOffset]) => ({
      partition,
      fetchOffset,
      partitionMaxBytes: PARTITION_BYTES,
    }))
    const request = prepare(Fetch, FETCH_VERSION, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: ANSWER_BYTES,
      topics: [{ topic: this.#topic, partitions }],
    })
    return new Promise((resolve, reject) => {
      this.#connection.onFailure(reject)
      this.#connection.send(request, frame => {
        try {
          resolve(this.#take(frame))
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  #take(frame: Buffer): number {
    const { responses } = answerIn(Fetch, FETCH_VERSION, frame)
    let messages = 0
    for (const { partitionIndex, errorCode, records } of responses.flatMap(({ partitions }) => partitions)) {
      if (errorCode !== ErrorCode.NONE) throw new Error(`partition ${partitionIndex}: ${errorName(errorCode)}`)
      const next = records === null ? null : offsetBehind(records)
      if (next === null) continue
      messages += next - this.#positions.get(partitionIndex)!
      const isAtEnd = next >= this.#ends.get(partitionIndex)!
      this.#positions.set(partitionIndex, isAtEnd ? this.#begins.get(partitionIndex)! : next)
    }
    return messages
  }
}

/** The offset behind the last complete batch; null when there is none. Reads headers only. */
export const offsetBehind = (records: Buffer): number | null => {
  let next: number | null = null
  for (let at = 0; at + 61 <= records.length; ) {
    const size = batchSizeAt(records, at)
    if (at + size > records.length) break
    next = baseOffsetAt(records, at) + lastOffsetDeltaAt(records, at) + 1
    at += size
  }
  return next
}

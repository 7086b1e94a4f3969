import { encodeBatch, type RecordInput } from '../../../protocol/records/record-batch'
import type { Platform } from '../../io/platform'
import { appendToPartitions } from '../../replication/partition-append'
import type { Broker } from '../broker'
import { partitionOf } from '../key-partitioner'
import { succeeded } from './success'

/** A record to append; a string or a buffer is a value without a key. */
export type NewRecord =
  | string
  | Buffer
  | {
      readonly key?: string | Buffer | null
      readonly value: string | Buffer | null
      /** Default: chosen by the key as Kafka's producers do, in turn without a key. */
      readonly partition?: number
      readonly headers?: Readonly<Record<string, string | Buffer>>
      /** In ms; default: now, by the clock of the broker. */
      readonly timestamp?: number
    }

export interface PlacedRecord {
  readonly partition: number
  readonly offset: number
}

type FullRecord = Exclude<NewRecord, string | Buffer>

interface PartitionRecords {
  readonly records: RecordInput[]
  /** Where each of them was among all that were given. */
  readonly positions: number[]
}

/** Longer than anything that one broker waits for. */
const TIMEOUT_MS = 30_000

/** Appends records to topics of a broker, past its network. */
export class RecordProducer {
  readonly #broker: Broker
  readonly #platform: Pick<Platform, 'clock' | 'timers'>

  constructor(broker: Broker, platform: Pick<Platform, 'clock' | 'timers'>) {
    this.#broker = broker
    this.#platform = platform
  }

  async produce(topic: string, records: readonly NewRecord[]): Promise<readonly PlacedRecord[]> {
    const count = await this.#partitionCount(topic)
    const byPartition = [...this.#byPartition(records, count)]
    const appends = byPartition.map(([index, part]) => {
      const partition = this.#broker.partitions.find(topic, index)
      if (!partition) throw new RangeError(`the topic ${topic} has no partition ${index}`)
      return { partition, records: encodeBatch({ records: part.records }) }
    })
    const { clock, timers } = this.#platform
    const options = { acks: -1, timeoutMs: TIMEOUT_MS, timers, now: clock.now(), verification: undefined } as const
    const results = await appendToPartitions(appends, options)
    const places: PlacedRecord[] = []
    for (const [at, result] of results.entries()) {
      const [partition, { positions }] = byPartition[at]!
      const [firstError] = result.recordErrors
      const errorMessage = result.errorMessage ?? firstError?.batchIndexErrorMessage ?? null
      succeeded({ ...result, errorMessage }, `records were not appended to partition ${partition} of ${topic}`)
      for (const [n, position] of positions.entries()) places[position] = { partition, offset: result.baseOffset + n }
    }
    return places
  }

  async #partitionCount(name: string): Promise<number> {
    const { cache, topics, config } = this.#broker
    if (!cache.current.topic(name) && config.current.autoCreateTopicsEnable) {
      const wanted = { name, partitions: -1, replicationFactor: -1, assignments: [], configs: [] }
      const [result] = await topics.createTopics([wanted], { validateOnly: false })
      succeeded(result!, `the topic ${name} was not created`)
    }
    const topic = cache.current.topic(name)
    if (!topic) throw new Error(`there is no topic ${name}, and auto.create.topics.enable is false`)
    return topic.partitions.length
  }

  #byPartition(records: readonly NewRecord[], count: number): Map<number, PartitionRecords> {
    const byPartition = new Map<number, PartitionRecords>()
    const now = this.#platform.clock.now()
    let keyless = 0
    for (const [position, given] of records.entries()) {
      const record: FullRecord = typeof given === 'string' || Buffer.isBuffer(given) ? { value: given } : given
      const key = bytesOf(record.key)
      const index = record.partition ?? (key ? partitionOf(key, count) : keyless++ % count)
      const part = byPartition.get(index) ?? { records: [], positions: [] }
      byPartition.set(index, part)
      part.positions.push(position)
      part.records.push({
        key,
        value: bytesOf(record.value),
        headers: Object.entries(record.headers ?? {}).map(([name, value]) => ({ key: name, value: bytesOf(value) })),
        timestamp: record.timestamp ?? now,
      })
    }
    return byPartition
  }
}

const bytesOf = (value: string | Buffer | null | undefined): Buffer | null =>
  typeof value === 'string' ? Buffer.from(value) : (value ?? null)

import type { Timers } from '../../io/timers'
import type { PartitionWatcher } from '../../replication/partition'
import type { Broker } from '../broker'
import { type ReceivedRecord, TopicReader } from './topic-reader'

export interface RecordsOptions<Value = string> {
  /** How many to wait for. Default 0: those that are there. */
  readonly count?: number
  /** The only partition to look at. Default: all. */
  readonly partition?: number
  /** The first offset, in each of the partitions. Default: where they begin. */
  readonly from?: number
  /** Whether records of transactions count only when these are committed. Default `read_uncommitted`, as that of consumers. */
  readonly isolation?: 'read_uncommitted' | 'read_committed'
  /** How long to wait, in real milliseconds. Default 5000. */
  readonly timeoutMs?: number
  /** What becomes of a value. Default: its text. */
  readonly decode?: (value: Buffer) => Value
}

const TIMEOUT_MS = 5_000
/** Records that a failure names; further ones are only counted. */
const NAMED_MAX = 10
const TEXT_MAX = 80

/** Waits for records of a topic. */
export class RecordWait<Value> implements PartitionWatcher {
  readonly #topic: string
  readonly #options: RecordsOptions<Value>
  readonly #broker: Broker
  readonly #reader: TopicReader<Value>
  /** Why the wait is over without records. */
  #end: Error | null = null
  #hasChanged = false
  #wake: () => void = () => {}

  constructor(broker: Broker, topic: string, options: RecordsOptions<Value>) {
    this.#broker = broker
    this.#topic = topic
    this.#options = options
    const { partition, from, isolation, decode = String as unknown as (value: Buffer) => Value } = options
    const committedOnly = isolation === 'read_committed'
    this.#reader = new TopicReader(broker, { topic, partition, from, committedOnly, decode })
  }

  /** `timers` run in real time. */
  async records(timers: Timers): Promise<ReceivedRecord<Value>[]> {
    const { count = 0, timeoutMs = TIMEOUT_MS } = this.#options
    const stopFollowing = this.#broker.cache.onChange(() => this.partitionAdvanced())
    const timer = timers.after(timeoutMs, () => this.end(new Error(this.#failure(count, timeoutMs))))
    try {
      for (;;) {
        const records = await this.#pass(count)
        if (records) return records
      }
    } finally {
      timer.cancel()
      stopFollowing()
    }
  }

  partitionAdvanced(): void {
    this.#hasChanged = true
    this.#wake()
  }

  /** Gives up: `records` rejects with `error`. */
  end(error: Error): void {
    this.#end ??= error
    this.#wake()
  }

  /** Reads once. When that is too little it waits for a change, and resolves with null. */
  async #pass(count: number): Promise<ReceivedRecord<Value>[] | null> {
    const reader = this.#reader
    this.#hasChanged = false
    reader.follow()
    const { partitions } = reader
    for (const partition of partitions) partition.watch(this)
    try {
      await reader.readOn()
      if (reader.records.length >= count) return reader.records
      if (!(this.#hasChanged || this.#end)) await this.#change()
      if (this.#end) throw this.#end
      return null
    } finally {
      for (const partition of partitions) partition.unwatch(this)
    }
  }

  #change(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  #failure(count: number, timeoutMs: number): string {
    const { records, partitions } = this.#reader
    const seen = records.slice(0, NAMED_MAX).map(describeRecord)
    if (records.length > NAMED_MAX) seen.push(`and ${records.length - NAMED_MAX} more`)
    const lines = [`${records.length} of ${count} records came to the topic ${this.#topic} within ${timeoutMs} ms.`]
    if (seen.length > 0) lines.push('Seen:', ...seen.map(line => `  ${line}`))
    lines.push(...(partitions.length > 0 ? this.#extents() : [this.#absence()]))
    return lines.join('\n')
  }

  #extents(): string[] {
    const committedOnly = this.#options.isolation === 'read_committed'
    return this.#reader.partitions.map(partition => {
      const { logStartOffset, logEndOffset } = partition.log
      const visible = partition.visibleEnd(committedOnly)
      const hidden = visible < logEndOffset ? `, of which only those below ${visible} can be read` : ''
      return `Partition ${partition.index} holds offsets ${logStartOffset} to ${logEndOffset} (exclusive)${hidden}.`
    })
  }

  #absence(): string {
    const { current } = this.#broker.cache
    if (current.topic(this.#topic)) return `There is no partition ${this.#options.partition}.`
    const names = Array.from(current.topics(), ({ name }) => name).sort()
    return `There is no such topic; there ${names.length === 0 ? 'is none' : `are: ${names.join(', ')}`}.`
  }
}

const describeRecord = (record: ReceivedRecord<unknown>): string => {
  const { partition, offset, key, value } = record
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const shown = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text
  return `${partition}@${offset} ${key === null ? '' : `${key}: `}${value === null ? '(null)' : shown}`
}

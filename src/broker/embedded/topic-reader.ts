import { ErrorCode, errorName } from '../../../protocol/errors'
import { decodeRecords } from '../../../protocol/records/record-batch'
import type { Partition } from '../../replication/partition'
import type { Broker } from '../broker'
import { visibleBatches } from './committed-batches'

/** What is read of a topic; see `RecordsOptions`. */
export interface TopicReaderOptions<Value> {
  readonly topic: string
  /** Default: all. */
  readonly partition?: number | undefined
  /** Default: the log start offset. */
  readonly from?: number | undefined
  readonly committedOnly: boolean
  readonly decode: (value: Buffer) => Value
}

export interface ReceivedRecord<Value> {
  readonly partition: number
  readonly offset: number
  /** In ms since the epoch. */
  readonly timestamp: number
  /** As text; null without a key. */
  readonly key: string | null
  readonly value: Value | null
  /** As text, by name; of several with one name the last. */
  readonly headers: Readonly<Record<string, string | null>>
}

interface PartitionReader<Value> {
  readonly partition: Partition
  /** Offset of the next record to read; -1: where the log begins. */
  nextOffset: number
  readonly records: ReceivedRecord<Value>[]
}

const READ_BYTES = 1024 * 1024
const DECOMPRESSED_BYTES_MAX = 2 ** 30

/** Reads a topic, each time what is new; from the beginning when it was deleted and created again. */
export class TopicReader<Value> {
  readonly #broker: Broker
  readonly #options: TopicReaderOptions<Value>
  #readers: PartitionReader<Value>[] = []

  constructor(broker: Broker, options: TopicReaderOptions<Value>) {
    this.#broker = broker
    this.#options = options
  }

  /** The partitions that are read, as they are now. */
  get partitions(): readonly Partition[] {
    return this.#readers.map(({ partition }) => partition)
  }

  /** What has been read so far, ordered by partition and offset. */
  get records(): ReceivedRecord<Value>[] {
    return this.#readers.flatMap(({ records }) => records)
  }

  /** Reads all that has become visible. */
  async readOn(): Promise<void> {
    for (const reader of this.#readers) await this.#read(reader)
  }

  /** Finds the partitions again: the topic may have come, grown or gone. */
  follow(): void {
    const { topic, partition: wanted } = this.#options
    const count = this.#broker.cache.current.topic(topic)?.partitions.length ?? 0
    const all = Array.from({ length: count }, (_, index) => this.#broker.partitions.find(topic, index))
    const partitions = all.filter(partition => partition && (wanted === undefined || partition.index === wanted))
    this.#readers = partitions.map(
      partition =>
        this.#readers.find(reader => reader.partition === partition) ?? {
          partition: partition!,
          nextOffset: this.#options.from ?? -1,
          records: [],
        },
    )
  }

  async #read(reader: PartitionReader<Value>): Promise<void> {
    const { partition } = reader
    for (;;) {
      const upTo = partition.visibleEnd(this.#options.committedOnly)
      const offset = Math.max(reader.nextOffset, partition.log.logStartOffset)
      if (offset >= upTo) return
      const read = await partition.log.read({ offset, maxBytes: READ_BYTES, upTo, minOneBatch: true })
      if (read.errorCode !== ErrorCode.NONE) {
        // Deleted or cut off while it was read: what is there now is read by the next pass.
        if (!partition.isLeader || read.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) return
        throw new Error(`${partition.topic}-${partition.index} cannot be read: ${errorName(read.errorCode)}`)
      }
      if (read.nextOffset === offset) return
      this.#take(reader, read.records, offset, read.nextOffset)
      reader.nextOffset = read.nextOffset
    }
  }

  #take(reader: PartitionReader<Value>, buffers: readonly Buffer[], from: number, to: number): void {
    const { committedOnly, decode } = this.#options
    const aborted = committedOnly ? reader.partition.log.abortedTransactions(from, to) : []
    const buffer = buffers.length === 1 ? buffers[0]! : Buffer.concat(buffers)
    for (const position of visibleBatches(buffer, aborted)) {
      for (const { offset, timestamp, key, value, headers } of decodeRecords(buffer, position, LIMITS)) {
        if (offset < from) continue
        reader.records.push({
          partition: reader.partition.index,
          offset,
          timestamp,
          key: textOf(key),
          value: value && decode(value),
          headers: Object.fromEntries(headers.map(header => [header.key, textOf(header.value)])),
        })
      }
    }
  }
}

const LIMITS = { maxBytes: DECOMPRESSED_BYTES_MAX }

const textOf = (bytes: Buffer | null): string | null => bytes?.toString() ?? null

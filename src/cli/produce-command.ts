import { setImmediate } from 'node:timers/promises'
import { type CompressionName, CompressionType } from '../../protocol/compression/codec'
import { ErrorCode, errorName } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { encodeBatch, type RecordInput } from '../../protocol/records/record-batch'
import { partitionOf } from '../broker/key-partitioner'
import type { ClusterClient, TopicPartitions } from './cluster-client'
import { CommandFailure } from './command-failure'

export interface ProduceArguments {
  readonly topic: string
  /** What separates key and value in a line; null: lines are values. */
  readonly keyDelimiter: string | null
  readonly compression: CompressionName
  /** null: by key, or in turn. */
  readonly partition: number | null
  readonly now: () => number
  /** Called after each batch with the number of records acknowledged so far. */
  readonly progress: (records: number) => void
}

const BATCH_RECORDS = 10_000
const BATCH_BYTES = 512 * 1024
const ACK_ALL = -1
const TIMEOUT_MS = 30_000

/** Produces one record for each line, with acks=all; returns how many. */
export const produceLines = async (
  client: ClusterClient,
  lines: AsyncIterable<string>,
  options: ProduceArguments,
): Promise<number> => {
  const topic = await client.partitionsOf(options.topic, true)
  if (options.partition !== null && options.partition >= topic.leaders.length) {
    throw new CommandFailure(`${topic.name} has partitions 0 to ${topic.leaders.length - 1}`, 2)
  }
  const producer = new LineProducer(client, topic, options)
  const reader = lines[Symbol.asyncIterator]()
  for (;;) {
    const next = reader.next()
    // Who writes a line now and then wants it sent now.
    if (!(await comesAtOnce(next))) await producer.flush()
    const { done, value: line } = await next
    if (done) break
    if (producer.add(line)) await producer.flush()
  }
  await producer.flush()
  return producer.acknowledged
}

const comesAtOnce = (next: Promise<unknown>): Promise<boolean> =>
  Promise.race([next.then(() => true), setImmediate(false)])

class LineProducer {
  acknowledged = 0
  readonly #client: ClusterClient
  readonly #topic: TopicPartitions
  readonly #options: ProduceArguments
  #batches = new Map<number, RecordInput[]>()
  #records = 0
  #bytes = 0
  #turn = 0

  constructor(client: ClusterClient, topic: TopicPartitions, options: ProduceArguments) {
    this.#client = client
    this.#topic = topic
    this.#options = options
  }

  /** True when it is time to flush. */
  add(line: string): boolean {
    const { keyDelimiter, now } = this.#options
    const at = keyDelimiter === null ? -1 : line.indexOf(keyDelimiter)
    const key = at < 0 ? null : Buffer.from(line.slice(0, at))
    const value = Buffer.from(at < 0 ? line : line.slice(at + keyDelimiter!.length))
    const partition = this.#partitionFor(key)
    const batch = this.#batches.get(partition) ?? []
    this.#batches.set(partition, batch)
    batch.push({ key, value, timestamp: now() })
    this.#records++
    this.#bytes += value.length + (key?.length ?? 0)
    return this.#records >= BATCH_RECORDS || this.#bytes >= BATCH_BYTES
  }

  async flush(): Promise<void> {
    if (this.#records === 0) return
    const batches = this.#batches
    this.#batches = new Map()
    await Promise.all([...batches].map(([partition, records]) => this.#send(partition, records)))
    this.acknowledged += this.#records
    this.#records = 0
    this.#bytes = 0
    this.#turn++
    this.#options.progress(this.acknowledged)
  }

  /** Records without a key stay together until the next flush, as Kafka's own clients do it. */
  #partitionFor(key: Buffer | null): number {
    const { length } = this.#topic.leaders
    if (this.#options.partition !== null) return this.#options.partition
    return key ? partitionOf(key, length) : this.#turn % length
  }

  async #send(index: number, records: RecordInput[]): Promise<void> {
    const { name, topicId, leaders } = this.#topic
    const batch = encodeBatch({ records, compression: CompressionType[this.#options.compression] })
    const { responses } = await this.#client.requestOf(leaders[index]!, Produce, {
      acks: ACK_ALL,
      timeoutMs: TIMEOUT_MS,
      topicData: [{ name, topicId, partitionData: [{ index, records: batch }] }],
    })
    const answer = responses[0]!.partitionResponses[0]!
    if (answer.errorCode === ErrorCode.NONE) return
    const reason = answer.errorMessage ? `: ${answer.errorMessage}` : ''
    throw new CommandFailure(`${name}, partition ${index}: ${errorName(answer.errorCode)}${reason}`)
  }
}

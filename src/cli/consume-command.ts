import { ErrorCode, errorName } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import { ListOffsets } from '../../protocol/messages/02-list-offsets'
import { isControl } from '../../protocol/records/batch-header'
import { type DecodedRecord, decodeRecords, iterateBatches } from '../../protocol/records/record-batch'
import type { ClusterClient, TopicPartitions } from './cluster-client'
import { CommandFailure } from './command-failure'

export interface ConsumeArguments {
  readonly topic: string
  readonly fromBeginning: boolean
  /** Infinity: until the consumer is stopped. */
  readonly maxMessages: number
}

export interface ConsumedRecord extends DecodedRecord {
  readonly partition: number
}

const LATEST = -1
const EARLIEST = -2
const MAX_WAIT_MS = 500
const MAX_BYTES = 16 * 1024 * 1024
const PARTITION_MAX_BYTES = 1024 * 1024
const DECOMPRESSED_BYTES_MAX = 1024 * 1024 * 1024

/** Reads the records of all partitions as they come, partition by partition in order. */
export async function* consumeRecords(
  client: ClusterClient,
  options: ConsumeArguments,
): AsyncGenerator<ConsumedRecord> {
  const topic = await client.partitionsOf(options.topic, false)
  const offsets = await startOffsets(client, topic, options.fromBeginning ? EARLIEST : LATEST)
  let left = options.maxMessages
  while (left > 0) {
    const fetched = await Promise.all(
      [...new Set(topic.leaders)].map(leader => fetchFrom(client, topic, leader, offsets)),
    )
    for (const record of fetched.flat()) {
      if (left-- <= 0) return
      yield record
    }
  }
}

const startOffsets = async (client: ClusterClient, topic: TopicPartitions, timestamp: number): Promise<number[]> => {
  const offsets: number[] = []
  for (const leader of new Set(topic.leaders)) {
    const partitions = partitionsOf(topic, leader).map(partitionIndex => ({ partitionIndex, timestamp }))
    const request = { replicaId: -1, topics: [{ name: topic.name, partitions }] }
    const { topics } = await client.requestOf(leader, ListOffsets, request)
    for (const { partitionIndex, offset, errorCode } of topics[0]!.partitions) {
      ensureSuccess(topic, partitionIndex, errorCode)
      offsets[partitionIndex] = offset
    }
  }
  return offsets
}

/** One fetch from one leader; moves `offsets` behind what it returns. */
const fetchFrom = async (
  client: ClusterClient,
  topic: TopicPartitions,
  leader: number,
  offsets: number[],
): Promise<ConsumedRecord[]> => {
  const { responses } = await client.requestOf(leader, Fetch, {
    maxWaitMs: MAX_WAIT_MS,
    minBytes: 1,
    maxBytes: MAX_BYTES,
    topics: [
      {
        topic: topic.name,
        topicId: topic.topicId,
        partitions: partitionsOf(topic, leader).map(partition => ({
          partition,
          fetchOffset: offsets[partition]!,
          partitionMaxBytes: PARTITION_MAX_BYTES,
        })),
      },
    ],
  })
  const records: ConsumedRecord[] = []
  for (const { partitionIndex: partition, errorCode, records: batches } of responses.flatMap(
    ({ partitions }) => partitions,
  )) {
    ensureSuccess(topic, partition, errorCode)
    for (const { position, header } of iterateBatches(batches ?? Buffer.alloc(0))) {
      const wanted = isControl(header.attributes)
        ? []
        : decodeRecords(batches!, position, { maxBytes: DECOMPRESSED_BYTES_MAX })
      for (const record of wanted) if (record.offset >= offsets[partition]!) records.push({ ...record, partition })
      offsets[partition] = header.baseOffset + header.lastOffsetDelta + 1
    }
  }
  return records
}

const partitionsOf = ({ leaders }: TopicPartitions, leader: number): number[] =>
  leaders.flatMap((id, partition) => (id === leader ? [partition] : []))

const ensureSuccess = (topic: TopicPartitions, partition: number, errorCode: number): void => {
  if (errorCode !== ErrorCode.NONE)
    throw new CommandFailure(`${topic.name}, partition ${partition}: ${errorName(errorCode)}`)
}

/** A record as a line of JSON; keys, values and headers as text. */
export const jsonLine = ({ partition, offset, timestamp, key, value, headers }: ConsumedRecord): string =>
  JSON.stringify({
    partition,
    offset,
    timestamp,
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    headers: headers.map(header => [header.key.toString(), header.value?.toString() ?? null]),
  })

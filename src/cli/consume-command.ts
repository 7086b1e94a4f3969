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
  /** Whether a topic that is not there may be created by asking for it; by default not. */
  readonly mayCreate?: boolean
  /** Only this partition; null (the default): all. */
  readonly partition?: number | null
  /** Where to begin in some of the partitions. */
  readonly startOffsets?: ReadonlyMap<number, number>
  /** Asked between fetches, which wait for half a second at most. By default it goes on. */
  readonly isOver?: () => boolean
}

export interface ConsumedRecord extends DecodedRecord {
  readonly partition: number
}

export const LATEST = -1
export const EARLIEST = -2
const NO_LEADER = -1
const MAX_WAIT_MS = 500
const MAX_BYTES = 16 * 1024 * 1024
const PARTITION_MAX_BYTES = 1024 * 1024
const DECOMPRESSED_BYTES_MAX = 1024 * 1024 * 1024

/** Reads the records of all partitions as they come, partition by partition in order. */
export async function* consumeRecords(
  client: ClusterClient,
  options: ConsumeArguments,
): AsyncGenerator<ConsumedRecord> {
  const topic = await topicOf(client, options)
  const offsets = await offsetsAt(client, topic, options.fromBeginning ? EARLIEST : LATEST)
  for (const [partition, offset] of options.startOffsets ?? []) offsets[partition] = offset
  let left = options.maxMessages
  while (left > 0 && !options.isOver?.()) {
    const fetched = await Promise.all(leadersOf(topic).map(leader => fetchFrom(client, topic, leader, offsets)))
    for (const record of fetched.flat()) {
      if (left-- <= 0) return
      yield record
    }
  }
}

/** The topic with the partitions that are wanted: others have no leader. */
const topicOf = async (client: ClusterClient, options: ConsumeArguments): Promise<TopicPartitions> => {
  const topic = await client.partitionsOf(options.topic, options.mayCreate ?? false)
  const { partition = null } = options
  if (partition === null) return topic
  if (topic.leaders[partition] === undefined) throw new CommandFailure(`${topic.name} has no partition ${partition}`)
  return { ...topic, leaders: topic.leaders.map((leader, index) => (index === partition ? leader : NO_LEADER)) }
}

const leadersOf = ({ leaders }: TopicPartitions): number[] => [...new Set(leaders)].filter(id => id !== NO_LEADER)

/** The first offsets at or after a timestamp, or at one of the ends, by partition. */
export const offsetsAt = async (
  client: ClusterClient,
  topic: TopicPartitions,
  timestamp: number,
): Promise<number[]> => {
  const offsets: number[] = []
  for (const leader of leadersOf(topic)) {
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

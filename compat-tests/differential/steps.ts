import { ErrorCode } from '../../protocol/errors'
import { Produce } from '../../protocol/messages/00-produce'
import { Fetch } from '../../protocol/messages/01-fetch'
import { ListOffsets } from '../../protocol/messages/02-list-offsets'
import { Metadata } from '../../protocol/messages/03-metadata'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import { CreateTopics } from '../../protocol/messages/19-create-topics'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import { type BatchInput, encodeBatch } from '../../protocol/records/record-batch'
import type { InputOf } from '../../protocol/schema/message'
import { Stage } from './stage'
import type { Address } from './wire-client'

/** Addressed by name or id, as the version of a request wants it. */
export interface Topic {
  readonly name: string
  readonly topicId: string
}

/** A time for records, in ms: the same at both brokers, far from now and not old enough to be deleted. */
export const RECORD_TIME = Date.now() - 3 * 24 * 3_600_000

export const CoordinatorType = { GROUP: 0, TRANSACTION: 1 } as const

/** A fresh broker creates its internal topics when they are first needed: afterwards coordinators answer at once. */
export const warmUp = async (address: Address): Promise<void> => {
  const stage = Stage.at(address, 'warm-up')
  for (const keyType of Object.values(CoordinatorType)) {
    const coordinatorKeys = [stage.name('key')]
    await stage.quietly(FindCoordinator, 4, { keyType, coordinatorKeys }, answer => answer.coordinators.every(isFine))
  }
  await stage.quietly(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 }, isFine)
  const transactionalId = stage.name('transactional-id')
  await stage.quietly(InitProducerId, 4, { transactionalId, transactionTimeoutMs: 60_000 }, isFine)
  stage.close()
}

export interface TopicOptions {
  readonly label?: string
  readonly partitions?: number
  readonly configs?: Readonly<Record<string, string>>
}

/** Creates a topic, which is not compared, and waits until it has leaders. */
export const newTopic = async (stage: Stage, options: TopicOptions = {}): Promise<Topic> => {
  const { label = 'topic', partitions = 1, configs = {} } = options
  const name = stage.name(label)
  const entries = Object.entries(configs).map(([name, value]) => ({ name, value }))
  const topic = { name, numPartitions: partitions, replicationFactor: 1, configs: entries }
  const { topics } = await stage.quietly(CreateTopics, 7, { topics: [topic], timeoutMs: 10_000 })
  await ready(stage, name, partitions)
  return { name, topicId: topics[0]!.topicId }
}

/** Waits until a topic can be used: its leaders are known, and they know that they lead. */
export const ready = async (stage: Stage, name: string, partitions = 1): Promise<void> => {
  await stage.quietly(Metadata, 9, { topics: [{ name }], allowAutoTopicCreation: false }, ({ topics }) => {
    return topics[0]!.partitions.length === partitions && topics[0]!.partitions.every(isFine)
  })
  const indexes = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 }))
  await stage.quietly(ListOffsets, 4, { replicaId: -1, topics: [{ name, partitions: indexes }] }, ({ topics }) =>
    topics[0]!.partitions.every(isFine),
  )
}

const isFine = ({ errorCode }: { readonly errorCode: number }): boolean => errorCode === ErrorCode.NONE

/** Records with these values at `RECORD_TIME` and the milliseconds after. */
export const batch = (values: readonly string[], options: Omit<BatchInput, 'records'> = {}): Buffer =>
  encodeBatch({
    ...options,
    records: values.map((value, n) => ({
      key: Buffer.from(`key-${n}`),
      value: Buffer.from(value),
      timestamp: RECORD_TIME + n,
    })),
  })

export interface ProduceOptions {
  readonly partition?: number
  readonly acks?: number
  readonly transactionalId?: string | null
}

/** A request with these records for one partition. */
export const produceRequest = (
  { name, topicId }: Topic,
  records: Buffer,
  { partition = 0, acks = -1, transactionalId = null }: ProduceOptions = {},
): InputOf<typeof Produce.request> => ({
  transactionalId,
  acks,
  timeoutMs: 10_000,
  topicData: [{ name, topicId, partitionData: [{ index: partition, records }] }],
})

/** Appends to a partition in the newest version that knows topics by name. */
export const produce = (stage: Stage, topic: Topic, records: Buffer, options?: ProduceOptions) =>
  stage.send(Produce, 12, produceRequest(topic, records, options))

export type FetchPartition = NonNullable<
  NonNullable<InputOf<typeof Fetch.request>['topics']>[number]['partitions']
>[number]

/** A request for one partition that does not wait. */
export const fetchRequest = (
  { name, topicId }: Topic,
  partition: FetchPartition = {},
  options: Omit<InputOf<typeof Fetch.request>, 'topics'> = {},
): InputOf<typeof Fetch.request> => ({
  maxWaitMs: 0,
  minBytes: 0,
  maxBytes: 1_000_000,
  ...options,
  topics: [{ topic: name, topicId, partitions: [{ partitionMaxBytes: 1_000_000, ...partition }] }],
})

/** Reads a partition from the beginning. */
export const readAll = (stage: Stage, topic: Topic, isolationLevel = 0) =>
  stage.send(Fetch, 12, fetchRequest(topic, {}, { isolationLevel }))

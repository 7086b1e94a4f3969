import { encodeBatch } from '../../protocol/records/record-batch'
import {
  ClusterMetadataType,
  ConfigRecord,
  PartitionRecord,
  ProducerIdsRecord,
  RemoveTopicRecord,
  TopicRecord,
} from '../../protocol/records-on-disk/cluster-metadata'
import { writerOf } from '../../protocol/schema/codec'
import type { InputOf, MessageDefinition } from '../../protocol/schema/message'
import { Writer } from '../../protocol/wire/writer'

const FRAME_VERSION = 1
const TOPIC_RESOURCE = 2

/** The value of a record of `__cluster_metadata`. */
export const metadataRecord = <D extends MessageDefinition>(
  type: number,
  definition: D,
  value: InputOf<D>,
  version = 0,
): Buffer => {
  const writer = new Writer()
  for (const number of [FRAME_VERSION, type, version]) writer.unsignedVarint(number)
  writerOf(definition, version)(writer, value)
  return Buffer.concat(writer.finish())
}

/** A record without fields. */
export const emptyRecord = (type: number): Buffer => Buffer.from([FRAME_VERSION, type, 0, 0])

export const topicRecord = (name: string, topicId: string): Buffer =>
  metadataRecord(ClusterMetadataType.TOPIC, TopicRecord, { name, topicId })

export const partitionRecord = (topicId: string, partitionId: number, version = 0): Buffer =>
  metadataRecord(ClusterMetadataType.PARTITION, PartitionRecord, { topicId, partitionId }, version)

export const configRecord = (
  resourceName: string,
  name: string,
  value: string | null,
  resourceType = TOPIC_RESOURCE,
): Buffer => metadataRecord(ClusterMetadataType.CONFIG, ConfigRecord, { resourceType, resourceName, name, value })

export const removeTopicRecord = (topicId: string): Buffer =>
  metadataRecord(ClusterMetadataType.REMOVE_TOPIC, RemoveTopicRecord, { topicId })

export const producerIdsRecord = (nextProducerId: number): Buffer =>
  metadataRecord(ClusterMetadataType.PRODUCER_IDS, ProducerIdsRecord, { brokerId: 1, brokerEpoch: 1, nextProducerId })

/** A batch of `__cluster_metadata`. */
export const metadataBatch = (baseOffset: number, values: readonly Buffer[]): Buffer =>
  encodeBatch({ baseOffset, records: values.map(value => ({ timestamp: 0, value })) })

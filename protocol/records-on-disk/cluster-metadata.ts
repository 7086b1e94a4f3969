import { type MessageOf, message } from '../schema/message'

/** Types of the records of `__cluster_metadata` that tell of topics, and of those that hold records together or take them back (KIP-868). */
export const ClusterMetadataType = {
  TOPIC: 2,
  PARTITION: 3,
  CONFIG: 4,
  REMOVE_TOPIC: 9,
  PRODUCER_IDS: 15,
  BEGIN_TRANSACTION: 23,
  END_TRANSACTION: 24,
  ABORT_TRANSACTION: 25,
} as const

export const TopicRecord = message({
  name: 'TopicRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'name', type: 'string', versions: '0+' },
    { name: 'topicId', type: 'uuid', versions: '0+' },
  ],
})

export type TopicRecord = MessageOf<typeof TopicRecord>

export const PartitionRecord = message({
  name: 'PartitionRecord',
  versions: '0-2',
  flexibleVersions: '0+',
  fields: [
    { name: 'partitionId', type: 'int32', versions: '0+', default: -1 },
    { name: 'topicId', type: 'uuid', versions: '0+' },
    { name: 'replicas', type: '[]int32', versions: '0+' },
    { name: 'isr', type: '[]int32', versions: '0+' },
    { name: 'removingReplicas', type: '[]int32', versions: '0+' },
    { name: 'addingReplicas', type: '[]int32', versions: '0+' },
    { name: 'leader', type: 'int32', versions: '0+', default: -1 },
    { name: 'leaderRecoveryState', type: 'int8', versions: '0+', taggedVersions: '0+', tag: 0 },
    { name: 'leaderEpoch', type: 'int32', versions: '0+', default: -1 },
    { name: 'partitionEpoch', type: 'int32', versions: '0+', default: -1 },
    { name: 'directories', type: '[]uuid', versions: '1+' },
    {
      name: 'eligibleLeaderReplicas',
      type: '[]int32',
      versions: '2+',
      nullableVersions: '2+',
      taggedVersions: '2+',
      tag: 1,
      default: null,
    },
    {
      name: 'lastKnownElr',
      type: '[]int32',
      versions: '2+',
      nullableVersions: '2+',
      taggedVersions: '2+',
      tag: 2,
      default: null,
    },
  ],
})

export type PartitionRecord = MessageOf<typeof PartitionRecord>

export const ConfigRecord = message({
  name: 'ConfigRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'resourceType', type: 'int8', versions: '0+' },
    { name: 'resourceName', type: 'string', versions: '0+' },
    { name: 'name', type: 'string', versions: '0+' },
    { name: 'value', type: 'string', versions: '0+', nullableVersions: '0+' },
  ],
})

export type ConfigRecord = MessageOf<typeof ConfigRecord>

export const RemoveTopicRecord = message({
  name: 'RemoveTopicRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [{ name: 'topicId', type: 'uuid', versions: '0+' }],
})

export type RemoveTopicRecord = MessageOf<typeof RemoveTopicRecord>

export const ProducerIdsRecord = message({
  name: 'ProducerIdsRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'brokerId', type: 'int32', versions: '0+' },
    { name: 'brokerEpoch', type: 'int64', versions: '0+', default: -1 },
    { name: 'nextProducerId', type: 'int64', versions: '0+' },
  ],
})

export type ProducerIdsRecord = MessageOf<typeof ProducerIdsRecord>

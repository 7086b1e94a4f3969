import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const lastAssignmentConfig = fields([
  { name: 'key', type: 'string', versions: '0+' },
  { name: 'value', type: 'string', versions: '0+' },
])

export const StreamsGroupMetadataKey = message({
  name: 'StreamsGroupMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type StreamsGroupMetadataKey = MessageOf<typeof StreamsGroupMetadataKey>

export const StreamsGroupMetadataValue = message({
  name: 'StreamsGroupMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'epoch', type: 'int32', versions: '0+' },
    // 64 bits of a hash, no number to count with.
    { name: 'metadataHash', type: 'int64', versions: '0+', int64: 'bigint' },
    { name: 'validatedTopologyEpoch', type: 'int32', versions: '0+', taggedVersions: '0+', tag: 0, default: -1 },
    {
      name: 'lastAssignmentConfigs',
      type: '[]LastAssignmentConfig',
      versions: '0+',
      nullableVersions: '0+',
      taggedVersions: '0+',
      tag: 1,
      fields: lastAssignmentConfig,
    },
  ],
})

export type StreamsGroupMetadataValue = MessageOf<typeof StreamsGroupMetadataValue>

export const StreamsGroupMetadata = coordinatorRecord({
  type: 17,
  key: StreamsGroupMetadataKey,
  value: StreamsGroupMetadataValue,
})

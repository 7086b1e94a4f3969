import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const endpoint = fields([
  { name: 'host', type: 'string', versions: '0+' },
  { name: 'port', type: 'uint16', versions: '0+' },
])

const keyValue = fields([
  { name: 'key', type: 'string', versions: '0+' },
  { name: 'value', type: 'string', versions: '0+' },
])

export const StreamsGroupMemberMetadataKey = message({
  name: 'StreamsGroupMemberMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'memberId', type: 'string', versions: '0' },
  ],
})

export type StreamsGroupMemberMetadataKey = MessageOf<typeof StreamsGroupMemberMetadataKey>

export const StreamsGroupMemberMetadataValue = message({
  name: 'StreamsGroupMemberMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'instanceId', type: 'string', versions: '0+', nullableVersions: '0+' },
    { name: 'rackId', type: 'string', versions: '0+', nullableVersions: '0+' },
    { name: 'clientId', type: 'string', versions: '0+' },
    { name: 'clientHost', type: 'string', versions: '0+' },
    { name: 'rebalanceTimeoutMs', type: 'int32', versions: '0+', default: -1 },
    { name: 'topologyEpoch', type: 'int32', versions: '0+' },
    { name: 'processId', type: 'string', versions: '0+' },
    { name: 'userEndpoint', type: 'Endpoint', versions: '0+', nullableVersions: '0+', default: null, fields: endpoint },
    { name: 'clientTags', type: '[]KeyValue', versions: '0+', fields: keyValue },
  ],
})

export type StreamsGroupMemberMetadataValue = MessageOf<typeof StreamsGroupMemberMetadataValue>

export const StreamsGroupMemberMetadata = coordinatorRecord({
  type: 19,
  key: StreamsGroupMemberMetadataKey,
  value: StreamsGroupMemberMetadataValue,
})

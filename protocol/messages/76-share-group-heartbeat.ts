import { api } from '../schema/api'
import { fields, type MessageOf, message } from '../schema/message'

const topicPartitions = fields([
  { name: 'topicId', type: 'uuid', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
])

export const ShareGroupHeartbeatRequest = message({
  name: 'ShareGroupHeartbeatRequest',
  versions: '1',
  flexibleVersions: '0+',
  fields: [
    { name: 'groupId', type: 'string', versions: '0+' },
    { name: 'memberId', type: 'string', versions: '0+' },
    { name: 'memberEpoch', type: 'int32', versions: '0+' },
    { name: 'rackId', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
    { name: 'subscribedTopicNames', type: '[]string', versions: '0+', nullableVersions: '0+', default: null },
  ],
})

export type ShareGroupHeartbeatRequest = MessageOf<typeof ShareGroupHeartbeatRequest>

export const ShareGroupHeartbeatResponse = message({
  name: 'ShareGroupHeartbeatResponse',
  versions: '1',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
    { name: 'memberId', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
    { name: 'memberEpoch', type: 'int32', versions: '0+' },
    { name: 'heartbeatIntervalMs', type: 'int32', versions: '0+' },
    {
      name: 'assignment',
      type: 'Assignment',
      versions: '0+',
      nullableVersions: '0+',
      default: null,
      fields: [{ name: 'topicPartitions', type: '[]TopicPartitions', versions: '0+', fields: topicPartitions }],
    },
  ],
})

export type ShareGroupHeartbeatResponse = MessageOf<typeof ShareGroupHeartbeatResponse>

export const ShareGroupHeartbeat = api({
  name: 'ShareGroupHeartbeat',
  request: ShareGroupHeartbeatRequest,
  response: ShareGroupHeartbeatResponse,
})

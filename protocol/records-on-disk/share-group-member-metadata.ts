import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ShareGroupMemberMetadataKey = message({
  name: 'ShareGroupMemberMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'memberId', type: 'string', versions: '0' },
  ],
})

export type ShareGroupMemberMetadataKey = MessageOf<typeof ShareGroupMemberMetadataKey>

export const ShareGroupMemberMetadataValue = message({
  name: 'ShareGroupMemberMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'rackId', type: 'string', versions: '0+', nullableVersions: '0+' },
    { name: 'clientId', type: 'string', versions: '0+' },
    { name: 'clientHost', type: 'string', versions: '0+' },
    { name: 'subscribedTopicNames', type: '[]string', versions: '0+' },
  ],
})

export type ShareGroupMemberMetadataValue = MessageOf<typeof ShareGroupMemberMetadataValue>

export const ShareGroupMemberMetadata = coordinatorRecord({
  type: 10,
  key: ShareGroupMemberMetadataKey,
  value: ShareGroupMemberMetadataValue,
})

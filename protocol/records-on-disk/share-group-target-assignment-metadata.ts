import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ShareGroupTargetAssignmentMetadataKey = message({
  name: 'ShareGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type ShareGroupTargetAssignmentMetadataKey = MessageOf<typeof ShareGroupTargetAssignmentMetadataKey>

export const ShareGroupTargetAssignmentMetadataValue = message({
  name: 'ShareGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'assignmentEpoch', type: 'int32', versions: '0+' },
    { name: 'assignmentTimestamp', type: 'int64', versions: '0+', taggedVersions: '0+', tag: 0 },
  ],
})

export type ShareGroupTargetAssignmentMetadataValue = MessageOf<typeof ShareGroupTargetAssignmentMetadataValue>

export const ShareGroupTargetAssignmentMetadata = coordinatorRecord({
  type: 12,
  key: ShareGroupTargetAssignmentMetadataKey,
  value: ShareGroupTargetAssignmentMetadataValue,
})

import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ConsumerGroupTargetAssignmentMetadataKey = message({
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type ConsumerGroupTargetAssignmentMetadataKey = MessageOf<typeof ConsumerGroupTargetAssignmentMetadataKey>

export const ConsumerGroupTargetAssignmentMetadataValue = message({
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'assignmentEpoch', type: 'int32', versions: '0+' },
    { name: 'assignmentTimestamp', type: 'int64', versions: '0+', taggedVersions: '0+', tag: 0 },
  ],
})

export type ConsumerGroupTargetAssignmentMetadataValue = MessageOf<typeof ConsumerGroupTargetAssignmentMetadataValue>

export const ConsumerGroupTargetAssignmentMetadata = coordinatorRecord({
  type: 6,
  key: ConsumerGroupTargetAssignmentMetadataKey,
  value: ConsumerGroupTargetAssignmentMetadataValue,
})

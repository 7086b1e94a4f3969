import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const StreamsGroupTargetAssignmentMetadataKey = message({
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type StreamsGroupTargetAssignmentMetadataKey = MessageOf<typeof StreamsGroupTargetAssignmentMetadataKey>

export const StreamsGroupTargetAssignmentMetadataValue = message({
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'assignmentEpoch', type: 'int32', versions: '0+' },
    { name: 'assignmentTimestamp', type: 'int64', versions: '0+', taggedVersions: '0+', tag: 0 },
  ],
})

export type StreamsGroupTargetAssignmentMetadataValue = MessageOf<typeof StreamsGroupTargetAssignmentMetadataValue>

export const StreamsGroupTargetAssignmentMetadata = coordinatorRecord({
  type: 20,
  key: StreamsGroupTargetAssignmentMetadataKey,
  value: StreamsGroupTargetAssignmentMetadataValue,
})

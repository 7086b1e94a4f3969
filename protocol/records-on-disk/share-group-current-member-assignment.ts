import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const topicPartitions = fields([
  { name: 'topicId', type: 'uuid', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
])

export const ShareGroupCurrentMemberAssignmentKey = message({
  name: 'ShareGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'memberId', type: 'string', versions: '0' },
  ],
})

export type ShareGroupCurrentMemberAssignmentKey = MessageOf<typeof ShareGroupCurrentMemberAssignmentKey>

export const ShareGroupCurrentMemberAssignmentValue = message({
  name: 'ShareGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'memberEpoch', type: 'int32', versions: '0+' },
    { name: 'previousMemberEpoch', type: 'int32', versions: '0+' },
    { name: 'state', type: 'int8', versions: '0+' },
    { name: 'assignedPartitions', type: '[]TopicPartitions', versions: '0+', fields: topicPartitions },
  ],
})

export type ShareGroupCurrentMemberAssignmentValue = MessageOf<typeof ShareGroupCurrentMemberAssignmentValue>

export const ShareGroupCurrentMemberAssignment = coordinatorRecord({
  type: 14,
  key: ShareGroupCurrentMemberAssignmentKey,
  value: ShareGroupCurrentMemberAssignmentValue,
})

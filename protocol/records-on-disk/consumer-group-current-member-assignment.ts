import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const topicPartitions = fields([
  { name: 'topicId', type: 'uuid', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
  { name: 'assignmentEpochs', type: '[]int32', versions: '0+', nullableVersions: '0+', taggedVersions: '0+', tag: 0 },
])

export const ConsumerGroupCurrentMemberAssignmentKey = message({
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'memberId', type: 'string', versions: '0' },
  ],
})

export type ConsumerGroupCurrentMemberAssignmentKey = MessageOf<typeof ConsumerGroupCurrentMemberAssignmentKey>

export const ConsumerGroupCurrentMemberAssignmentValue = message({
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'memberEpoch', type: 'int32', versions: '0+' },
    { name: 'previousMemberEpoch', type: 'int32', versions: '0+' },
    { name: 'state', type: 'int8', versions: '0+' },
    { name: 'assignedPartitions', type: '[]TopicPartitions', versions: '0+', fields: topicPartitions },
    { name: 'partitionsPendingRevocation', type: '[]TopicPartitions', versions: '0+', fields: topicPartitions },
  ],
})

export type ConsumerGroupCurrentMemberAssignmentValue = MessageOf<typeof ConsumerGroupCurrentMemberAssignmentValue>

export const ConsumerGroupCurrentMemberAssignment = coordinatorRecord({
  type: 8,
  key: ConsumerGroupCurrentMemberAssignmentKey,
  value: ConsumerGroupCurrentMemberAssignmentValue,
})

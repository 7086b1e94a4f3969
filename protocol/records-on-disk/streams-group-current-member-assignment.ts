import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const taskIds = fields([
  { name: 'subtopologyId', type: 'string', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
  { name: 'assignmentEpochs', type: '[]int32', versions: '0+', nullableVersions: '0+', taggedVersions: '0+', tag: 0 },
])

export const StreamsGroupCurrentMemberAssignmentKey = message({
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'memberId', type: 'string', versions: '0' },
  ],
})

export type StreamsGroupCurrentMemberAssignmentKey = MessageOf<typeof StreamsGroupCurrentMemberAssignmentKey>

export const StreamsGroupCurrentMemberAssignmentValue = message({
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'memberEpoch', type: 'int32', versions: '0+' },
    { name: 'previousMemberEpoch', type: 'int32', versions: '0+' },
    { name: 'state', type: 'int8', versions: '0+' },
    { name: 'activeTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
    { name: 'standbyTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
    { name: 'warmupTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
    { name: 'activeTasksPendingRevocation', type: '[]TaskIds', versions: '0+', fields: taskIds },
    { name: 'standbyTasksPendingRevocation', type: '[]TaskIds', versions: '0+', fields: taskIds },
    { name: 'warmupTasksPendingRevocation', type: '[]TaskIds', versions: '0+', fields: taskIds },
  ],
})

export type StreamsGroupCurrentMemberAssignmentValue = MessageOf<typeof StreamsGroupCurrentMemberAssignmentValue>

export const StreamsGroupCurrentMemberAssignment = coordinatorRecord({
  type: 22,
  key: StreamsGroupCurrentMemberAssignmentKey,
  value: StreamsGroupCurrentMemberAssignmentValue,
})

import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const taskIds = fields([
  { name: 'subtopologyId', type: 'string', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
])

export const StreamsGroupTargetAssignmentMemberKey = message({
  name: 'StreamsGroupTargetAssignmentMemberKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'memberId', type: 'string', versions: '0' },
  ],
})

export type StreamsGroupTargetAssignmentMemberKey = MessageOf<typeof StreamsGroupTargetAssignmentMemberKey>

export const StreamsGroupTargetAssignmentMemberValue = message({
  name: 'StreamsGroupTargetAssignmentMemberValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'activeTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
    { name: 'standbyTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
    { name: 'warmupTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
  ],
})

export type StreamsGroupTargetAssignmentMemberValue = MessageOf<typeof StreamsGroupTargetAssignmentMemberValue>

export const StreamsGroupTargetAssignmentMember = coordinatorRecord({
  type: 21,
  key: StreamsGroupTargetAssignmentMemberKey,
  value: StreamsGroupTargetAssignmentMemberValue,
})

import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ShareGroupTargetAssignmentMemberKey = message({
  name: 'ShareGroupTargetAssignmentMemberKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'memberId', type: 'string', versions: '0' },
  ],
})

export type ShareGroupTargetAssignmentMemberKey = MessageOf<typeof ShareGroupTargetAssignmentMemberKey>

export const ShareGroupTargetAssignmentMemberValue = message({
  name: 'ShareGroupTargetAssignmentMemberValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    {
      name: 'topicPartitions',
      type: '[]TopicPartition',
      versions: '0+',
      fields: [
        { name: 'topicId', type: 'uuid', versions: '0+' },
        { name: 'partitions', type: '[]int32', versions: '0+' },
      ],
    },
  ],
})

export type ShareGroupTargetAssignmentMemberValue = MessageOf<typeof ShareGroupTargetAssignmentMemberValue>

export const ShareGroupTargetAssignmentMember = coordinatorRecord({
  type: 13,
  key: ShareGroupTargetAssignmentMemberKey,
  value: ShareGroupTargetAssignmentMemberValue,
})

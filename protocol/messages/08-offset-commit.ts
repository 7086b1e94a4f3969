import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const OffsetCommitRequest = message({
  name: 'OffsetCommitRequest',
  versions: '2-10',
  flexibleVersions: '8+',
  fields: [
    { name: 'groupId', type: 'string', versions: '0+' },
    { name: 'generationIdOrMemberEpoch', type: 'int32', versions: '1+', default: -1 },
    { name: 'memberId', type: 'string', versions: '1+' },
    { name: 'groupInstanceId', type: 'string', versions: '7+', nullableVersions: '7+', default: null },
    // Long.MAX_VALUE is a way to say for ever.
    { name: 'retentionTimeMs', type: 'int64', versions: '2-4', default: -1, int64: 'saturate' },
    {
      name: 'topics',
      type: '[]OffsetCommitRequestTopic',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0-9' },
        { name: 'topicId', type: 'uuid', versions: '10+' },
        {
          name: 'partitions',
          type: '[]OffsetCommitRequestPartition',
          versions: '0+',
          fields: [
            { name: 'partitionIndex', type: 'int32', versions: '0+' },
            { name: 'committedOffset', type: 'int64', versions: '0+' },
            { name: 'committedLeaderEpoch', type: 'int32', versions: '6+', default: -1 },
            { name: 'committedMetadata', type: 'string', versions: '0+', nullableVersions: '0+' },
          ],
        },
      ],
    },
  ],
})

export type OffsetCommitRequest = MessageOf<typeof OffsetCommitRequest>

export const OffsetCommitResponse = message({
  name: 'OffsetCommitResponse',
  versions: '2-10',
  flexibleVersions: '8+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '3+' },
    {
      name: 'topics',
      type: '[]OffsetCommitResponseTopic',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0-9' },
        { name: 'topicId', type: 'uuid', versions: '10+' },
        {
          name: 'partitions',
          type: '[]OffsetCommitResponsePartition',
          versions: '0+',
          fields: [
            { name: 'partitionIndex', type: 'int32', versions: '0+' },
            { name: 'errorCode', type: 'int16', versions: '0+' },
          ],
        },
      ],
    },
  ],
})

export type OffsetCommitResponse = MessageOf<typeof OffsetCommitResponse>

export const OffsetCommit = api({ name: 'OffsetCommit', request: OffsetCommitRequest, response: OffsetCommitResponse })

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const DescribeShareGroupOffsetsRequest = message({
  name: 'DescribeShareGroupOffsetsRequest',
  versions: '0-1',
  flexibleVersions: '0+',
  fields: [
    {
      name: 'groups',
      type: '[]DescribeShareGroupOffsetsRequestGroup',
      versions: '0+',
      fields: [
        { name: 'groupId', type: 'string', versions: '0+' },
        {
          name: 'topics',
          type: '[]DescribeShareGroupOffsetsRequestTopic',
          versions: '0+',
          nullableVersions: '0+',
          fields: [
            { name: 'topicName', type: 'string', versions: '0+' },
            { name: 'partitions', type: '[]int32', versions: '0+' },
          ],
        },
      ],
    },
  ],
})

export type DescribeShareGroupOffsetsRequest = MessageOf<typeof DescribeShareGroupOffsetsRequest>

export const DescribeShareGroupOffsetsResponse = message({
  name: 'DescribeShareGroupOffsetsResponse',
  versions: '0-1',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    {
      name: 'groups',
      type: '[]DescribeShareGroupOffsetsResponseGroup',
      versions: '0+',
      fields: [
        { name: 'groupId', type: 'string', versions: '0+' },
        {
          name: 'topics',
          type: '[]DescribeShareGroupOffsetsResponseTopic',
          versions: '0+',
          fields: [
            { name: 'topicName', type: 'string', versions: '0+' },
            { name: 'topicId', type: 'uuid', versions: '0+' },
            {
              name: 'partitions',
              type: '[]DescribeShareGroupOffsetsResponsePartition',
              versions: '0+',
              fields: [
                { name: 'partitionIndex', type: 'int32', versions: '0+' },
                { name: 'startOffset', type: 'int64', versions: '0+' },
                { name: 'leaderEpoch', type: 'int32', versions: '0+' },
                { name: 'lag', type: 'int64', versions: '1+', default: -1 },
                { name: 'errorCode', type: 'int16', versions: '0+' },
                { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
              ],
            },
          ],
        },
        { name: 'errorCode', type: 'int16', versions: '0+' },
        { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
      ],
    },
  ],
})

export type DescribeShareGroupOffsetsResponse = MessageOf<typeof DescribeShareGroupOffsetsResponse>

export const DescribeShareGroupOffsets = api({
  name: 'DescribeShareGroupOffsets',
  request: DescribeShareGroupOffsetsRequest,
  response: DescribeShareGroupOffsetsResponse,
})

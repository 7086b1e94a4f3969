import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const ListOffsetsRequest = message({
  name: 'ListOffsetsRequest',
  versions: '1-11',
  flexibleVersions: '6+',
  fields: [
    { name: 'replicaId', type: 'int32', versions: '0+' },
    { name: 'isolationLevel', type: 'int8', versions: '2+' },
    {
      name: 'topics',
      type: '[]ListOffsetsTopic',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        {
          name: 'partitions',
          type: '[]ListOffsetsPartition',
          versions: '0+',
          fields: [
            { name: 'partitionIndex', type: 'int32', versions: '0+' },
            { name: 'currentLeaderEpoch', type: 'int32', versions: '4+', default: -1 },
            // Also Long.MAX_VALUE: any time is legal.
            { name: 'timestamp', type: 'int64', versions: '0+', int64: 'saturate' },
          ],
        },
      ],
    },
    { name: 'timeoutMs', type: 'int32', versions: '10+' },
  ],
})

export type ListOffsetsRequest = MessageOf<typeof ListOffsetsRequest>

export const ListOffsetsResponse = message({
  name: 'ListOffsetsResponse',
  versions: '1-11',
  flexibleVersions: '6+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '2+' },
    {
      name: 'topics',
      type: '[]ListOffsetsTopicResponse',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        {
          name: 'partitions',
          type: '[]ListOffsetsPartitionResponse',
          versions: '0+',
          fields: [
            { name: 'partitionIndex', type: 'int32', versions: '0+' },
            { name: 'errorCode', type: 'int16', versions: '0+' },
            { name: 'timestamp', type: 'int64', versions: '1+', default: -1 },
            { name: 'offset', type: 'int64', versions: '1+', default: -1 },
            { name: 'leaderEpoch', type: 'int32', versions: '4+', default: -1 },
          ],
        },
      ],
    },
  ],
})

export type ListOffsetsResponse = MessageOf<typeof ListOffsetsResponse>

export const ListOffsets = api({ name: 'ListOffsets', request: ListOffsetsRequest, response: ListOffsetsResponse })

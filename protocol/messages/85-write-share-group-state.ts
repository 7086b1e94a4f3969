import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const WriteShareGroupStateRequest = message({
  name: 'WriteShareGroupStateRequest',
  versions: '0-1',
  flexibleVersions: '0+',
  fields: [
    { name: 'groupId', type: 'string', versions: '0+' },
    {
      name: 'topics',
      type: '[]WriteStateData',
      versions: '0+',
      fields: [
        { name: 'topicId', type: 'uuid', versions: '0+' },
        {
          name: 'partitions',
          type: '[]PartitionData',
          versions: '0+',
          fields: [
            { name: 'partition', type: 'int32', versions: '0+' },
            { name: 'stateEpoch', type: 'int32', versions: '0+' },
            { name: 'leaderEpoch', type: 'int32', versions: '0+' },
            { name: 'startOffset', type: 'int64', versions: '0+' },
            { name: 'deliveryCompleteCount', type: 'int32', versions: '1+', default: -1 },
            {
              name: 'stateBatches',
              type: '[]StateBatch',
              versions: '0+',
              fields: [
                { name: 'firstOffset', type: 'int64', versions: '0+' },
                { name: 'lastOffset', type: 'int64', versions: '0+' },
                { name: 'deliveryState', type: 'int8', versions: '0+' },
                { name: 'deliveryCount', type: 'int16', versions: '0+' },
              ],
            },
          ],
        },
      ],
    },
  ],
})

export type WriteShareGroupStateRequest = MessageOf<typeof WriteShareGroupStateRequest>

export const WriteShareGroupStateResponse = message({
  name: 'WriteShareGroupStateResponse',
  versions: '0-1',
  flexibleVersions: '0+',
  fields: [
    {
      name: 'results',
      type: '[]WriteStateResult',
      versions: '0+',
      fields: [
        { name: 'topicId', type: 'uuid', versions: '0+' },
        {
          name: 'partitions',
          type: '[]PartitionResult',
          versions: '0+',
          fields: [
            { name: 'partition', type: 'int32', versions: '0+' },
            { name: 'errorCode', type: 'int16', versions: '0+' },
            { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
          ],
        },
      ],
    },
  ],
})

export type WriteShareGroupStateResponse = MessageOf<typeof WriteShareGroupStateResponse>

export const WriteShareGroupState = api({
  name: 'WriteShareGroupState',
  request: WriteShareGroupStateRequest,
  response: WriteShareGroupStateResponse,
})

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const InitializeShareGroupStateRequest = message({
  name: 'InitializeShareGroupStateRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'groupId', type: 'string', versions: '0+' },
    {
      name: 'topics',
      type: '[]InitializeStateData',
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
            { name: 'startOffset', type: 'int64', versions: '0+' },
          ],
        },
      ],
    },
  ],
})

export type InitializeShareGroupStateRequest = MessageOf<typeof InitializeShareGroupStateRequest>

export const InitializeShareGroupStateResponse = message({
  name: 'InitializeShareGroupStateResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    {
      name: 'results',
      type: '[]InitializeStateResult',
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

export type InitializeShareGroupStateResponse = MessageOf<typeof InitializeShareGroupStateResponse>

export const InitializeShareGroupState = api({
  name: 'InitializeShareGroupState',
  request: InitializeShareGroupStateRequest,
  response: InitializeShareGroupStateResponse,
})

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const DeleteShareGroupStateRequest = message({
  name: 'DeleteShareGroupStateRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'groupId', type: 'string', versions: '0+' },
    {
      name: 'topics',
      type: '[]DeleteStateData',
      versions: '0+',
      fields: [
        { name: 'topicId', type: 'uuid', versions: '0+' },
        {
          name: 'partitions',
          type: '[]PartitionData',
          versions: '0+',
          fields: [{ name: 'partition', type: 'int32', versions: '0+' }],
        },
      ],
    },
  ],
})

export type DeleteShareGroupStateRequest = MessageOf<typeof DeleteShareGroupStateRequest>

export const DeleteShareGroupStateResponse = message({
  name: 'DeleteShareGroupStateResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    {
      name: 'results',
      type: '[]DeleteStateResult',
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

export type DeleteShareGroupStateResponse = MessageOf<typeof DeleteShareGroupStateResponse>

export const DeleteShareGroupState = api({
  name: 'DeleteShareGroupState',
  request: DeleteShareGroupStateRequest,
  response: DeleteShareGroupStateResponse,
})

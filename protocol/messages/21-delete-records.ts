import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const DeleteRecordsRequest = message({
  name: 'DeleteRecordsRequest',
  versions: '0-2',
  flexibleVersions: '2+',
  fields: [
    {
      name: 'topics',
      type: '[]DeleteRecordsTopic',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        {
          name: 'partitions',
          type: '[]DeleteRecordsPartition',
          versions: '0+',
          fields: [
            { name: 'partitionIndex', type: 'int32', versions: '0+' },
            // An offset that no log has is out of range, not malformed.
            { name: 'offset', type: 'int64', versions: '0+', int64: 'saturate' },
          ],
        },
      ],
    },
    { name: 'timeoutMs', type: 'int32', versions: '0+' },
  ],
})

export type DeleteRecordsRequest = MessageOf<typeof DeleteRecordsRequest>

export const DeleteRecordsResponse = message({
  name: 'DeleteRecordsResponse',
  versions: '0-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    {
      name: 'topics',
      type: '[]DeleteRecordsTopicResult',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        {
          name: 'partitions',
          type: '[]DeleteRecordsPartitionResult',
          versions: '0+',
          fields: [
            { name: 'partitionIndex', type: 'int32', versions: '0+' },
            { name: 'lowWatermark', type: 'int64', versions: '0+' },
            { name: 'errorCode', type: 'int16', versions: '0+' },
          ],
        },
      ],
    },
  ],
})

export type DeleteRecordsResponse = MessageOf<typeof DeleteRecordsResponse>

export const DeleteRecords = api({
  name: 'DeleteRecords',
  request: DeleteRecordsRequest,
  response: DeleteRecordsResponse,
})

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const AssignReplicasToDirsRequest = message({
  name: 'AssignReplicasToDirsRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'brokerId', type: 'int32', versions: '0+' },
    { name: 'brokerEpoch', type: 'int64', versions: '0+', default: -1 },
    {
      name: 'directories',
      type: '[]DirectoryData',
      versions: '0+',
      fields: [
        { name: 'id', type: 'uuid', versions: '0+' },
        {
          name: 'topics',
          type: '[]TopicData',
          versions: '0+',
          fields: [
            { name: 'topicId', type: 'uuid', versions: '0+' },
            {
              name: 'partitions',
              type: '[]PartitionData',
              versions: '0+',
              fields: [{ name: 'partitionIndex', type: 'int32', versions: '0+' }],
            },
          ],
        },
      ],
    },
  ],
})

export type AssignReplicasToDirsRequest = MessageOf<typeof AssignReplicasToDirsRequest>

export const AssignReplicasToDirsResponse = message({
  name: 'AssignReplicasToDirsResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    {
      name: 'directories',
      type: '[]DirectoryData',
      versions: '0+',
      fields: [
        { name: 'id', type: 'uuid', versions: '0+' },
        {
          name: 'topics',
          type: '[]TopicData',
          versions: '0+',
          fields: [
            { name: 'topicId', type: 'uuid', versions: '0+' },
            {
              name: 'partitions',
              type: '[]PartitionData',
              versions: '0+',
              fields: [
                { name: 'partitionIndex', type: 'int32', versions: '0+' },
                { name: 'errorCode', type: 'int16', versions: '0+' },
              ],
            },
          ],
        },
      ],
    },
  ],
})

export type AssignReplicasToDirsResponse = MessageOf<typeof AssignReplicasToDirsResponse>

export const AssignReplicasToDirs = api({
  name: 'AssignReplicasToDirs',
  request: AssignReplicasToDirsRequest,
  response: AssignReplicasToDirsResponse,
})

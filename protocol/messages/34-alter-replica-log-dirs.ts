import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const AlterReplicaLogDirsRequest = message({
  name: 'AlterReplicaLogDirsRequest',
  versions: '1-2',
  flexibleVersions: '2+',
  fields: [
    {
      name: 'dirs',
      type: '[]AlterReplicaLogDir',
      versions: '0+',
      fields: [
        { name: 'path', type: 'string', versions: '0+' },
        {
          name: 'topics',
          type: '[]AlterReplicaLogDirTopic',
          versions: '0+',
          fields: [
            { name: 'name', type: 'string', versions: '0+' },
            { name: 'partitions', type: '[]int32', versions: '0+' },
          ],
        },
      ],
    },
  ],
})

export type AlterReplicaLogDirsRequest = MessageOf<typeof AlterReplicaLogDirsRequest>

export const AlterReplicaLogDirsResponse = message({
  name: 'AlterReplicaLogDirsResponse',
  versions: '1-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    {
      name: 'results',
      type: '[]AlterReplicaLogDirTopicResult',
      versions: '0+',
      fields: [
        { name: 'topicName', type: 'string', versions: '0+' },
        {
          name: 'partitions',
          type: '[]AlterReplicaLogDirPartitionResult',
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

export type AlterReplicaLogDirsResponse = MessageOf<typeof AlterReplicaLogDirsResponse>

export const AlterReplicaLogDirs = api({
  name: 'AlterReplicaLogDirs',
  request: AlterReplicaLogDirsRequest,
  response: AlterReplicaLogDirsResponse,
})

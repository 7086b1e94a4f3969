import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ShareSnapshotKey = message({
  name: 'ShareSnapshotKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'topicId', type: 'uuid', versions: '0' },
    { name: 'partition', type: 'int32', versions: '0' },
  ],
})

export type ShareSnapshotKey = MessageOf<typeof ShareSnapshotKey>

export const ShareSnapshotValue = message({
  name: 'ShareSnapshotValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'snapshotEpoch', type: 'int32', versions: '0+' },
    { name: 'stateEpoch', type: 'int32', versions: '0+' },
    { name: 'leaderEpoch', type: 'int32', versions: '0+' },
    { name: 'startOffset', type: 'int64', versions: '0+' },
    { name: 'deliveryCompleteCount', type: 'int32', versions: '0+', taggedVersions: '0+', tag: 0, default: -1 },
    { name: 'createTimestamp', type: 'int64', versions: '0+' },
    { name: 'writeTimestamp', type: 'int64', versions: '0+' },
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
})

export type ShareSnapshotValue = MessageOf<typeof ShareSnapshotValue>

export const ShareSnapshot = coordinatorRecord({ type: 0, key: ShareSnapshotKey, value: ShareSnapshotValue })

import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ShareUpdateKey = message({
  name: 'ShareUpdateKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'topicId', type: 'uuid', versions: '0' },
    { name: 'partition', type: 'int32', versions: '0' },
  ],
})

export type ShareUpdateKey = MessageOf<typeof ShareUpdateKey>

export const ShareUpdateValue = message({
  name: 'ShareUpdateValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'snapshotEpoch', type: 'int32', versions: '0+' },
    { name: 'leaderEpoch', type: 'int32', versions: '0+' },
    { name: 'startOffset', type: 'int64', versions: '0+' },
    { name: 'deliveryCompleteCount', type: 'int32', versions: '0+', taggedVersions: '0+', tag: 0, default: -1 },
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

export type ShareUpdateValue = MessageOf<typeof ShareUpdateValue>

export const ShareUpdate = coordinatorRecord({ type: 1, key: ShareUpdateKey, value: ShareUpdateValue })

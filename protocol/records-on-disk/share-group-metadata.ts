import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ShareGroupMetadataKey = message({
  name: 'ShareGroupMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type ShareGroupMetadataKey = MessageOf<typeof ShareGroupMetadataKey>

export const ShareGroupMetadataValue = message({
  name: 'ShareGroupMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'epoch', type: 'int32', versions: '0+' },
    // 64 bits of a hash, no number to count with.
    { name: 'metadataHash', type: 'int64', versions: '0+', int64: 'bigint' },
  ],
})

export type ShareGroupMetadataValue = MessageOf<typeof ShareGroupMetadataValue>

export const ShareGroupMetadata = coordinatorRecord({
  type: 11,
  key: ShareGroupMetadataKey,
  value: ShareGroupMetadataValue,
})

import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ConsumerGroupMetadataKey = message({
  name: 'ConsumerGroupMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type ConsumerGroupMetadataKey = MessageOf<typeof ConsumerGroupMetadataKey>

export const ConsumerGroupMetadataValue = message({
  name: 'ConsumerGroupMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'epoch', type: 'int32', versions: '0+' },
    // 64 bits of a hash, no number to count with.
    { name: 'metadataHash', type: 'int64', versions: '0+', taggedVersions: '0+', tag: 0, int64: 'bigint' },
  ],
})

export type ConsumerGroupMetadataValue = MessageOf<typeof ConsumerGroupMetadataValue>

export const ConsumerGroupMetadata = coordinatorRecord({
  type: 3,
  key: ConsumerGroupMetadataKey,
  value: ConsumerGroupMetadataValue,
})

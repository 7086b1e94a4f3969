import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const topicPartitionsInfo = fields([
  { name: 'topicId', type: 'uuid', versions: '0+' },
  { name: 'topicName', type: 'string', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
])

const topicInfo = fields([
  { name: 'topicId', type: 'uuid', versions: '0+' },
  { name: 'topicName', type: 'string', versions: '0+' },
])

export const ShareGroupStatePartitionMetadataKey = message({
  name: 'ShareGroupStatePartitionMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type ShareGroupStatePartitionMetadataKey = MessageOf<typeof ShareGroupStatePartitionMetadataKey>

export const ShareGroupStatePartitionMetadataValue = message({
  name: 'ShareGroupStatePartitionMetadataValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'initializingTopics', type: '[]TopicPartitionsInfo', versions: '0+', fields: topicPartitionsInfo },
    { name: 'initializedTopics', type: '[]TopicPartitionsInfo', versions: '0+', fields: topicPartitionsInfo },
    { name: 'deletingTopics', type: '[]TopicInfo', versions: '0+', fields: topicInfo },
  ],
})

export type ShareGroupStatePartitionMetadataValue = MessageOf<typeof ShareGroupStatePartitionMetadataValue>

export const ShareGroupStatePartitionMetadata = coordinatorRecord({
  type: 15,
  key: ShareGroupStatePartitionMetadataKey,
  value: ShareGroupStatePartitionMetadataValue,
})

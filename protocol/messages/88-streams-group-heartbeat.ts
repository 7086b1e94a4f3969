import { api } from '../schema/api'
import { fields, type MessageOf, message } from '../schema/message'

const keyValue = fields([
  { name: 'key', type: 'string', versions: '0+' },
  { name: 'value', type: 'string', versions: '0+' },
])

const topicInfo = fields([
  { name: 'name', type: 'string', versions: '0+' },
  { name: 'partitions', type: 'int32', versions: '0+' },
  { name: 'replicationFactor', type: 'int16', versions: '0+' },
  { name: 'topicConfigs', type: '[]KeyValue', versions: '0+', fields: keyValue },
])

const endpoint = fields([
  { name: 'host', type: 'string', versions: '0+' },
  { name: 'port', type: 'uint16', versions: '0+' },
])

const taskOffset = fields([
  { name: 'subtopologyId', type: 'string', versions: '0+' },
  { name: 'partition', type: 'int32', versions: '0+' },
  { name: 'offset', type: 'int64', versions: '0+' },
])

const taskIds = fields([
  { name: 'subtopologyId', type: 'string', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
])

const status = fields([
  { name: 'statusCode', type: 'int8', versions: '0+' },
  { name: 'statusDetail', type: 'string', versions: '0+' },
])

const topicPartition = fields([
  { name: 'topic', type: 'string', versions: '0+' },
  { name: 'partitions', type: '[]int32', versions: '0+' },
])

export const StreamsGroupHeartbeatRequest = message({
  name: 'StreamsGroupHeartbeatRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'groupId', type: 'string', versions: '0+' },
    { name: 'memberId', type: 'string', versions: '0+' },
    { name: 'memberEpoch', type: 'int32', versions: '0+' },
    { name: 'endpointInformationEpoch', type: 'int32', versions: '0+' },
    { name: 'instanceId', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
    { name: 'rackId', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
    { name: 'rebalanceTimeoutMs', type: 'int32', versions: '0+', default: -1 },
    {
      name: 'topology',
      type: 'Topology',
      versions: '0+',
      nullableVersions: '0+',
      default: null,
      fields: [
        { name: 'epoch', type: 'int32', versions: '0+' },
        {
          name: 'subtopologies',
          type: '[]Subtopology',
          versions: '0+',
          fields: [
            { name: 'subtopologyId', type: 'string', versions: '0+' },
            { name: 'sourceTopics', type: '[]string', versions: '0+' },
            { name: 'sourceTopicRegex', type: '[]string', versions: '0+' },
            { name: 'stateChangelogTopics', type: '[]TopicInfo', versions: '0+', fields: topicInfo },
            { name: 'repartitionSinkTopics', type: '[]string', versions: '0+' },
            { name: 'repartitionSourceTopics', type: '[]TopicInfo', versions: '0+', fields: topicInfo },
            {
              name: 'copartitionGroups',
              type: '[]CopartitionGroup',
              versions: '0+',
              fields: [
                { name: 'sourceTopics', type: '[]int16', versions: '0+' },
                { name: 'sourceTopicRegex', type: '[]int16', versions: '0+' },
                { name: 'repartitionSourceTopics', type: '[]int16', versions: '0+' },
              ],
            },
          ],
        },
      ],
    },
    { name: 'activeTasks', type: '[]TaskIds', versions: '0+', nullableVersions: '0+', default: null, fields: taskIds },
    { name: 'standbyTasks', type: '[]TaskIds', versions: '0+', nullableVersions: '0+', default: null, fields: taskIds },
    { name: 'warmupTasks', type: '[]TaskIds', versions: '0+', nullableVersions: '0+', default: null, fields: taskIds },
    { name: 'processId', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
    { name: 'userEndpoint', type: 'Endpoint', versions: '0+', nullableVersions: '0+', default: null, fields: endpoint },
    { name: 'clientTags', type: '[]KeyValue', versions: '0+', nullableVersions: '0+', default: null, fields: keyValue },
    {
      name: 'taskOffsets',
      type: '[]TaskOffset',
      versions: '0+',
      nullableVersions: '0+',
      default: null,
      fields: taskOffset,
    },
    {
      name: 'taskEndOffsets',
      type: '[]TaskOffset',
      versions: '0+',
      nullableVersions: '0+',
      default: null,
      fields: taskOffset,
    },
    { name: 'shutdownApplication', type: 'bool', versions: '0+' },
  ],
})

export type StreamsGroupHeartbeatRequest = MessageOf<typeof StreamsGroupHeartbeatRequest>

export const StreamsGroupHeartbeatResponse = message({
  name: 'StreamsGroupHeartbeatResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
    { name: 'memberId', type: 'string', versions: '0+' },
    { name: 'memberEpoch', type: 'int32', versions: '0+' },
    { name: 'heartbeatIntervalMs', type: 'int32', versions: '0+' },
    { name: 'acceptableRecoveryLag', type: 'int32', versions: '0+' },
    { name: 'taskOffsetIntervalMs', type: 'int32', versions: '0+' },
    { name: 'status', type: '[]Status', versions: '0+', nullableVersions: '0+', fields: status },
    { name: 'activeTasks', type: '[]TaskIds', versions: '0+', nullableVersions: '0+', default: null, fields: taskIds },
    { name: 'standbyTasks', type: '[]TaskIds', versions: '0+', nullableVersions: '0+', default: null, fields: taskIds },
    { name: 'warmupTasks', type: '[]TaskIds', versions: '0+', nullableVersions: '0+', default: null, fields: taskIds },
    { name: 'endpointInformationEpoch', type: 'int32', versions: '0+' },
    {
      name: 'partitionsByUserEndpoint',
      type: '[]EndpointToPartitions',
      versions: '0+',
      nullableVersions: '0+',
      default: null,
      fields: [
        { name: 'userEndpoint', type: 'Endpoint', versions: '0+', fields: endpoint },
        { name: 'activePartitions', type: '[]TopicPartition', versions: '0+', fields: topicPartition },
        { name: 'standbyPartitions', type: '[]TopicPartition', versions: '0+', fields: topicPartition },
      ],
    },
  ],
})

export type StreamsGroupHeartbeatResponse = MessageOf<typeof StreamsGroupHeartbeatResponse>

export const StreamsGroupHeartbeat = api({
  name: 'StreamsGroupHeartbeat',
  request: StreamsGroupHeartbeatRequest,
  response: StreamsGroupHeartbeatResponse,
})

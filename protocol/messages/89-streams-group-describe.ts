import { api } from '../schema/api'
import { fields, type MessageOf, message } from '../schema/message'

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

const assignment = fields([
  { name: 'activeTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
  { name: 'standbyTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
  { name: 'warmupTasks', type: '[]TaskIds', versions: '0+', fields: taskIds },
])

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

export const StreamsGroupDescribeRequest = message({
  name: 'StreamsGroupDescribeRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'groupIds', type: '[]string', versions: '0+' },
    { name: 'includeAuthorizedOperations', type: 'bool', versions: '0+' },
  ],
})

export type StreamsGroupDescribeRequest = MessageOf<typeof StreamsGroupDescribeRequest>

export const StreamsGroupDescribeResponse = message({
  name: 'StreamsGroupDescribeResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    {
      name: 'groups',
      type: '[]DescribedGroup',
      versions: '0+',
      fields: [
        { name: 'errorCode', type: 'int16', versions: '0+' },
        { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
        { name: 'groupId', type: 'string', versions: '0+' },
        { name: 'groupState', type: 'string', versions: '0+' },
        { name: 'groupEpoch', type: 'int32', versions: '0+' },
        { name: 'assignmentEpoch', type: 'int32', versions: '0+' },
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
              nullableVersions: '0+',
              default: null,
              fields: [
                { name: 'subtopologyId', type: 'string', versions: '0+' },
                { name: 'sourceTopics', type: '[]string', versions: '0+' },
                { name: 'repartitionSinkTopics', type: '[]string', versions: '0+' },
                { name: 'stateChangelogTopics', type: '[]TopicInfo', versions: '0+', fields: topicInfo },
                { name: 'repartitionSourceTopics', type: '[]TopicInfo', versions: '0+', fields: topicInfo },
              ],
            },
          ],
        },
        {
          name: 'members',
          type: '[]Member',
          versions: '0+',
          fields: [
            { name: 'memberId', type: 'string', versions: '0+' },
            { name: 'memberEpoch', type: 'int32', versions: '0+' },
            { name: 'instanceId', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
            { name: 'rackId', type: 'string', versions: '0+', nullableVersions: '0+', default: null },
            { name: 'clientId', type: 'string', versions: '0+' },
            { name: 'clientHost', type: 'string', versions: '0+' },
            { name: 'topologyEpoch', type: 'int32', versions: '0+' },
            { name: 'processId', type: 'string', versions: '0+' },
            {
              name: 'userEndpoint',
              type: 'Endpoint',
              versions: '0+',
              nullableVersions: '0+',
              default: null,
              fields: endpoint,
            },
            { name: 'clientTags', type: '[]KeyValue', versions: '0+', fields: keyValue },
            { name: 'taskOffsets', type: '[]TaskOffset', versions: '0+', fields: taskOffset },
            { name: 'taskEndOffsets', type: '[]TaskOffset', versions: '0+', fields: taskOffset },
            { name: 'assignment', type: 'Assignment', versions: '0+', fields: assignment },
            { name: 'targetAssignment', type: 'Assignment', versions: '0+', fields: assignment },
            { name: 'isClassic', type: 'bool', versions: '0+' },
          ],
        },
        { name: 'authorizedOperations', type: 'int32', versions: '0+', default: -0x8000_0000 },
      ],
    },
  ],
})

export type StreamsGroupDescribeResponse = MessageOf<typeof StreamsGroupDescribeResponse>

export const StreamsGroupDescribe = api({
  name: 'StreamsGroupDescribe',
  request: StreamsGroupDescribeRequest,
  response: StreamsGroupDescribeResponse,
})

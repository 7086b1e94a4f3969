import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const topicConfig = fields([
  { name: 'key', type: 'string', versions: '0+' },
  { name: 'value', type: 'string', versions: '0+' },
])

const topicInfo = fields([
  { name: 'name', type: 'string', versions: '0+' },
  { name: 'partitions', type: 'int32', versions: '0+' },
  { name: 'replicationFactor', type: 'int16', versions: '0+' },
  { name: 'topicConfigs', type: '[]TopicConfig', versions: '0+', fields: topicConfig },
])

export const StreamsGroupTopologyKey = message({
  name: 'StreamsGroupTopologyKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'groupId', type: 'string', versions: '0' }],
})

export type StreamsGroupTopologyKey = MessageOf<typeof StreamsGroupTopologyKey>

export const StreamsGroupTopologyValue = message({
  name: 'StreamsGroupTopologyValue',
  versions: '0',
  flexibleVersions: '0+',
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
})

export type StreamsGroupTopologyValue = MessageOf<typeof StreamsGroupTopologyValue>

export const StreamsGroupTopology = coordinatorRecord({
  type: 23,
  key: StreamsGroupTopologyKey,
  value: StreamsGroupTopologyValue,
})

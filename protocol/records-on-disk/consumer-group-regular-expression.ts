import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const ConsumerGroupRegularExpressionKey = message({
  name: 'ConsumerGroupRegularExpressionKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'groupId', type: 'string', versions: '0' },
    { name: 'regularExpression', type: 'string', versions: '0' },
  ],
})

export type ConsumerGroupRegularExpressionKey = MessageOf<typeof ConsumerGroupRegularExpressionKey>

export const ConsumerGroupRegularExpressionValue = message({
  name: 'ConsumerGroupRegularExpressionValue',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'topics', type: '[]string', versions: '0+' },
    { name: 'version', type: 'int64', versions: '0+' },
    { name: 'timestamp', type: 'int64', versions: '0+' },
  ],
})

export type ConsumerGroupRegularExpressionValue = MessageOf<typeof ConsumerGroupRegularExpressionValue>

export const ConsumerGroupRegularExpression = coordinatorRecord({
  type: 16,
  key: ConsumerGroupRegularExpressionKey,
  value: ConsumerGroupRegularExpressionValue,
})

import { coordinatorRecord } from '../schema/coordinator-record'
import { fields, type MessageOf, message } from '../schema/message'

const memberMetadata = fields([
  { name: 'memberId', type: 'string', versions: '0+' },
  { name: 'groupInstanceId', type: 'string', versions: '3+', nullableVersions: '3+', default: null },
  { name: 'clientId', type: 'string', versions: '0+' },
  { name: 'clientHost', type: 'string', versions: '0+' },
  { name: 'rebalanceTimeout', type: 'int32', versions: '1+', default: -1 },
  { name: 'sessionTimeout', type: 'int32', versions: '0+' },
  { name: 'subscription', type: 'bytes', versions: '0+' },
  { name: 'assignment', type: 'bytes', versions: '0+' },
])

export const GroupMetadataKey = message({
  name: 'GroupMetadataKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'group', type: 'string', versions: '0' }],
})

export type GroupMetadataKey = MessageOf<typeof GroupMetadataKey>

export const GroupMetadataValue = message({
  name: 'GroupMetadataValue',
  versions: '0-4',
  flexibleVersions: '4+',
  fields: [
    { name: 'protocolType', type: 'string', versions: '0+' },
    { name: 'generation', type: 'int32', versions: '0+' },
    { name: 'protocol', type: 'string', versions: '0+', nullableVersions: '0+' },
    { name: 'leader', type: 'string', versions: '0+', nullableVersions: '0+' },
    { name: 'currentStateTimestamp', type: 'int64', versions: '2+', default: -1 },
    { name: 'members', type: '[]MemberMetadata', versions: '0+', fields: memberMetadata },
  ],
})

export type GroupMetadataValue = MessageOf<typeof GroupMetadataValue>

export const GroupMetadata = coordinatorRecord({ type: 2, key: GroupMetadataKey, value: GroupMetadataValue })

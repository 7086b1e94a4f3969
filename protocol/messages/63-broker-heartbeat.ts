import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const BrokerHeartbeatRequest = message({
  name: 'BrokerHeartbeatRequest',
  versions: '0-2',
  flexibleVersions: '0+',
  fields: [
    { name: 'brokerId', type: 'int32', versions: '0+' },
    { name: 'brokerEpoch', type: 'int64', versions: '0+', default: -1 },
    { name: 'currentMetadataOffset', type: 'int64', versions: '0+' },
    { name: 'wantFence', type: 'bool', versions: '0+' },
    { name: 'wantShutDown', type: 'bool', versions: '0+' },
    { name: 'offlineLogDirs', type: '[]uuid', versions: '1+', taggedVersions: '1+', tag: 0 },
    {
      name: 'cordonedLogDirs',
      type: '[]uuid',
      versions: '2+',
      nullableVersions: '2+',
      taggedVersions: '2+',
      tag: 1,
      default: null,
    },
  ],
})

export type BrokerHeartbeatRequest = MessageOf<typeof BrokerHeartbeatRequest>

export const BrokerHeartbeatResponse = message({
  name: 'BrokerHeartbeatResponse',
  versions: '0-2',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'isCaughtUp', type: 'bool', versions: '0+' },
    { name: 'isFenced', type: 'bool', versions: '0+', default: true },
    { name: 'shouldShutDown', type: 'bool', versions: '0+' },
  ],
})

export type BrokerHeartbeatResponse = MessageOf<typeof BrokerHeartbeatResponse>

export const BrokerHeartbeat = api({
  name: 'BrokerHeartbeat',
  request: BrokerHeartbeatRequest,
  response: BrokerHeartbeatResponse,
})

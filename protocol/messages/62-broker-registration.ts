import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const BrokerRegistrationRequest = message({
  name: 'BrokerRegistrationRequest',
  versions: '0-4',
  flexibleVersions: '0+',
  fields: [
    { name: 'brokerId', type: 'int32', versions: '0+' },
    { name: 'clusterId', type: 'string', versions: '0+' },
    { name: 'incarnationId', type: 'uuid', versions: '0+' },
    {
      name: 'listeners',
      type: '[]Listener',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        { name: 'host', type: 'string', versions: '0+' },
        { name: 'port', type: 'uint16', versions: '0+' },
        { name: 'securityProtocol', type: 'int16', versions: '0+' },
      ],
    },
    {
      name: 'features',
      type: '[]Feature',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        { name: 'minSupportedVersion', type: 'int16', versions: '0+' },
        { name: 'maxSupportedVersion', type: 'int16', versions: '0+' },
      ],
    },
    { name: 'rack', type: 'string', versions: '0+', nullableVersions: '0+' },
    { name: 'isMigratingZkBroker', type: 'bool', versions: '1+' },
    { name: 'logDirs', type: '[]uuid', versions: '2+' },
    { name: 'previousBrokerEpoch', type: 'int64', versions: '3+', default: -1 },
  ],
})

export type BrokerRegistrationRequest = MessageOf<typeof BrokerRegistrationRequest>

export const BrokerRegistrationResponse = message({
  name: 'BrokerRegistrationResponse',
  versions: '0-4',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'brokerEpoch', type: 'int64', versions: '0+', default: -1 },
  ],
})

export type BrokerRegistrationResponse = MessageOf<typeof BrokerRegistrationResponse>

export const BrokerRegistration = api({
  name: 'BrokerRegistration',
  request: BrokerRegistrationRequest,
  response: BrokerRegistrationResponse,
})

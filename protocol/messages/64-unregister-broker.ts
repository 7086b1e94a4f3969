import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const UnregisterBrokerRequest = message({
  name: 'UnregisterBrokerRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [{ name: 'brokerId', type: 'int32', versions: '0+' }],
})

export type UnregisterBrokerRequest = MessageOf<typeof UnregisterBrokerRequest>

export const UnregisterBrokerResponse = message({
  name: 'UnregisterBrokerResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+' },
  ],
})

export type UnregisterBrokerResponse = MessageOf<typeof UnregisterBrokerResponse>

export const UnregisterBroker = api({
  name: 'UnregisterBroker',
  request: UnregisterBrokerRequest,
  response: UnregisterBrokerResponse,
})

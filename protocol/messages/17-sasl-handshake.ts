import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const SaslHandshakeRequest = message({
  name: 'SaslHandshakeRequest',
  versions: '0-1',
  flexibleVersions: 'none',
  fields: [{ name: 'mechanism', type: 'string', versions: '0+' }],
})

export type SaslHandshakeRequest = MessageOf<typeof SaslHandshakeRequest>

export const SaslHandshakeResponse = message({
  name: 'SaslHandshakeResponse',
  versions: '0-1',
  flexibleVersions: 'none',
  fields: [
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'mechanisms', type: '[]string', versions: '0+' },
  ],
})

export type SaslHandshakeResponse = MessageOf<typeof SaslHandshakeResponse>

export const SaslHandshake = api({
  name: 'SaslHandshake',
  request: SaslHandshakeRequest,
  response: SaslHandshakeResponse,
})

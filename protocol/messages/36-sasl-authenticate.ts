import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const SaslAuthenticateRequest = message({
  name: 'SaslAuthenticateRequest',
  versions: '0-2',
  flexibleVersions: '2+',
  fields: [{ name: 'authBytes', type: 'bytes', versions: '0+' }],
})

export type SaslAuthenticateRequest = MessageOf<typeof SaslAuthenticateRequest>

export const SaslAuthenticateResponse = message({
  name: 'SaslAuthenticateResponse',
  versions: '0-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+' },
    { name: 'authBytes', type: 'bytes', versions: '0+' },
    { name: 'sessionLifetimeMs', type: 'int64', versions: '1+' },
  ],
})

export type SaslAuthenticateResponse = MessageOf<typeof SaslAuthenticateResponse>

export const SaslAuthenticate = api({
  name: 'SaslAuthenticate',
  request: SaslAuthenticateRequest,
  response: SaslAuthenticateResponse,
})

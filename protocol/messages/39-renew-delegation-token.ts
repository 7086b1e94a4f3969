import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const RenewDelegationTokenRequest = message({
  name: 'RenewDelegationTokenRequest',
  versions: '1-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'hmac', type: 'bytes', versions: '0+' },
    // Long.MAX_VALUE is a way to say for ever.
    { name: 'renewPeriodMs', type: 'int64', versions: '0+', int64: 'saturate' },
  ],
})

export type RenewDelegationTokenRequest = MessageOf<typeof RenewDelegationTokenRequest>

export const RenewDelegationTokenResponse = message({
  name: 'RenewDelegationTokenResponse',
  versions: '1-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'expiryTimestampMs', type: 'int64', versions: '0+' },
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
  ],
})

export type RenewDelegationTokenResponse = MessageOf<typeof RenewDelegationTokenResponse>

export const RenewDelegationToken = api({
  name: 'RenewDelegationToken',
  request: RenewDelegationTokenRequest,
  response: RenewDelegationTokenResponse,
})

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const ExpireDelegationTokenRequest = message({
  name: 'ExpireDelegationTokenRequest',
  versions: '1-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'hmac', type: 'bytes', versions: '0+' },
    // Long.MAX_VALUE is a way to say for ever.
    { name: 'expiryTimePeriodMs', type: 'int64', versions: '0+', int64: 'saturate' },
  ],
})

export type ExpireDelegationTokenRequest = MessageOf<typeof ExpireDelegationTokenRequest>

export const ExpireDelegationTokenResponse = message({
  name: 'ExpireDelegationTokenResponse',
  versions: '1-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'expiryTimestampMs', type: 'int64', versions: '0+' },
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
  ],
})

export type ExpireDelegationTokenResponse = MessageOf<typeof ExpireDelegationTokenResponse>

export const ExpireDelegationToken = api({
  name: 'ExpireDelegationToken',
  request: ExpireDelegationTokenRequest,
  response: ExpireDelegationTokenResponse,
})

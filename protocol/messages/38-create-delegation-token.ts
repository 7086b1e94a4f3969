import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const CreateDelegationTokenRequest = message({
  name: 'CreateDelegationTokenRequest',
  versions: '1-3',
  flexibleVersions: '2+',
  fields: [
    { name: 'ownerPrincipalType', type: 'string', versions: '3+', nullableVersions: '3+' },
    { name: 'ownerPrincipalName', type: 'string', versions: '3+', nullableVersions: '3+' },
    {
      name: 'renewers',
      type: '[]CreatableRenewers',
      versions: '0+',
      fields: [
        { name: 'principalType', type: 'string', versions: '0+' },
        { name: 'principalName', type: 'string', versions: '0+' },
      ],
    },
    // Long.MAX_VALUE is a way to say for ever.
    { name: 'maxLifetimeMs', type: 'int64', versions: '0+', int64: 'saturate' },
  ],
})

export type CreateDelegationTokenRequest = MessageOf<typeof CreateDelegationTokenRequest>

export const CreateDelegationTokenResponse = message({
  name: 'CreateDelegationTokenResponse',
  versions: '1-3',
  flexibleVersions: '2+',
  fields: [
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'principalType', type: 'string', versions: '0+' },
    { name: 'principalName', type: 'string', versions: '0+' },
    { name: 'tokenRequesterPrincipalType', type: 'string', versions: '3+' },
    { name: 'tokenRequesterPrincipalName', type: 'string', versions: '3+' },
    { name: 'issueTimestampMs', type: 'int64', versions: '0+' },
    { name: 'expiryTimestampMs', type: 'int64', versions: '0+' },
    { name: 'maxTimestampMs', type: 'int64', versions: '0+' },
    { name: 'tokenId', type: 'string', versions: '0+' },
    { name: 'hmac', type: 'bytes', versions: '0+' },
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
  ],
})

export type CreateDelegationTokenResponse = MessageOf<typeof CreateDelegationTokenResponse>

export const CreateDelegationToken = api({
  name: 'CreateDelegationToken',
  request: CreateDelegationTokenRequest,
  response: CreateDelegationTokenResponse,
})

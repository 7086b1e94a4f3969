import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const DescribeDelegationTokenRequest = message({
  name: 'DescribeDelegationTokenRequest',
  versions: '1-3',
  flexibleVersions: '2+',
  fields: [
    {
      name: 'owners',
      type: '[]DescribeDelegationTokenOwner',
      versions: '0+',
      nullableVersions: '0+',
      fields: [
        { name: 'principalType', type: 'string', versions: '0+' },
        { name: 'principalName', type: 'string', versions: '0+' },
      ],
    },
  ],
})

export type DescribeDelegationTokenRequest = MessageOf<typeof DescribeDelegationTokenRequest>

export const DescribeDelegationTokenResponse = message({
  name: 'DescribeDelegationTokenResponse',
  versions: '1-3',
  flexibleVersions: '2+',
  fields: [
    { name: 'errorCode', type: 'int16', versions: '0+' },
    {
      name: 'tokens',
      type: '[]DescribedDelegationToken',
      versions: '0+',
      fields: [
        { name: 'principalType', type: 'string', versions: '0+' },
        { name: 'principalName', type: 'string', versions: '0+' },
        { name: 'tokenRequesterPrincipalType', type: 'string', versions: '3+' },
        { name: 'tokenRequesterPrincipalName', type: 'string', versions: '3+' },
        { name: 'issueTimestamp', type: 'int64', versions: '0+' },
        { name: 'expiryTimestamp', type: 'int64', versions: '0+' },
        { name: 'maxTimestamp', type: 'int64', versions: '0+' },
        { name: 'tokenId', type: 'string', versions: '0+' },
        { name: 'hmac', type: 'bytes', versions: '0+' },
        {
          name: 'renewers',
          type: '[]DescribedDelegationTokenRenewer',
          versions: '0+',
          fields: [
            { name: 'principalType', type: 'string', versions: '0+' },
            { name: 'principalName', type: 'string', versions: '0+' },
          ],
        },
      ],
    },
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
  ],
})

export type DescribeDelegationTokenResponse = MessageOf<typeof DescribeDelegationTokenResponse>

export const DescribeDelegationToken = api({
  name: 'DescribeDelegationToken',
  request: DescribeDelegationTokenRequest,
  response: DescribeDelegationTokenResponse,
})

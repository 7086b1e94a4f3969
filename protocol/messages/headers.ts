import { type MessageOf, message } from '../schema/message'

export const RequestHeader = message({
  name: 'RequestHeader',
  versions: '1-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'requestApiKey', type: 'int16', versions: '0+' },
    { name: 'requestApiVersion', type: 'int16', versions: '0+' },
    { name: 'correlationId', type: 'int32', versions: '0+' },
    { name: 'clientId', type: 'string', versions: '1+', nullableVersions: '1+', flexibleVersions: 'none' },
  ],
})

export type RequestHeader = MessageOf<typeof RequestHeader>

export const ResponseHeader = message({
  name: 'ResponseHeader',
  versions: '0-1',
  flexibleVersions: '1+',
  fields: [{ name: 'correlationId', type: 'int32', versions: '0+' }],
})

export type ResponseHeader = MessageOf<typeof ResponseHeader>

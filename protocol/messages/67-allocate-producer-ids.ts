import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const AllocateProducerIdsRequest = message({
  name: 'AllocateProducerIdsRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'brokerId', type: 'int32', versions: '0+' },
    { name: 'brokerEpoch', type: 'int64', versions: '0+', default: -1 },
  ],
})

export type AllocateProducerIdsRequest = MessageOf<typeof AllocateProducerIdsRequest>

export const AllocateProducerIdsResponse = message({
  name: 'AllocateProducerIdsResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'producerIdStart', type: 'int64', versions: '0+' },
    { name: 'producerIdLen', type: 'int32', versions: '0+' },
  ],
})

export type AllocateProducerIdsResponse = MessageOf<typeof AllocateProducerIdsResponse>

export const AllocateProducerIds = api({
  name: 'AllocateProducerIds',
  request: AllocateProducerIdsRequest,
  response: AllocateProducerIdsResponse,
})

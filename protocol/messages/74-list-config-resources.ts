import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const ListConfigResourcesRequest = message({
  name: 'ListConfigResourcesRequest',
  versions: '0-1',
  flexibleVersions: '0+',
  fields: [{ name: 'resourceTypes', type: '[]int8', versions: '1+' }],
})

export type ListConfigResourcesRequest = MessageOf<typeof ListConfigResourcesRequest>

export const ListConfigResourcesResponse = message({
  name: 'ListConfigResourcesResponse',
  versions: '0-1',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    {
      name: 'configResources',
      type: '[]ConfigResource',
      versions: '0+',
      fields: [
        { name: 'resourceName', type: 'string', versions: '0+' },
        { name: 'resourceType', type: 'int8', versions: '1+', default: 16 },
      ],
    },
  ],
})

export type ListConfigResourcesResponse = MessageOf<typeof ListConfigResourcesResponse>

export const ListConfigResources = api({
  name: 'ListConfigResources',
  request: ListConfigResourcesRequest,
  response: ListConfigResourcesResponse,
})

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const ListGroupsRequest = message({
  name: 'ListGroupsRequest',
  versions: '0-5',
  flexibleVersions: '3+',
  fields: [
    { name: 'statesFilter', type: '[]string', versions: '4+' },
    { name: 'typesFilter', type: '[]string', versions: '5+' },
  ],
})

export type ListGroupsRequest = MessageOf<typeof ListGroupsRequest>

export const ListGroupsResponse = message({
  name: 'ListGroupsResponse',
  versions: '0-5',
  flexibleVersions: '3+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '1+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    {
      name: 'groups',
      type: '[]ListedGroup',
      versions: '0+',
      fields: [
        { name: 'groupId', type: 'string', versions: '0+' },
        { name: 'protocolType', type: 'string', versions: '0+' },
        { name: 'groupState', type: 'string', versions: '4+' },
        { name: 'groupType', type: 'string', versions: '5+' },
      ],
    },
  ],
})

export type ListGroupsResponse = MessageOf<typeof ListGroupsResponse>

export const ListGroups = api({ name: 'ListGroups', request: ListGroupsRequest, response: ListGroupsResponse })

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const DeleteGroupsRequest = message({
  name: 'DeleteGroupsRequest',
  versions: '0-2',
  flexibleVersions: '2+',
  fields: [{ name: 'groupsNames', type: '[]string', versions: '0+' }],
})

export type DeleteGroupsRequest = MessageOf<typeof DeleteGroupsRequest>

export const DeleteGroupsResponse = message({
  name: 'DeleteGroupsResponse',
  versions: '0-2',
  flexibleVersions: '2+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    {
      name: 'results',
      type: '[]DeletableGroupResult',
      versions: '0+',
      fields: [
        { name: 'groupId', type: 'string', versions: '0+' },
        { name: 'errorCode', type: 'int16', versions: '0+' },
      ],
    },
  ],
})

export type DeleteGroupsResponse = MessageOf<typeof DeleteGroupsResponse>

export const DeleteGroups = api({ name: 'DeleteGroups', request: DeleteGroupsRequest, response: DeleteGroupsResponse })

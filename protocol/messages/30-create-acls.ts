import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const CreateAclsRequest = message({
  name: 'CreateAclsRequest',
  versions: '1-3',
  flexibleVersions: '2+',
  fields: [
    {
      name: 'creations',
      type: '[]AclCreation',
      versions: '0+',
      fields: [
        { name: 'resourceType', type: 'int8', versions: '0+' },
        { name: 'resourceName', type: 'string', versions: '0+' },
        { name: 'resourcePatternType', type: 'int8', versions: '1+', default: 3 },
        { name: 'principal', type: 'string', versions: '0+' },
        { name: 'host', type: 'string', versions: '0+' },
        { name: 'operation', type: 'int8', versions: '0+' },
        { name: 'permissionType', type: 'int8', versions: '0+' },
      ],
    },
  ],
})

export type CreateAclsRequest = MessageOf<typeof CreateAclsRequest>

export const CreateAclsResponse = message({
  name: 'CreateAclsResponse',
  versions: '1-3',
  flexibleVersions: '2+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    {
      name: 'results',
      type: '[]AclCreationResult',
      versions: '0+',
      fields: [
        { name: 'errorCode', type: 'int16', versions: '0+' },
        { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+' },
      ],
    },
  ],
})

export type CreateAclsResponse = MessageOf<typeof CreateAclsResponse>

export const CreateAcls = api({ name: 'CreateAcls', request: CreateAclsRequest, response: CreateAclsResponse })

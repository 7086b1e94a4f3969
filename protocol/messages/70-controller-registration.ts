import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const ControllerRegistrationRequest = message({
  name: 'ControllerRegistrationRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'controllerId', type: 'int32', versions: '0+' },
    { name: 'incarnationId', type: 'uuid', versions: '0+' },
    { name: 'zkMigrationReady', type: 'bool', versions: '0+' },
    {
      name: 'listeners',
      type: '[]Listener',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        { name: 'host', type: 'string', versions: '0+' },
        { name: 'port', type: 'uint16', versions: '0+' },
        { name: 'securityProtocol', type: 'int16', versions: '0+' },
      ],
    },
    {
      name: 'features',
      type: '[]Feature',
      versions: '0+',
      fields: [
        { name: 'name', type: 'string', versions: '0+' },
        { name: 'minSupportedVersion', type: 'int16', versions: '0+' },
        { name: 'maxSupportedVersion', type: 'int16', versions: '0+' },
      ],
    },
  ],
})

export type ControllerRegistrationRequest = MessageOf<typeof ControllerRegistrationRequest>

export const ControllerRegistrationResponse = message({
  name: 'ControllerRegistrationResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'errorMessage', type: 'string', versions: '0+', nullableVersions: '0+' },
  ],
})

export type ControllerRegistrationResponse = MessageOf<typeof ControllerRegistrationResponse>

export const ControllerRegistration = api({
  name: 'ControllerRegistration',
  request: ControllerRegistrationRequest,
  response: ControllerRegistrationResponse,
})

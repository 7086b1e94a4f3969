import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const HeartbeatRequest = message({
  name: 'HeartbeatRequest',
  versions: '0-4',
  flexibleVersions: '4+',
  fields: [
    { name: 'groupId', type: 'string', versions: '0+' },
    { name: 'generationId', type: 'int32', versions: '0+' },
    { name: 'memberId', type: 'string', versions: '0+' },
    { name: 'groupInstanceId', type: 'string', versions: '3+', nullableVersions: '3+', default: null },
  ],
})

export type HeartbeatRequest = MessageOf<typeof HeartbeatRequest>

export const HeartbeatResponse = message({
  name: 'HeartbeatResponse',
  versions: '0-4',
  flexibleVersions: '4+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '1+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
  ],
})

export type HeartbeatResponse = MessageOf<typeof HeartbeatResponse>

export const Heartbeat = api({ name: 'Heartbeat', request: HeartbeatRequest, response: HeartbeatResponse })

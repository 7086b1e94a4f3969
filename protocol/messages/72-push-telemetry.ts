import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const PushTelemetryRequest = message({
  name: 'PushTelemetryRequest',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'clientInstanceId', type: 'uuid', versions: '0+' },
    { name: 'subscriptionId', type: 'int32', versions: '0+' },
    { name: 'terminating', type: 'bool', versions: '0+' },
    { name: 'compressionType', type: 'int8', versions: '0+' },
    { name: 'metrics', type: 'bytes', versions: '0+' },
  ],
})

export type PushTelemetryRequest = MessageOf<typeof PushTelemetryRequest>

export const PushTelemetryResponse = message({
  name: 'PushTelemetryResponse',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
  ],
})

export type PushTelemetryResponse = MessageOf<typeof PushTelemetryResponse>

export const PushTelemetry = api({
  name: 'PushTelemetry',
  request: PushTelemetryRequest,
  response: PushTelemetryResponse,
})

import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const AddOffsetsToTxnRequest = message({
  name: 'AddOffsetsToTxnRequest',
  versions: '0-4',
  flexibleVersions: '3+',
  fields: [
    { name: 'transactionalId', type: 'string', versions: '0+' },
    { name: 'producerId', type: 'int64', versions: '0+' },
    { name: 'producerEpoch', type: 'int16', versions: '0+' },
    { name: 'groupId', type: 'string', versions: '0+' },
  ],
})

export type AddOffsetsToTxnRequest = MessageOf<typeof AddOffsetsToTxnRequest>

export const AddOffsetsToTxnResponse = message({
  name: 'AddOffsetsToTxnResponse',
  versions: '0-4',
  flexibleVersions: '3+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
  ],
})

export type AddOffsetsToTxnResponse = MessageOf<typeof AddOffsetsToTxnResponse>

export const AddOffsetsToTxn = api({
  name: 'AddOffsetsToTxn',
  request: AddOffsetsToTxnRequest,
  response: AddOffsetsToTxnResponse,
})

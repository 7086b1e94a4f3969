import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const EndTxnRequest = message({
  name: 'EndTxnRequest',
  versions: '0-5',
  flexibleVersions: '3+',
  fields: [
    { name: 'transactionalId', type: 'string', versions: '0+' },
    { name: 'producerId', type: 'int64', versions: '0+' },
    { name: 'producerEpoch', type: 'int16', versions: '0+' },
    { name: 'committed', type: 'bool', versions: '0+' },
  ],
})

export type EndTxnRequest = MessageOf<typeof EndTxnRequest>

export const EndTxnResponse = message({
  name: 'EndTxnResponse',
  versions: '0-5',
  flexibleVersions: '3+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'producerId', type: 'int64', versions: '5+', default: -1 },
    { name: 'producerEpoch', type: 'int16', versions: '5+', default: -1 },
  ],
})

export type EndTxnResponse = MessageOf<typeof EndTxnResponse>

export const EndTxn = api({ name: 'EndTxn', request: EndTxnRequest, response: EndTxnResponse })

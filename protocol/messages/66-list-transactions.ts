import { api } from '../schema/api'
import { type MessageOf, message } from '../schema/message'

export const ListTransactionsRequest = message({
  name: 'ListTransactionsRequest',
  versions: '0-2',
  flexibleVersions: '0+',
  fields: [
    { name: 'stateFilters', type: '[]string', versions: '0+' },
    { name: 'producerIdFilters', type: '[]int64', versions: '0+' },
    // Milliseconds; Long.MAX_VALUE finds nothing.
    { name: 'durationFilter', type: 'int64', versions: '1+', default: -1, int64: 'saturate' },
    { name: 'transactionalIdPattern', type: 'string', versions: '2+', nullableVersions: '2+', default: null },
  ],
})

export type ListTransactionsRequest = MessageOf<typeof ListTransactionsRequest>

export const ListTransactionsResponse = message({
  name: 'ListTransactionsResponse',
  versions: '0-2',
  flexibleVersions: '0+',
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: '0+' },
    { name: 'errorCode', type: 'int16', versions: '0+' },
    { name: 'unknownStateFilters', type: '[]string', versions: '0+' },
    {
      name: 'transactionStates',
      type: '[]TransactionState',
      versions: '0+',
      fields: [
        { name: 'transactionalId', type: 'string', versions: '0+' },
        { name: 'producerId', type: 'int64', versions: '0+' },
        { name: 'transactionState', type: 'string', versions: '0+' },
      ],
    },
  ],
})

export type ListTransactionsResponse = MessageOf<typeof ListTransactionsResponse>

export const ListTransactions = api({
  name: 'ListTransactions',
  request: ListTransactionsRequest,
  response: ListTransactionsResponse,
})

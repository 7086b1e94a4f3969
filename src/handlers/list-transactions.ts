/**
 * ListTransactions (66), versions 0-1: the transactional ids that this broker coordinates (KIP-664). 1: only transactions that have lasted
 * for some time (KIP-994).
 *
 * Deviation: version 2, which filters by a pattern, is not served.
 */
import { ListTransactions } from '../../protocol/messages/66-list-transactions'
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import { stateNamed } from '../coordinator/transaction/transaction-metadata'
import { handler } from './handler'

export const listTransactions = ({ transactions }: { readonly transactions: TransactionCoordinator }) =>
  handler(
    ListTransactions,
    { versions: [0, 1], errorResponse: errorCode => ({ errorCode }) },
    async ({ stateFilters, producerIdFilters, durationFilter }) => {
      const filters = { states: stateFilters, producerIds: producerIdFilters, durationMs: durationFilter }
      const { errorCode, transactions: transactionStates } = await transactions.list(filters)
      const unknownStateFilters = stateFilters.filter(name => stateNamed(name) === undefined)
      return { errorCode, unknownStateFilters, transactionStates }
    },
  )

/**
 * ListTransactions (66), versions 0-2: the transactional ids that this broker coordinates (KIP-664). 1: only transactions that have lasted
 * for some time (KIP-994). 2: only ids that match a pattern as a whole (KIP-1152); an empty pattern is none.
 */
import { ErrorCode } from '../../protocol/errors'
import { ListTransactions } from '../../protocol/messages/66-list-transactions'
import { compilePattern, isProblem } from '../coordinator/pattern'
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import { stateNamed } from '../coordinator/transaction/transaction-metadata'
import { handler } from './handler'

export const listTransactions = ({ transactions }: { readonly transactions: TransactionCoordinator }) =>
  handler(
    ListTransactions,
    { versions: [0, 2], errorResponse: errorCode => ({ errorCode }) },
    async ({ stateFilters, producerIdFilters, durationFilter, transactionalIdPattern }) => {
      const pattern = transactionalIdPattern ? compilePattern(transactionalIdPattern) : null
      if (pattern !== null && isProblem(pattern)) return { errorCode: ErrorCode.INVALID_REGULAR_EXPRESSION }
      const filters = { states: stateFilters, producerIds: producerIdFilters, durationMs: durationFilter, pattern }
      const { errorCode, transactions: transactionStates } = await transactions.list(filters)
      const unknownStateFilters = stateFilters.filter(name => stateNamed(name) === undefined)
      return { errorCode, unknownStateFilters, transactionStates }
    },
  )

/**
 * EndTxn (26), versions 0-5: commits or aborts the transaction of a producer. The answer comes when the decision is in the log; the markers
 * follow, and until they are written the id answers CONCURRENT_TRANSACTIONS.
 *
 * 2: PRODUCER_FENCED, which is INVALID_PRODUCER_EPOCH below. 5: every transaction has an epoch of its own, and the answer tells the producer
 * the next one (KIP-890 part 2).
 */
import { EndTxn } from '../../protocol/messages/26-end-txn'
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import { handler } from './handler'
import { fencedBefore } from './transaction-errors'

const PRODUCER_FENCED_VERSION = 2
const EPOCH_BUMP_VERSION = 5

export const endTxn = ({ transactions }: { readonly transactions: TransactionCoordinator }) =>
  handler(
    EndTxn,
    { versions: [0, 5], errorResponse: errorCode => ({ errorCode }) },
    async ({ transactionalId, producerId, producerEpoch, committed: isCommit }, { apiVersion }) => {
      const clientVersion = apiVersion >= EPOCH_BUMP_VERSION ? 2 : 0
      const request = { producerId, producerEpoch, isCommit, clientVersion } as const
      const answer = await transactions.end(transactionalId, request)
      return { ...answer, errorCode: fencedBefore(PRODUCER_FENCED_VERSION, apiVersion, answer.errorCode) }
    },
  )

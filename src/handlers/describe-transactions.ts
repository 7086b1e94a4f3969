/** DescribeTransactions (65), version 0: what the coordinator knows of transactional ids, for tools (KIP-664). */
import { DescribeTransactions } from '../../protocol/messages/65-describe-transactions'
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import { handler } from './handler'

export const describeTransactions = ({ transactions }: { readonly transactions: TransactionCoordinator }) =>
  handler(DescribeTransactions, { versions: [0, 0] }, async ({ transactionalIds }) => ({
    transactionStates: await Promise.all(transactionalIds.map(id => transactions.describe(id))),
  }))

/** What tools are told about transactions (KIP-664). */
import { ErrorCode } from '../../../protocol/errors'
import type { Pattern } from '../pattern'
import { stateName, stateNamed, type TransactionMetadata, type TransactionStateName } from './transaction-metadata'

export interface DescribedTransaction {
  readonly errorCode: number
  readonly transactionalId: string
  readonly transactionState: TransactionStateName | ''
  readonly transactionTimeoutMs: number
  /** Wall-clock milliseconds; -1 when no transaction has begun yet. */
  readonly transactionStartTimeMs: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
}

export interface TransactionFilters {
  /** Names of states; empty: all. */
  readonly states: readonly string[]
  /** Empty: all. */
  readonly producerIds: readonly number[]
  /** Only those that began more than this many milliseconds ago; below 0: all. */
  readonly durationMs: number
  /** Only transactional ids that match as a whole; null: all. */
  readonly pattern: Pattern | null
}

export interface ListedTransaction {
  readonly transactionalId: string
  readonly producerId: number
  readonly transactionState: TransactionStateName
}

export const describeTransaction = (
  transactionalId: string,
  metadata: TransactionMetadata | undefined,
): DescribedTransaction => {
  if (!metadata) return undescribed(transactionalId, ErrorCode.TRANSACTIONAL_ID_NOT_FOUND)
  return {
    errorCode: ErrorCode.NONE,
    transactionalId,
    transactionState: stateName(metadata.state),
    transactionTimeoutMs: metadata.timeoutMs,
    transactionStartTimeMs: metadata.startedAt,
    producerId: metadata.producerId,
    producerEpoch: metadata.producerEpoch,
    topics: Array.from(metadata.partitions, ([topic, partitions]) => ({ topic, partitions: [...partitions] })),
  }
}

export const undescribed = (transactionalId: string, errorCode: number): DescribedTransaction => ({
  errorCode,
  transactionalId,
  transactionState: '',
  transactionTimeoutMs: 0,
  transactionStartTimeMs: 0,
  producerId: 0,
  producerEpoch: 0,
  topics: [],
})

export const listTransactions = (
  transactions: Iterable<TransactionMetadata>,
  { states, producerIds, durationMs, pattern }: TransactionFilters,
  now: number,
): ListedTransaction[] => {
  const wantedStates = new Set(states.map(stateNamed))
  const wantedIds = new Set(producerIds)
  const isWanted = ({ transactionalId, state, producerId, startedAt }: TransactionMetadata): boolean =>
    (states.length === 0 || wantedStates.has(state)) &&
    (wantedIds.size === 0 || wantedIds.has(producerId)) &&
    (durationMs < 0 || now - startedAt > durationMs) &&
    (pattern === null || pattern.matches(transactionalId))
  return Array.from(transactions)
    .filter(isWanted)
    .map(({ transactionalId, producerId, state }) => ({
      transactionalId,
      producerId,
      transactionState: stateName(state),
    }))
}

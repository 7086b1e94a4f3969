/** Transactions as records of `__transaction_state` (Kafka: TransactionLog). */
import { TransactionLog, type TransactionLogKey } from '../../../protocol/records-on-disk/transaction-log'
import {
  decodeRecordKey,
  decodeRecordValue,
  encodeRecordKey,
  encodeRecordValue,
} from '../../../protocol/schema/coordinator-record'
import type { CoordinatorRecord } from '../coordinator-shard'
import {
  NO_PARTITIONS,
  type TransactionMetadata,
  TransactionState,
  type TransactionStateId,
} from './transaction-metadata'

/** The record that makes a transactional id what `metadata` says. */
export const transactionRecord = (metadata: TransactionMetadata): CoordinatorRecord => ({
  key: keyOf(metadata.transactionalId),
  value: encodeRecordValue(TransactionLog, {
    producerId: metadata.producerId,
    previousProducerId: metadata.previousProducerId,
    nextProducerId: metadata.nextProducerId,
    producerEpoch: metadata.producerEpoch,
    transactionTimeoutMs: metadata.timeoutMs,
    transactionStatus: metadata.state,
    transactionPartitions:
      metadata.state === TransactionState.Empty
        ? null
        : Array.from(metadata.partitions, ([topic, partitions]) => ({ topic, partitionIds: [...partitions] })),
    transactionLastUpdateTimestampMs: metadata.updatedAt,
    transactionStartTimestampMs: metadata.startedAt,
    clientTransactionVersion: metadata.clientVersion,
  }),
})

/** The record that removes a transactional id. */
export const transactionTombstone = (transactionalId: string): CoordinatorRecord => ({
  key: keyOf(transactionalId),
  value: null,
})

const keyOf = (transactionalId: string): Buffer =>
  encodeRecordKey(TransactionLog, { transactionalId } satisfies TransactionLogKey)

/** What a record says; `metadata` is null when it removes the id. Throws MalformedMessage. */
export const readTransactionRecord = ({
  key,
  value,
}: CoordinatorRecord): { readonly transactionalId: string; readonly metadata: TransactionMetadata | null } => {
  const { transactionalId } = decodeRecordKey(TransactionLog, key)
  if (value === null) return { transactionalId, metadata: null }
  const stored = decodeRecordValue(TransactionLog, value)
  const metadata: TransactionMetadata = {
    transactionalId,
    producerId: stored.producerId,
    previousProducerId: stored.previousProducerId,
    nextProducerId: stored.nextProducerId,
    producerEpoch: stored.producerEpoch,
    timeoutMs: stored.transactionTimeoutMs,
    state: stored.transactionStatus as TransactionStateId,
    partitions: stored.transactionPartitions?.length
      ? new Map(stored.transactionPartitions.map(({ topic, partitionIds }) => [topic, new Set(partitionIds)]))
      : NO_PARTITIONS,
    updatedAt: stored.transactionLastUpdateTimestampMs,
    startedAt: stored.transactionStartTimestampMs,
    clientVersion: stored.clientTransactionVersion,
  }
  return { transactionalId, metadata }
}

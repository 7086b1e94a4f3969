/**
 * AddOffsetsToTxn (25), versions 0-4: the offsets that a group is going to commit become part of the producer's transaction. 2:
 * PRODUCER_FENCED, which is INVALID_PRODUCER_EPOCH below. Producers that join partitions by writing to them (KIP-890 part 2) leave it out.
 */
import { ErrorCode } from '../../protocol/errors'
import { AddOffsetsToTxn } from '../../protocol/messages/25-add-offsets-to-txn'
import { CONSUMER_OFFSETS } from '../coordinator/group/group-coordinator'
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import { handler } from './handler'
import { fencedBefore } from './transaction-errors'

export interface AddOffsetsToTxnDependencies {
  readonly transactions: TransactionCoordinator
  /** The partition of `__consumer_offsets` of a group; -1 while the topic does not exist. */
  readonly offsetsPartitionOf: (groupId: string) => number
}

const PRODUCER_FENCED_VERSION = 2

export const addOffsetsToTxn = ({ transactions, offsetsPartitionOf }: AddOffsetsToTxnDependencies) =>
  handler(
    AddOffsetsToTxn,
    { versions: [0, 4], errorResponse: errorCode => ({ errorCode }) },
    async ({ transactionalId, groupId, producerId, producerEpoch }, { apiVersion }) => {
      const partition = offsetsPartitionOf(groupId)
      if (partition < 0) return { errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE }
      const partitions = new Map([[CONSUMER_OFFSETS, new Set([partition])]])
      const errorCode = await transactions.add(transactionalId, {
        producerId,
        producerEpoch,
        partitions,
        clientVersion: 0,
      })
      return { errorCode: fencedBefore(PRODUCER_FENCED_VERSION, apiVersion, errorCode) }
    },
  )

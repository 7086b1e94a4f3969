/**
 * AddOffsetsToTxn (25), versions 0-4: the offsets that a group is going to commit become part of the producer's transaction. 2:
 * PRODUCER_FENCED, which is INVALID_PRODUCER_EPOCH below. Producers that join partitions by writing to them (KIP-890 part 2) leave it out.
 *
 * kafkajs asks for it before it looks for the group's coordinator, so `__consumer_offsets` is created here, too.
 */
import { ErrorCode } from '../../protocol/errors'
import { AddOffsetsToTxn } from '../../protocol/messages/25-add-offsets-to-txn'
import { CONSUMER_OFFSETS } from '../coordinator/group/group-coordinator'
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import type { CoordinatorKind } from './find-coordinator'
import { handler } from './handler'
import { fencedBefore } from './transaction-errors'

export interface AddOffsetsToTxnDependencies {
  readonly transactions: TransactionCoordinator
  /** Where the offsets of groups are. */
  readonly groups: CoordinatorKind
}

const PRODUCER_FENCED_VERSION = 2

export const addOffsetsToTxn = ({ transactions, groups }: AddOffsetsToTxnDependencies) =>
  handler(
    AddOffsetsToTxn,
    { versions: [0, 4], errorResponse: errorCode => ({ errorCode }) },
    async ({ transactionalId, groupId, producerId, producerEpoch }, { apiVersion }) => {
      if (!(await groups.topic.ensure())) return { errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE }
      const partition = groups.runtime.partitionOf(groupId)
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

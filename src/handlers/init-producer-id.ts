/**
 * InitProducerId (22), versions 0-5: a producer id and epoch. An idempotent producer (KIP-98) gets a new id with epoch 0; one with a
 * transactional id gets the id's next epoch, which fences whoever used it before and aborts what they left open.
 *
 * 3: the producer may name the id and epoch it had (KIP-360); both or neither. 4: PRODUCER_FENCED, which is INVALID_PRODUCER_EPOCH below.
 * Version 6 (two-phase commit) is not stable in Kafka either.
 */
import { ErrorCode } from '../../protocol/errors'
import { InitProducerId, type InitProducerIdRequest } from '../../protocol/messages/22-init-producer-id'
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import type { ProducerIdBlocks } from '../metadata/producer-id-blocks'
import { handler } from './handler'
import { fencedBefore } from './transaction-errors'

export interface InitProducerIdDependencies {
  readonly producerIds: ProducerIdBlocks
  readonly transactions: TransactionCoordinator
}

const PRODUCER_FENCED_VERSION = 4

export const initProducerId = ({ producerIds, transactions }: InitProducerIdDependencies) =>
  handler(
    InitProducerId,
    { versions: [0, 5], errorResponse: errorCode => refused(errorCode) },
    (request, { apiVersion }) => {
      const { transactionalId, producerId, producerEpoch } = request
      if ((producerId === -1) !== (producerEpoch === -1)) return refused(ErrorCode.INVALID_REQUEST)
      if (transactionalId === '') return refused(ErrorCode.INVALID_REQUEST)
      if (transactionalId !== null) return initTransactional(transactions, request, transactionalId, apiVersion)
      const granting = producerIds.next()
      return granting instanceof Promise ? granting.then(granted) : granted(granting)
    },
  )

const initTransactional = async (
  transactions: TransactionCoordinator,
  { producerId, producerEpoch, transactionTimeoutMs: timeoutMs }: InitProducerIdRequest,
  transactionalId: string,
  apiVersion: number,
) => {
  const expected = producerId === -1 ? null : { producerId, producerEpoch }
  const answer = await transactions.init({ transactionalId, timeoutMs, expected })
  return { ...answer, errorCode: fencedBefore(PRODUCER_FENCED_VERSION, apiVersion, answer.errorCode) }
}

const granted = (producerId: number) => ({ errorCode: ErrorCode.NONE, producerId, producerEpoch: 0 })
const refused = (errorCode: number) => ({ errorCode, producerId: -1, producerEpoch: -1 })

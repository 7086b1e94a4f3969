/**
 * InitProducerId (22), versions 0-5: a new producer id with epoch 0 for an idempotent producer (KIP-98).
 *
 * 3: the producer may name the id and epoch it had (KIP-360); both or neither. Version 6 (two-phase commit) is not stable in Kafka
 * either.
 *
 * Deviation: without a transaction coordinator there is nothing to give to a transactional id: UNSUPPORTED_VERSION.
 */
import { ErrorCode } from '../../protocol/errors'
import { InitProducerId } from '../../protocol/messages/22-init-producer-id'
import type { ProducerIdBlocks } from '../metadata/producer-id-blocks'
import { handler } from './handler'

export const initProducerId = ({ producerIds }: { readonly producerIds: ProducerIdBlocks }) =>
  handler(InitProducerId, { versions: [0, 5], errorResponse: errorCode => refused(errorCode) }, request => {
    if ((request.producerId === -1) !== (request.producerEpoch === -1)) return refused(ErrorCode.INVALID_REQUEST)
    if (request.transactionalId === '') return refused(ErrorCode.INVALID_REQUEST)
    if (request.transactionalId !== null) return refused(ErrorCode.UNSUPPORTED_VERSION)
    const producerId = producerIds.next()
    return producerId instanceof Promise ? producerId.then(granted) : granted(producerId)
  })

const granted = (producerId: number) => ({ errorCode: ErrorCode.NONE, producerId, producerEpoch: 0 })
const refused = (errorCode: number) => ({ errorCode, producerId: -1, producerEpoch: -1 })

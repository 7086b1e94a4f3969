import { ErrorCode } from '../../protocol/errors'
import type { Random } from '../io/random'
import type { BrokerImage } from './metadata-image'
import { type Refusal, refusal } from './refusal'

export interface PlacementRequest {
  readonly partitions: number
  /** At least 1. */
  readonly replicationFactor: number
  /** The brokers that may hold new replicas. */
  readonly brokers: readonly BrokerImage[]
  readonly random: Random
}

/**
 * Chooses the replicas of new partitions: round robin over the brokers from a random start, each partition one broker further, and in
 * another order of the brokers after every full round, so that the followers of one leader differ (Kafka's StripedReplicaPlacer without
 * racks).
 */
export const placeReplicas = (request: PlacementRequest): readonly (readonly number[])[] | Refusal => {
  const { partitions, replicationFactor, random } = request
  const ids = request.brokers.map(broker => broker.id).sort((left, right) => left - right)
  if (ids.length === 0) return refusal(ErrorCode.INVALID_REPLICATION_FACTOR, 'All brokers are currently fenced.')
  if (replicationFactor > ids.length) {
    return refusal(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `The target replication factor of ${replicationFactor} cannot be reached because only ${ids.length} broker(s) are ` +
        'registered or some brokers have all their log directories cordoned.',
    )
  }
  const start = random.below(ids.length)
  return Array.from({ length: partitions }, (_, partition) => {
    if (partition > 0 && partition % ids.length === 0) shuffle(ids, random)
    return Array.from({ length: replicationFactor }, (_, replica) => ids[(start + partition + replica) % ids.length]!)
  })
}

/** Fisher and Yates, in place. */
const shuffle = (values: number[], random: Random): void => {
  for (let last = values.length - 1; last > 0; last--) {
    const chosen = random.below(last + 1)
    const swapped = values[last]!
    values[last] = values[chosen]!
    values[chosen] = swapped
  }
}

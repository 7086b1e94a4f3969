/**
 * ConsumerGroupHeartbeat (68), versions 0-1: a member of a consumer group joins, lives and leaves, tells what it has, and learns what it
 * shall have (KIP-848). 1: subscription by pattern; members make their ids themselves (KIP-1082).
 */
import { ErrorCode } from '../../protocol/errors'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/68-consumer-group-heartbeat'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'

export interface ConsumerGroupHeartbeatDependencies {
  readonly groups: GroupCoordinator
  /** Whether `group.coordinator.rebalance.protocols` allows the consumer protocol. */
  readonly isEnabled: () => boolean
}

/** The first version in which members make their ids. */
const MEMBER_ID_VERSION = 1

export const consumerGroupHeartbeat = ({ groups, isEnabled }: ConsumerGroupHeartbeatDependencies) =>
  handler(
    ConsumerGroupHeartbeat,
    { versions: [0, 1], errorResponse: (errorCode, errorMessage) => ({ errorCode, errorMessage }) },
    (request, { apiVersion, clientId, clientAddress }) =>
      isEnabled()
        ? groups.consumerHeartbeat({
            ...request,
            clientId: clientId ?? '',
            clientHost: `/${clientAddress}`,
            knowsItsId: apiVersion >= MEMBER_ID_VERSION,
          })
        : { errorCode: ErrorCode.UNSUPPORTED_VERSION },
  )

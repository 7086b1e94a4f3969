/** ConsumerGroupDescribe (69), versions 0-1: consumer groups and their members (KIP-848). 1: which protocol a member speaks. */
import { ErrorCode } from '../../protocol/errors'
import { ConsumerGroupDescribe } from '../../protocol/messages/69-consumer-group-describe'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { GROUP_OPERATIONS, OPERATIONS_OMITTED } from './authorized-operations'
import { handler } from './handler'

export interface ConsumerGroupDescribeDependencies {
  readonly groups: GroupCoordinator
  /** Whether `group.coordinator.rebalance.protocols` allows the consumer protocol. */
  readonly isEnabled: () => boolean
}

export const consumerGroupDescribe = ({ groups, isEnabled }: ConsumerGroupDescribeDependencies) =>
  handler(
    ConsumerGroupDescribe,
    {
      versions: [0, 1],
      errorResponse: (errorCode, errorMessage, request) => ({
        groups: request.groupIds.map(groupId => ({ groupId, errorCode, errorMessage })),
      }),
    },
    async request => {
      if (!isEnabled()) {
        return { groups: request.groupIds.map(groupId => ({ groupId, errorCode: ErrorCode.UNSUPPORTED_VERSION })) }
      }
      const authorizedOperations = request.includeAuthorizedOperations ? GROUP_OPERATIONS : OPERATIONS_OMITTED
      const described = await Promise.all(request.groupIds.map(groupId => groups.describeConsumerGroup(groupId)))
      return {
        groups: described.map(group => ({
          ...group,
          authorizedOperations: group.errorCode === ErrorCode.NONE ? authorizedOperations : OPERATIONS_OMITTED,
        })),
      }
    },
  )

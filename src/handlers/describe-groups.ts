/** DescribeGroups (15), versions 0-6: classic groups and their members. 3: allowed operations. 4: static members. 6: GROUP_ID_NOT_FOUND. */
import { ErrorCode } from '../../protocol/errors'
import { DescribeGroups } from '../../protocol/messages/15-describe-groups'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { GROUP_OPERATIONS, OPERATIONS_OMITTED } from './authorized-operations'
import { handler } from './handler'

export const describeGroups = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(
    DescribeGroups,
    {
      versions: [0, 6],
      errorResponse: (errorCode, errorMessage, request) => ({
        groups: request.groups.map(groupId => ({ groupId, errorCode, errorMessage })),
      }),
    },
    async (request, { apiVersion }) => {
      const authorizedOperations = request.includeAuthorizedOperations ? GROUP_OPERATIONS : OPERATIONS_OMITTED
      const described = await Promise.all(request.groups.map(groupId => groups.describe(groupId, apiVersion)))
      return {
        groups: described.map(group => ({
          ...group,
          authorizedOperations: group.errorCode === ErrorCode.NONE ? authorizedOperations : OPERATIONS_OMITTED,
        })),
      }
    },
  )

/** LeaveGroup (13), versions 0-5: members leave a group. 3: several at once, also by instance id (KIP-345). 5: reason (KIP-800). */
import { ErrorCode } from '../../protocol/errors'
import { LeaveGroup } from '../../protocol/messages/13-leave-group'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'

/** The first version with several members. */
const BATCHED_VERSION = 3

export const leaveGroup = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(
    LeaveGroup,
    { versions: [0, 5], errorResponse: errorCode => ({ errorCode }) },
    async (request, { apiVersion }) => {
      if (apiVersion < BATCHED_VERSION) {
        const { errorCode, members } = await groups.leave(request.groupId, [
          { memberId: request.memberId, groupInstanceId: null },
        ])
        return { errorCode: errorCode === ErrorCode.NONE ? members[0]! : errorCode }
      }
      const { errorCode, members } = await groups.leave(request.groupId, request.members)
      if (errorCode !== ErrorCode.NONE) return { errorCode }
      return {
        errorCode,
        members: request.members.map(({ memberId, groupInstanceId }, at) => ({
          memberId,
          groupInstanceId,
          errorCode: members[at]!,
        })),
      }
    },
  )

/**
 * SyncGroup (14), versions 0-5: the leader of a classic group hands in the assignments, everyone gets his. 3: static members. 5: type and
 * name of the protocol are checked and told; without
 * them: INCONSISTENT_GROUP_PROTOCOL.
 */
import { ErrorCode } from '../../protocol/errors'
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import { refusedSync } from '../coordinator/group/classic-member'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'
import { interruptible } from './interruptible'

/** The first version that must name the protocol. */
const PROTOCOL_VERSION = 5

export const syncGroup = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(SyncGroup, { versions: [0, 5], errorResponse: refusedSync }, (request, context) => {
    const { groupId, memberId, groupInstanceId, generationId, protocolType, protocolName } = request
    if (context.apiVersion >= PROTOCOL_VERSION && (protocolType === null || protocolName === null)) {
      return refusedSync(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    }
    const assignments = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment]))
    const syncing = { memberId, groupInstanceId, generationId, protocolType, protocolName, assignments }
    return interruptible(context, groups.sync(groupId, syncing), refusedSync(ErrorCode.NOT_COORDINATOR))
  })

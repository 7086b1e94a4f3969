/**
 * SyncGroup (14), versions 0-5: the leader of a classic group hands in the assignments, everyone gets his. 3: static members. 5: type and
 * name of the protocol are checked and told.
 */
import { SyncGroup } from '../../protocol/messages/14-sync-group'
import { refusedSync } from '../coordinator/group/classic-member'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'

export const syncGroup = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(SyncGroup, { versions: [0, 5], errorResponse: errorCode => refusedSync(errorCode) }, request =>
    groups.sync(request.groupId, {
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      generationId: request.generationId,
      protocolType: request.protocolType,
      protocolName: request.protocolName,
      assignments: new Map(request.assignments.map(({ memberId, assignment }) => [memberId, Buffer.from(assignment)])),
    }),
  )

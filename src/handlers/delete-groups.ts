/** DeleteGroups (42), versions 0-2: removes groups without members, with their offsets (KIP-229). */
import { DeleteGroups } from '../../protocol/messages/42-delete-groups'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'

export const deleteGroups = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(
    DeleteGroups,
    {
      versions: [0, 2],
      errorResponse: (errorCode, _message, { groupsNames }) => ({
        results: groupsNames.map(groupId => ({ groupId, errorCode })),
      }),
    },
    async ({ groupsNames }) => ({
      results: await Promise.all(
        [...new Set(groupsNames)].map(async groupId => ({ groupId, errorCode: await groups.deleteGroup(groupId) })),
      ),
    }),
  )

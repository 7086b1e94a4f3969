/** ListGroups (16), versions 0-5: the groups that this broker coordinates. 4: by state (KIP-518). 5: by type (KIP-848). */
import { ListGroups } from '../../protocol/messages/16-list-groups'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'

export const listGroups = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(
    ListGroups,
    { versions: [0, 5], errorResponse: errorCode => ({ errorCode }) },
    ({ statesFilter, typesFilter }) => groups.list(statesFilter, typesFilter),
  )

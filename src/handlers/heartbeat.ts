/** Heartbeat (12), versions 0-4: a member of a classic group says that it lives, and learns of rebalances. 3: static members. */
import { Heartbeat } from '../../protocol/messages/12-heartbeat'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'

export const heartbeat = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(Heartbeat, { versions: [0, 4], errorResponse: answerOf }, request => {
    const errorCode = groups.heartbeat(request.groupId, request, request.generationId)
    return typeof errorCode === 'number' ? answerOf(errorCode) : errorCode.then(answerOf)
  })

const answerOf = (errorCode: number) => ({ errorCode })

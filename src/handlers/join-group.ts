/**
 * JoinGroup (11), versions 0-9: a member of a classic group joins the next generation.
 *
 * 1: rebalance timeout. 4: a new member gets its id first (MEMBER_ID_REQUIRED, KIP-394). 5: static members (KIP-345). 7: protocol type in
 * the answer. 8: reason (KIP-800). 9: the leader may be told not to assign (KIP-814).
 *
 * A rebalance timeout of 0, as kafkajs sends it when none is set, means the session timeout.
 */
import { ErrorCode } from '../../protocol/errors'
import { JoinGroup } from '../../protocol/messages/11-join-group'
import { refusedJoin } from '../coordinator/group/classic-member'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import { handler } from './handler'
import { interruptible } from './interruptible'

/** The first version in which null is allowed as the name of the protocol. */
const NULLABLE_PROTOCOL_VERSION = 7

export const joinGroup = ({ groups }: { readonly groups: GroupCoordinator }) =>
  handler(
    JoinGroup,
    {
      versions: [0, 9],
      errorResponse: (errorCode, _message, { memberId }) => ({ ...refusedJoin(errorCode, memberId), protocolName: '' }),
    },
    async (request, context) => {
      const { apiVersion, clientId, clientAddress } = context
      const { sessionTimeoutMs, rebalanceTimeoutMs } = request
      const joined = groups.join(request.groupId, {
        memberId: request.memberId,
        groupInstanceId: request.groupInstanceId,
        clientId: clientId ?? '',
        clientHost: `/${clientAddress}`,
        sessionTimeoutMs,
        rebalanceTimeoutMs: rebalanceTimeoutMs > 0 ? rebalanceTimeoutMs : sessionTimeoutMs,
        protocolType: request.protocolType,
        // What is kept must not keep the whole request in memory.
        protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
        mustKnowItsId: apiVersion >= 4,
        canSkipAssignment: apiVersion >= 9,
      })
      const gone = refusedJoin(ErrorCode.NOT_COORDINATOR, request.memberId)
      const answer = await interruptible(context, joined, gone)
      return apiVersion >= NULLABLE_PROTOCOL_VERSION ? answer : { ...answer, protocolName: answer.protocolName ?? '' }
    },
  )

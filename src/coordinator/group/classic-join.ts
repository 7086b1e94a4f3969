/** JoinGroup: who may be a member of a classic group, and under which id. */
import { ErrorCode } from '../../../protocol/errors'
import { coordinatorErrorCode } from '../coordinator-error'
import type { Transition } from '../coordinator-shard'
import type { ClassicGroup } from './classic-group'
import { ClassicMember, type JoinAnswer, type Joining, refusedJoin } from './classic-member'
import { type ClassicRebalance, nothing } from './classic-rebalance'
import { groupMetadataRecord } from './group-records'

export class ClassicJoin<Shard> {
  readonly #rebalance: ClassicRebalance<Shard>
  readonly #newUuid: () => string

  constructor(rebalance: ClassicRebalance<Shard>, newUuid: () => string) {
    this.#rebalance = rebalance
    this.#newUuid = newUuid
  }

  /** `answer` is called once: at once, when the round is complete, or when the member is removed. */
  join(group: ClassicGroup, joining: Joining, answer: (answer: JoinAnswer) => void, now: number): Transition<void> {
    const { memberId, protocolType, protocols } = joining
    if (!group.accepts(protocolType, protocols)) {
      answer(refusedJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId))
      return nothing
    }
    return memberId === '' ? this.#joinNew(group, joining, answer, now) : this.#joinAs(group, joining, answer, now)
  }

  /** Somebody without a member id. */
  #joinNew(group: ClassicGroup, joining: Joining, answer: (answer: JoinAnswer) => void, now: number): Transition<void> {
    const { groupInstanceId, clientId } = joining
    const memberId = `${groupInstanceId ?? clientId}-${this.#newUuid()}`
    const predecessor = groupInstanceId === null ? undefined : group.staticMemberId(groupInstanceId)
    if (predecessor !== undefined) return this.#replaceStatic(group, predecessor, memberId, joining, answer, now)
    if (groupInstanceId !== null || !joining.mustKnowItsId) return this.#add(group, memberId, joining, answer, now)
    this.#rebalance.expectPending(group, memberId, joining.sessionTimeoutMs)
    answer(refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId))
    return nothing
  }

  #joinAs(group: ClassicGroup, joining: Joining, answer: (answer: JoinAnswer) => void, now: number): Transition<void> {
    const { memberId, groupInstanceId, protocols } = joining
    if (group.pendingMembers.has(memberId) && groupInstanceId === null) {
      return this.#add(group, memberId, joining, answer, now)
    }
    const refusal = group.checkMember(memberId, groupInstanceId)
    if (refusal !== ErrorCode.NONE) {
      answer(refusedJoin(refusal, memberId))
      return nothing
    }
    const member = group.members.get(memberId)!
    // The leader of a stable group comes back to make the others join again.
    const mustRebalance =
      group.is('PreparingRebalance') ||
      (group.is('Stable') && memberId === group.leaderId) ||
      !member.hasProtocols(protocols)
    if (!mustRebalance) {
      // It has no news: it did not get the answer that told the generation.
      answer(group.joinAnswer(memberId))
      return nothing
    }
    group.update(member, joining)
    group.awaitJoin(member, answer)
    return this.#rebalance.continueRound(group, now)
  }

  #add(
    group: ClassicGroup,
    memberId: string,
    joining: Joining,
    answer: (answer: JoinAnswer) => void,
    now: number,
  ): Transition<void> {
    if (group.members.size === 0) group.protocolType = joining.protocolType
    return this.#rebalance.addMember(group, new ClassicMember(memberId, joining), answer, now)
  }

  /**
   * A static member came back without its id: a stable group goes on without a rebalance when nothing changed by it. A leader before
   * JoinGroup 9 is told that its old self leads, so that it does not assign.
   */
  #replaceStatic(
    group: ClassicGroup,
    oldId: string,
    newId: string,
    joining: Joining,
    answer: (answer: JoinAnswer) => void,
    now: number,
  ): Transition<void> {
    const leaderBefore = group.leaderId
    const oldSelf = group.members.get(oldId)!
    const member = new ClassicMember(newId, joining)
    member.assignment = oldSelf.assignment
    group.replaceStatic(oldSelf, member)
    group.awaitJoin(member, answer)
    this.#rebalance.followReplacement(group, oldId, member)
    const goesOn = group.is('Stable') && group.electProtocol() === group.protocolName
    if (!goesOn) return this.#rebalance.continueRound(group, now)
    return {
      records: [groupMetadataRecord(group)],
      response: undefined,
      afterReplication: () => {
        // A rebalance has begun meanwhile: it has joined that.
        if (member.awaitingJoin !== answer || !group.is('Stable')) return
        const known = group.joinAnswer(newId)
        if (group.leaderId !== newId) group.answerJoin(member, known)
        else if (joining.canSkipAssignment) group.answerJoin(member, { ...known, skipAssignment: true })
        else group.answerJoin(member, { ...known, leader: leaderBefore ?? '', members: [] })
      },
      afterRefusal: errorCode => {
        // It has not come back: its old self is the member, until its session is over.
        const answer = { ...group.joinAnswer(''), leader: leaderBefore ?? '' }
        group.answerJoin(member, { ...answer, errorCode: coordinatorErrorCode(errorCode) })
        group.replaceStatic(member, oldSelf)
        this.#rebalance.followReplacement(group, newId, oldSelf)
      },
    }
  }
}

/** What members of a classic group ask for once they have joined it. */
import { ErrorCode } from '../../../protocol/errors'
import type { Transition } from '../coordinator-shard'
import type { ClassicGroup } from './classic-group'
import { type MemberIdentity, refusedSync, type SyncAnswer, type Syncing } from './classic-member'
import { type ClassicRebalance, nothing } from './classic-rebalance'
import type { CommitAccess } from './consumer/offset-access'

export class ClassicRequests<Shard> {
  readonly #rebalance: ClassicRebalance<Shard>

  constructor(rebalance: ClassicRebalance<Shard>) {
    this.#rebalance = rebalance
  }

  sync(group: ClassicGroup, syncing: Syncing, answer: (answer: SyncAnswer) => void, now: number): Transition<void> {
    const refuse = (errorCode: number) => {
      answer(refusedSync(errorCode))
      return nothing
    }
    const refusal = this.#checkGeneration(group, syncing, syncing.generationId)
    if (refusal !== ErrorCode.NONE) return refuse(refusal)
    const isConsistent = (said: string | null, known: string | null) =>
      said === null || known === null || said === known
    if (
      !isConsistent(syncing.protocolType, group.protocolType) ||
      !isConsistent(syncing.protocolName, group.protocolName)
    ) {
      return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    }
    return this.#rebalance.sync(group, group.members.get(syncing.memberId)!, syncing.assignments, answer, now)
  }

  /** An error code. */
  heartbeat(group: ClassicGroup, member: MemberIdentity, generationId: number): number {
    const refusal = this.#checkGeneration(group, member, generationId)
    if (refusal !== ErrorCode.NONE) return refusal
    this.#rebalance.heard(group, group.members.get(member.memberId)!)
    return group.is('PreparingRebalance') ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
  }

  /** The error codes of the members, in order. */
  leave(group: ClassicGroup, members: readonly MemberIdentity[], now: number): Transition<number[]> {
    const leaving = new Set<string>()
    const response = members.map(({ memberId, groupInstanceId }) => {
      const isByInstance = memberId === '' && groupInstanceId !== null
      const id = isByInstance ? (group.staticMemberId(groupInstanceId) ?? '') : memberId
      const refusal = group.pendingMembers.has(id) ? ErrorCode.NONE : group.checkMember(id, groupInstanceId)
      if (refusal !== ErrorCode.NONE) return refusal
      if (leaving.has(id)) return ErrorCode.UNKNOWN_MEMBER_ID
      leaving.add(id)
      return ErrorCode.NONE
    })
    return { ...this.#rebalance.removeMembers(group, leaving, now), response }
  }

  /** Whether offsets may be committed in the name of a member. An error code. */
  checkCommit(group: ClassicGroup, access: CommitAccess): number {
    const { memberEpoch: generationId, isTransactional } = access
    const isNobody = generationId < 0 && access.memberId === '' && access.groupInstanceId === null
    if (generationId < 0 && (group.is('Empty') || (isNobody && isTransactional))) return ErrorCode.NONE
    const refusal = this.#checkGeneration(group, access, generationId)
    if (refusal !== ErrorCode.NONE) return refusal
    // The assignment of this generation is not known yet, so it cannot be what was processed.
    if (!isTransactional && group.is('CompletingRebalance')) return ErrorCode.REBALANCE_IN_PROGRESS
    this.#rebalance.heard(group, group.members.get(access.memberId)!)
    return ErrorCode.NONE
  }

  #checkGeneration(group: ClassicGroup, { memberId, groupInstanceId }: MemberIdentity, generationId: number): number {
    const refusal = group.checkMember(memberId, groupInstanceId)
    if (refusal !== ErrorCode.NONE) return refusal
    return generationId === group.generationId ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION
  }
}

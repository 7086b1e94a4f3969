/**
 * The rebalance of a classic group: who joins, when a round is complete, and what members are told.
 *
 * Empty -> PreparingRebalance (members join) -> CompletingRebalance (the leader assigns) -> Stable; a change of members begins again.
 * Rounds are soft state: a coordinator that loads a group finds it Stable or Empty, and members that waited join again.
 */
import { ErrorCode } from '../../../protocol/errors'
import type { CoordinatorRecord, ShardTimers, Transition } from '../coordinator-shard'
import type { ClassicGroup } from './classic-group'
import {
  ClassicMember,
  type JoinAnswer,
  type Joining,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
} from './classic-member'
import { groupMetadataRecord } from './group-records'

export interface RebalanceContext<Shard> {
  readonly timers: ShardTimers<Shard>
  /** `group.initial.rebalance.delay.ms` */
  readonly initialDelayMs: () => number
  /** A new member id begins with it. */
  readonly newUuid: () => string
}

export const NO_RECORDS: readonly CoordinatorRecord[] = []
export const nothing: Transition<void> = { records: NO_RECORDS, response: undefined }

/** A member that has joined but got no answer yet has this long to come back, in milliseconds (Kafka: 5 minutes, not configurable). */
const NEW_MEMBER_TIMEOUT_MS = 300_000

export class ClassicRebalance<Shard> {
  readonly #context: RebalanceContext<Shard>

  constructor(context: RebalanceContext<Shard>) {
    this.#context = context
  }

  /** JoinGroup of somebody without a member id. */
  joinNew(group: ClassicGroup, joining: Joining, answer: (answer: JoinAnswer) => void, now: number): Transition<void> {
    if (!group.accepts(joining.protocolType, joining.protocols)) {
      answer(refusedJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, ''))
      return nothing
    }
    const { groupInstanceId, clientId } = joining
    const memberId = `${groupInstanceId ?? clientId}-${this.#context.newUuid()}`
    if (groupInstanceId !== null) {
      const current = group.staticMemberId(groupInstanceId)
      return current === undefined
        ? this.#add(group, memberId, joining, answer, now)
        : this.#replaceStatic(group, current, memberId, joining, answer, now)
    }
    if (!joining.mustKnowItsId) return this.#add(group, memberId, joining, answer, now)
    group.pendingMembers.add(memberId)
    this.#expectPending(group, memberId, joining.sessionTimeoutMs)
    answer(refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId))
    return nothing
  }

  /** JoinGroup with a member id. */
  joinAgain(
    group: ClassicGroup,
    joining: Joining,
    answer: (answer: JoinAnswer) => void,
    now: number,
  ): Transition<void> {
    const { memberId, groupInstanceId, protocolType, protocols } = joining
    if (!group.accepts(protocolType, protocols)) {
      answer(refusedJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId))
      return nothing
    }
    if (group.pendingMembers.has(memberId)) return this.#add(group, memberId, joining, answer, now)
    const refusal = group.checkMember(memberId, groupInstanceId)
    if (refusal !== ErrorCode.NONE) {
      answer(refusedJoin(refusal, memberId))
      return nothing
    }
    const member = group.members.get(memberId)!
    const isUnchanged = member.hasProtocols(protocols)
    switch (group.state) {
      case 'Stable':
        // The leader comes back to make the others join again; a follower without news only wants to be told the generation.
        if (memberId === group.leaderId || !isUnchanged) return this.#rejoin(group, member, joining, answer, now)
        answer(group.joinAnswer(memberId))
        return nothing
      case 'CompletingRebalance':
        // It did not get its answer.
        if (!isUnchanged) return this.#rejoin(group, member, joining, answer, now)
        answer(group.joinAnswer(memberId))
        return nothing
      case 'PreparingRebalance':
        return this.#rejoin(group, member, joining, answer, now)
      default:
        answer(refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, memberId))
        return nothing
    }
  }

  /** SyncGroup of a member of this generation. */
  sync(
    group: ClassicGroup,
    member: ClassicMember,
    assignments: ReadonlyMap<string, Buffer>,
    answer: (answer: SyncAnswer) => void,
    now: number,
  ): Transition<void> {
    switch (group.state) {
      case 'PreparingRebalance':
        answer(refusedSync(ErrorCode.REBALANCE_IN_PROGRESS))
        return nothing
      case 'CompletingRebalance':
        group.pendingSync.delete(member.memberId)
        member.awaitingSync = answer
        return member.memberId === group.leaderId ? this.#assign(group, assignments, now) : nothing
      case 'Stable':
        group.pendingSync.delete(member.memberId)
        if (group.pendingSync.size === 0) this.#context.timers.cancel(syncKey(group))
        answer(group.syncAnswer(member))
        this.expectHeartbeat(group, member)
        return nothing
      default:
        answer(refusedSync(ErrorCode.UNKNOWN_MEMBER_ID))
        return nothing
    }
  }

  /** Takes a member out, and lets the others go on. */
  removeMember(group: ClassicGroup, memberId: string, now: number): Transition<void> {
    const member = group.members.get(memberId)
    this.#context.timers.cancel(memberKey(group, memberId))
    group.remove(memberId)
    member?.answerJoin(refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, memberId))
    member?.answerSync(refusedSync(ErrorCode.UNKNOWN_MEMBER_ID))
    if (group.is('Stable', 'CompletingRebalance')) return this.prepare(group, now)
    return group.is('PreparingRebalance') ? this.#completeWhenAllJoined(group, now) : nothing
  }

  /** A sign of life: the session of a member begins anew. */
  expectHeartbeat(group: ClassicGroup, member: ClassicMember, timeoutMs = member.sessionTimeoutMs): void {
    const { memberId } = member
    this.#context.timers.set(memberKey(group, memberId), timeoutMs, (_shard, now) => {
      const current = group.members.get(memberId)
      if (!current || group.is('Dead')) return nothing
      if (current.isWaiting && !current.isNew) {
        this.expectHeartbeat(group, current)
        return nothing
      }
      return this.removeMember(group, memberId, now)
    })
  }

  /** Begins a rebalance: everyone has to join again. */
  prepare(group: ClassicGroup, now: number): Transition<void> {
    if (group.is('CompletingRebalance')) group.refuseSyncs(ErrorCode.REBALANCE_IN_PROGRESS)
    this.#context.timers.cancel(syncKey(group))
    group.isInitialRebalance = group.is('Empty')
    group.newMemberAdded = false
    group.enter('PreparingRebalance', now)
    if (group.isInitialRebalance) {
      const delayMs = this.#context.initialDelayMs()
      this.#waitForFirstMembers(group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0))
      return nothing
    }
    this.#waitForMembers(group)
    return this.#completeWhenAllJoined(group, now)
  }

  #add(
    group: ClassicGroup,
    memberId: string,
    joining: Joining,
    answer: (answer: JoinAnswer) => void,
    now: number,
  ): Transition<void> {
    if (group.members.size === 0) group.protocolType = joining.protocolType
    const member = new ClassicMember(memberId, joining)
    member.isNew = true
    member.awaitingJoin = answer
    group.add(member)
    if (group.is('PreparingRebalance') && group.isInitialRebalance) group.newMemberAdded = true
    this.expectHeartbeat(group, member, NEW_MEMBER_TIMEOUT_MS)
    return this.#continueWith(group, now)
  }

  #rejoin(
    group: ClassicGroup,
    member: ClassicMember,
    joining: Joining,
    answer: (answer: JoinAnswer) => void,
    now: number,
  ): Transition<void> {
    group.update(member, joining)
    member.awaitingJoin = answer
    return this.#continueWith(group, now)
  }

  /**
   * A static member came back: a stable group goes on without a rebalance when nothing changed by it. A leader before JoinGroup 9 is told
   * that its old self leads, so that it does not assign.
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
    this.#context.timers.cancel(memberKey(group, oldId))
    const member = group.replaceStatic(oldId, newId)
    group.update(member, joining)
    member.awaitingJoin = answer
    if (!group.is('Stable')) {
      this.expectHeartbeat(group, member)
      return group.is('PreparingRebalance') ? this.#completeWhenAllJoined(group, now) : this.prepare(group, now)
    }
    this.expectHeartbeat(group, member)
    if (group.electProtocol() !== group.protocolName) return this.prepare(group, now)
    const isLeader = group.leaderId === newId
    return {
      records: [groupMetadataRecord(group)],
      response: undefined,
      afterReplication: () => {
        if (member.awaitingJoin !== answer) return
        const known = group.joinAnswer(newId)
        if (!isLeader) member.answerJoin(known)
        else if (joining.canSkipAssignment) member.answerJoin({ ...known, skipAssignment: true })
        else member.answerJoin({ ...known, leader: leaderBefore ?? '', members: [] })
      },
    }
  }

  #continueWith(group: ClassicGroup, now: number): Transition<void> {
    return group.is('PreparingRebalance') ? this.#completeWhenAllJoined(group, now) : this.prepare(group, now)
  }

  #completeWhenAllJoined(group: ClassicGroup, now: number): Transition<void> {
    const isComplete = !group.isInitialRebalance && group.hasAllMembersJoined
    return isComplete ? this.#completeJoin(group, now) : nothing
  }

  /** The first members of a group are waited for together, as long as more keep coming. */
  #waitForFirstMembers(group: ClassicGroup, delayMs: number, remainingMs: number): void {
    this.#context.timers.set(joinKey(group), delayMs, (_shard, now) => {
      if (!group.is('PreparingRebalance')) return nothing
      if (!group.newMemberAdded || remainingMs === 0) return this.#completeJoin(group, now)
      group.newMemberAdded = false
      const nextMs = Math.min(this.#context.initialDelayMs(), remainingMs)
      this.#waitForFirstMembers(group, nextMs, remainingMs - nextMs)
      return nothing
    })
  }

  #waitForMembers(group: ClassicGroup): void {
    this.#context.timers.set(joinKey(group), group.rebalanceTimeoutMs, (_shard, now) =>
      group.is('PreparingRebalance') ? this.#completeJoin(group, now) : nothing,
    )
  }

  /** The round is over: who has not joined is out, except static members, who may be restarting. */
  #completeJoin(group: ClassicGroup, now: number): Transition<void> {
    this.#context.timers.cancel(joinKey(group))
    for (const member of [...group.members.values()]) {
      if (member.awaitingJoin !== null || member.groupInstanceId !== null) continue
      this.#context.timers.cancel(memberKey(group, member.memberId))
      group.remove(member.memberId)
    }
    group.isInitialRebalance = false
    if (group.members.size > 0 && !group.electJoinedLeader()) {
      this.#waitForMembers(group)
      return nothing
    }
    group.beginGeneration(now)
    if (group.members.size === 0) return { records: [groupMetadataRecord(group)], response: undefined }
    for (const member of group.members.values()) {
      member.answerJoin(group.joinAnswer(member.memberId))
      member.isNew = false
      group.pendingSync.add(member.memberId)
      this.expectHeartbeat(group, member)
    }
    this.#waitForSyncs(group)
    return nothing
  }

  /** Members that never ask for their assignment would hold their partitions back from the others (KAFKA-14154). */
  #waitForSyncs(group: ClassicGroup): void {
    const { generationId } = group
    this.#context.timers.set(syncKey(group), group.rebalanceTimeoutMs, (_shard, now) => {
      const isSame = group.generationId === generationId && group.is('CompletingRebalance', 'Stable')
      if (!isSame || group.pendingSync.size === 0) return nothing
      for (const memberId of [...group.pendingSync]) {
        this.#context.timers.cancel(memberKey(group, memberId))
        group.remove(memberId)
      }
      return this.prepare(group, now)
    })
  }

  /** The leader has assigned: when that is recorded, everyone who waits is told, and the group is stable. */
  #assign(group: ClassicGroup, assignments: ReadonlyMap<string, Buffer>, now: number): Transition<void> {
    const { generationId } = group
    return {
      records: [groupMetadataRecord(group, assignments)],
      response: undefined,
      afterReplication: () => {
        if (!group.is('CompletingRebalance') || group.generationId !== generationId) return
        group.enter('Stable', now)
        if (group.pendingSync.size === 0) this.#context.timers.cancel(syncKey(group))
        for (const member of group.members.values()) {
          if (member.awaitingSync === null) continue
          member.answerSync(group.syncAnswer(member))
          this.expectHeartbeat(group, member)
        }
      },
    }
  }

  #expectPending(group: ClassicGroup, memberId: string, timeoutMs: number): void {
    this.#context.timers.set(memberKey(group, memberId), timeoutMs, (_shard, now) => {
      if (!group.pendingMembers.delete(memberId)) return nothing
      return group.is('PreparingRebalance') ? this.#completeWhenAllJoined(group, now) : nothing
    })
  }
}

const memberKey = ({ groupId }: ClassicGroup, memberId: string): string => `member ${memberId} ${groupId}`
const joinKey = ({ groupId }: ClassicGroup): string => `join ${groupId}`
const syncKey = ({ groupId }: ClassicGroup): string => `sync ${groupId}`

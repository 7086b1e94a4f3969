/**
 * The rebalance of a classic group: rounds of joining, when one is complete, and what members are told.
 *
 * Empty -> PreparingRebalance (members join) -> CompletingRebalance (the leader assigns) -> Stable; a change of members begins again.
 * Rounds are soft state: a coordinator that loads a group finds it Stable or Empty, and members that waited join again.
 */
import { ErrorCode } from '../../../protocol/errors'
import { coordinatorErrorCode } from '../coordinator-error'
import type { CoordinatorRecord, ShardTimers, Transition } from '../coordinator-shard'
import type { ClassicGroup } from './classic-group'
import { type ClassicMember, type JoinAnswer, refusedSync, type SyncAnswer } from './classic-member'
import { groupMetadataRecord } from './group-records'

export const NO_RECORDS: readonly CoordinatorRecord[] = []
export const nothing: Transition<void> = { records: NO_RECORDS, response: undefined }

/** A member that has joined but got no answer yet has this long to come back, in milliseconds (Kafka: 5 minutes, not configurable). */
const NEW_MEMBER_TIMEOUT_MS = 300_000

export interface ClassicRebalanceOptions<Shard> {
  readonly timers: ShardTimers<Shard>
  /** `group.initial.rebalance.delay.ms` */
  readonly initialDelayMs: () => number
}

export class ClassicRebalance<Shard> {
  readonly #timers: ShardTimers<Shard>
  readonly #initialDelayMs: () => number

  constructor(options: ClassicRebalanceOptions<Shard>) {
    this.#timers = options.timers
    this.#initialDelayMs = options.initialDelayMs
  }

  /** Somebody becomes a member, which begins a round unless one is going on. */
  addMember(
    group: ClassicGroup,
    member: ClassicMember,
    answer: (answer: JoinAnswer) => void,
    now: number,
  ): Transition<void> {
    member.isNew = true
    group.add(member)
    group.awaitJoin(member, answer)
    if (group.is('PreparingRebalance') && group.isInitialRebalance) group.newMemberAdded = true
    this.expectHeartbeat(group, member, NEW_MEMBER_TIMEOUT_MS)
    return this.continueRound(group, now)
  }

  /** Completes the round that is going on if nobody is missing any more, or begins one. */
  continueRound(group: ClassicGroup, now: number): Transition<void> {
    return group.is('PreparingRebalance') ? this.#completeWhenAllJoined(group, now) : this.prepare(group, now)
  }

  /** Begins a rebalance: everyone has to join again. */
  prepare(group: ClassicGroup, now: number): Transition<void> {
    if (group.is('CompletingRebalance')) group.refuseSyncs(ErrorCode.REBALANCE_IN_PROGRESS)
    this.#timers.cancel(syncKey(group))
    group.pendingSync.clear()
    group.isInitialRebalance = group.is('Empty')
    group.newMemberAdded = false
    group.enter('PreparingRebalance', now)
    if (group.isInitialRebalance) {
      const delayMs = this.#initialDelayMs()
      this.#waitForFirstMembers(group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0))
      return nothing
    }
    this.#waitForMembers(group)
    return this.#completeWhenAllJoined(group, now)
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
        group.awaitSync(member, answer)
        this.#hasSynced(group, member)
        return member.memberId === group.leaderId ? this.#assign(group, assignments, now) : nothing
      case 'Stable':
        this.#hasSynced(group, member)
        answer(group.syncAnswer(member))
        this.expectHeartbeat(group, member)
        return nothing
      default:
        answer(refusedSync(ErrorCode.UNKNOWN_MEMBER_ID))
        return nothing
    }
  }

  /** Takes members out, pending ones too, and lets the others go on. */
  removeMembers(group: ClassicGroup, memberIds: Iterable<string>, now: number): Transition<void> {
    let wasAnyMember = false
    for (const memberId of memberIds) {
      wasAnyMember ||= group.members.has(memberId)
      this.#timers.cancel(memberKey(group, memberId))
      group.remove(memberId)
    }
    if (group.is('PreparingRebalance')) return this.#completeWhenAllJoined(group, now)
    return wasAnyMember && group.is('Stable', 'CompletingRebalance') ? this.prepare(group, now) : nothing
  }

  /** A static member came back as `member`: the session of its old self is over. */
  followReplacement(group: ClassicGroup, oldId: string, member: ClassicMember): void {
    this.#timers.cancel(memberKey(group, oldId))
    this.expectHeartbeat(group, member)
  }

  /** A heartbeat has come: the session of a member goes on. */
  heard(group: ClassicGroup, member: ClassicMember): void {
    const isKnown = this.#timers.putOff(memberKey(group, member.memberId), member.sessionTimeoutMs)
    if (!isKnown) this.expectHeartbeat(group, member)
  }

  /** The session of a member begins anew. */
  expectHeartbeat(group: ClassicGroup, member: ClassicMember, timeoutMs = member.sessionTimeoutMs): void {
    this.#timers.set(memberKey(group, member.memberId), timeoutMs, (_shard, now) => {
      if (group.members.get(member.memberId) !== member) return nothing
      if (!member.isWaiting || member.isNew) return this.removeMembers(group, [member.memberId], now)
      this.expectHeartbeat(group, member)
      return nothing
    })
  }

  /** The group ends here: nothing of it is due any more, and whoever waits is told. */
  abandon(group: ClassicGroup, errorCode: number): void {
    for (const memberId of [...group.members.keys(), ...group.pendingMembers]) {
      this.#timers.cancel(memberKey(group, memberId))
    }
    this.#timers.cancel(joinKey(group))
    this.#timers.cancel(syncKey(group))
    group.close(errorCode)
  }

  /** Somebody was given an id, and has to join with it. */
  expectPending(group: ClassicGroup, memberId: string, timeoutMs: number): void {
    group.pendingMembers.add(memberId)
    this.#timers.set(memberKey(group, memberId), timeoutMs, (_shard, now) =>
      group.pendingMembers.has(memberId) ? this.removeMembers(group, [memberId], now) : nothing,
    )
  }

  #completeWhenAllJoined(group: ClassicGroup, now: number): Transition<void> {
    const isComplete = !group.isInitialRebalance && group.hasAllMembersJoined
    return isComplete ? this.#completeJoin(group, now) : nothing
  }

  /** The first members of a group are waited for together, as long as more keep coming. */
  #waitForFirstMembers(group: ClassicGroup, delayMs: number, remainingMs: number): void {
    this.#timers.set(joinKey(group), delayMs, (_shard, now) => {
      if (!group.newMemberAdded || remainingMs === 0) return this.#completeJoin(group, now)
      group.newMemberAdded = false
      const nextMs = Math.min(this.#initialDelayMs(), remainingMs)
      this.#waitForFirstMembers(group, nextMs, remainingMs - nextMs)
      return nothing
    })
  }

  #waitForMembers(group: ClassicGroup): void {
    this.#timers.set(joinKey(group), group.rebalanceTimeoutMs, (_shard, now) => this.#completeJoin(group, now))
  }

  /** The round is over: who has not joined is out, except static members, who may be restarting. */
  #completeJoin(group: ClassicGroup, now: number): Transition<void> {
    this.#timers.cancel(joinKey(group))
    for (const member of [...group.members.values()]) {
      if (member.awaitingJoin !== null || member.groupInstanceId !== null) continue
      this.#timers.cancel(memberKey(group, member.memberId))
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
      group.answerJoin(member, group.joinAnswer(member.memberId))
      member.isNew = false
      group.pendingSync.add(member.memberId)
      this.expectHeartbeat(group, member)
    }
    this.#waitForSyncs(group)
    return nothing
  }

  /** Members that never ask for their assignment would hold their partitions back from the others. */
  #waitForSyncs(group: ClassicGroup): void {
    this.#timers.set(syncKey(group), group.rebalanceTimeoutMs, (_shard, now) =>
      this.removeMembers(group, [...group.pendingSync], now),
    )
  }

  #hasSynced(group: ClassicGroup, { memberId }: ClassicMember): void {
    group.pendingSync.delete(memberId)
    if (group.pendingSync.size === 0) this.#timers.cancel(syncKey(group))
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
        for (const member of group.members.values()) {
          if (member.awaitingSync === null) continue
          group.answerSync(member, group.syncAnswer(member))
          this.expectHeartbeat(group, member)
        }
      },
      afterRefusal: errorCode => {
        group.refuseSyncs(coordinatorErrorCode(errorCode))
        this.prepare(group, now)
      },
    }
  }
}

const memberKey = ({ groupId }: ClassicGroup, memberId: string): string => `member ${memberId} ${groupId}`
const joinKey = ({ groupId }: ClassicGroup): string => `join ${groupId}`
const syncKey = ({ groupId }: ClassicGroup): string => `sync ${groupId}`

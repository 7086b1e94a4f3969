/**
 * A group whose members are assigned partitions by one of themselves, the leader (the classic protocol).
 *
 * Invariants
 * - The leader is a member; a group without members has none and is Empty.
 * - All members have the protocol type of the group, and at least one protocol is supported by every one of them.
 * - A static member's instance id points to exactly one member id.
 * - A member waits for a join only while the group prepares a rebalance, and for a sync only while it completes one.
 */
import { ErrorCode } from '../../../protocol/errors'
import {
  ClassicMember,
  type JoinAnswer,
  type Joining,
  type MemberProtocol,
  NO_BYTES,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
} from './classic-member'

export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

export class ClassicGroup {
  readonly groupId: string
  readonly members = new Map<string, ClassicMember>()
  /** Members that were given an id and have not joined with it yet. */
  readonly pendingMembers = new Set<string>()
  /** Members that have joined this generation and have not asked for their assignment yet. */
  readonly pendingSync = new Set<string>()
  generationId = 0
  protocolType: string | null = null
  protocolName: string | null = null
  leaderId: string | null = null
  /** Members came while the group waited for the first ones: it waits a little more. */
  newMemberAdded = false
  /** The rebalance at work is the first one of an empty group: it waits for a time, not for members. */
  isInitialRebalance = false
  #state: ClassicGroupState = 'Empty'
  #stateSince: number
  readonly #staticMembers = new Map<string, string>()

  /** `now` is the wall clock. */
  constructor(groupId: string, now: number) {
    this.groupId = groupId
    this.#stateSince = now
  }

  get state(): ClassicGroupState {
    return this.#state
  }

  /** Wall-clock milliseconds since which the group is in its state. */
  get stateSince(): number {
    return this.#stateSince
  }

  is(...states: readonly ClassicGroupState[]): boolean {
    return states.includes(this.#state)
  }

  enter(state: ClassicGroupState, now: number): void {
    this.#state = state
    this.#stateSince = now
  }

  /** A group that was never joined, and only keeps offsets. */
  get isSimple(): boolean {
    return this.#state === 'Empty' && this.protocolType === null
  }

  add(member: ClassicMember): void {
    this.leaderId ??= member.memberId
    this.members.set(member.memberId, member)
    if (member.groupInstanceId !== null) this.#staticMembers.set(member.groupInstanceId, member.memberId)
    this.pendingMembers.delete(member.memberId)
  }

  remove(memberId: string): void {
    const member = this.members.get(memberId)
    this.members.delete(memberId)
    this.pendingMembers.delete(memberId)
    this.pendingSync.delete(memberId)
    const instanceId = member?.groupInstanceId ?? null
    if (instanceId !== null && this.#staticMembers.get(instanceId) === memberId) this.#staticMembers.delete(instanceId)
    if (this.leaderId === memberId) this.leaderId = this.members.keys().next().value ?? null
  }

  staticMemberId(instanceId: string): string | undefined {
    return this.#staticMembers.get(instanceId)
  }

  /** A static member came back under another id: it takes the place of its old self, which is told that it is fenced. */
  replaceStatic(oldId: string, newId: string): ClassicMember {
    const old = this.members.get(oldId)!
    old.answerJoin(refusedJoin(ErrorCode.FENCED_INSTANCE_ID, oldId))
    old.answerSync(refusedSync(ErrorCode.FENCED_INSTANCE_ID))
    const member = new ClassicMember(newId, old)
    member.assignment = old.assignment
    const wasLeader = this.leaderId === oldId
    this.remove(oldId)
    this.add(member)
    if (wasLeader) this.leaderId = newId
    return member
  }

  /** NONE, or why a request cannot be of this member: UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID when its place was taken. */
  checkMember(memberId: string, groupInstanceId: string | null): number {
    if (groupInstanceId !== null) {
      const current = this.#staticMembers.get(groupInstanceId)
      if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
      if (current !== memberId) return ErrorCode.FENCED_INSTANCE_ID
    }
    return this.members.has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
  }

  /** Whether somebody with these protocols could be a member. */
  accepts(protocolType: string, protocols: readonly MemberProtocol[]): boolean {
    if (this.#state === 'Empty') return protocolType !== '' && protocols.length > 0
    return protocolType === this.protocolType && protocols.some(({ name }) => this.#isSupportedByAll(name))
  }

  /** The protocol that most members like best among those that all support. */
  electProtocol(): string {
    const votes = new Map<string, number>()
    for (const member of this.members.values()) {
      const choice = member.protocols.find(({ name }) => this.#isSupportedByAll(name))
      if (choice) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
    }
    const [first] = [...votes].sort((a, b) => b[1] - a[1])
    if (!first) throw new Error(`the members of group ${this.groupId} have no protocol in common`)
    return first[0]
  }

  get hasAllMembersJoined(): boolean {
    if (this.pendingMembers.size > 0) return false
    for (const member of this.members.values()) if (member.awaitingJoin === null) return false
    return true
  }

  /** The longest time in milliseconds that a member may take to join again. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const { rebalanceTimeoutMs } of this.members.values()) longest = Math.max(longest, rebalanceTimeoutMs)
    return longest
  }

  /** A leader that has joined this round; false when nobody has. */
  electJoinedLeader(): boolean {
    const leader = this.leaderId === null ? undefined : this.members.get(this.leaderId)
    if (leader && leader.awaitingJoin !== null) return true
    for (const member of this.members.values()) {
      if (member.awaitingJoin === null) continue
      this.leaderId = member.memberId
      return true
    }
    return false
  }

  /** Begins the next generation, of those who are members now. */
  beginGeneration(now: number): void {
    this.generationId++
    this.pendingSync.clear()
    if (this.members.size === 0) {
      this.protocolName = null
      this.leaderId = null
      this.enter('Empty', now)
    } else {
      this.protocolName = this.electProtocol()
      this.enter('CompletingRebalance', now)
    }
  }

  /** What a member is told of the generation; the leader learns who the members are. */
  joinAnswer(memberId: string): JoinAnswer {
    return {
      errorCode: ErrorCode.NONE,
      memberId,
      generationId: this.generationId,
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      leader: this.leaderId ?? '',
      skipAssignment: false,
      members: memberId === this.leaderId ? this.memberMetadata() : [],
    }
  }

  memberMetadata(): JoinAnswer['members'] {
    return Array.from(this.members.values(), member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      metadata: member.metadataFor(this.protocolName),
    }))
  }

  syncAnswer(member: ClassicMember): SyncAnswer {
    const { protocolType, protocolName } = this
    return { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment: member.assignment }
  }

  /** Takes back the assignments of a rebalance that is given up, and tells those who wait for them. */
  refuseSyncs(errorCode: number): void {
    for (const member of this.members.values()) {
      member.assignment = NO_BYTES
      member.answerSync(refusedSync(errorCode))
    }
  }

  /** Takes over what a member says of itself when it joins again. */
  update(member: ClassicMember, joining: Joining): void {
    member.clientId = joining.clientId
    member.clientHost = joining.clientHost
    member.sessionTimeoutMs = joining.sessionTimeoutMs
    member.rebalanceTimeoutMs = joining.rebalanceTimeoutMs
    member.protocols = joining.protocols
  }

  #isSupportedByAll(protocol: string): boolean {
    for (const member of this.members.values()) if (!member.supports(protocol)) return false
    return true
  }
}

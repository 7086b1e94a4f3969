/**
 * A group whose members are assigned partitions by one of themselves, the leader (the classic protocol).
 *
 * Invariants
 * - The leader is a member; a group without members has none.
 * - All members have the protocol type of the group, and at least one protocol is supported by every one of them.
 * - A static member's instance id points to exactly one member id.
 * - A member waits for a join only while the group prepares a rebalance (or its return as a static member is being recorded), and for a
 *   sync only while the group completes one. Whoever waits is answered once: with what it waits for, or when it is removed or superseded.
 */
import { ErrorCode } from '../../../protocol/errors'
import {
  type ClassicMember,
  type JoinAnswer,
  type Joining,
  type MemberProtocol,
  NO_BYTES,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
} from './classic-member'

export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

export class ClassicGroup {
  readonly type = 'classic'
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
  #awaitingJoin = 0
  readonly #staticMembers = new Map<string, string>()
  /** How many members support a protocol. */
  readonly #supporters = new Map<string, number>()

  /** `now` is the wall clock. */
  constructor(groupId: string, now: number) {
    this.groupId = groupId
    this.#stateSince = now
  }

  get state(): ClassicGroupState {
    return this.#state
  }

  /** Wall-clock milliseconds since which the group is in its state; -1 when an old record did not tell. */
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
    this.#countProtocols(member, 1)
    if (member.groupInstanceId !== null) this.#staticMembers.set(member.groupInstanceId, member.memberId)
    this.pendingMembers.delete(member.memberId)
  }

  /** Takes a member out, pending ones too. Whatever it waits for is answered with `errorCode`. */
  remove(memberId: string, errorCode: number = ErrorCode.UNKNOWN_MEMBER_ID): void {
    this.pendingMembers.delete(memberId)
    this.pendingSync.delete(memberId)
    const member = this.members.get(memberId)
    if (!member) return
    this.members.delete(memberId)
    this.#countProtocols(member, -1)
    const instanceId = member.groupInstanceId
    if (instanceId !== null && this.#staticMembers.get(instanceId) === memberId) this.#staticMembers.delete(instanceId)
    if (this.leaderId === memberId) this.leaderId = this.members.keys().next().value ?? null
    this.answerJoin(member, refusedJoin(errorCode, memberId))
    this.answerSync(member, refusedSync(errorCode))
  }

  staticMemberId(instanceId: string): string | undefined {
    return this.#staticMembers.get(instanceId)
  }

  /** A static member takes the place of its other self, which is told that it is fenced. */
  replaceStatic(other: ClassicMember, member: ClassicMember): void {
    const wasLeader = this.leaderId === other.memberId
    const wasPendingSync = this.pendingSync.has(other.memberId)
    this.remove(other.memberId, ErrorCode.FENCED_INSTANCE_ID)
    this.add(member)
    if (wasLeader) this.leaderId = member.memberId
    if (wasPendingSync) this.pendingSync.add(member.memberId)
  }

  /** Takes over what a member says of itself when it joins again. */
  update(member: ClassicMember, joining: Joining): void {
    this.#countProtocols(member, -1)
    member.clientId = joining.clientId
    member.clientHost = joining.clientHost
    member.sessionTimeoutMs = joining.sessionTimeoutMs
    member.rebalanceTimeoutMs = joining.rebalanceTimeoutMs
    member.protocols = joining.protocols
    this.#countProtocols(member, 1)
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

  /**
   * Whether somebody may join when `sizeMax` members are allowed. In a round those count who have joined it, so that a group that has
   * become too large loses those who come last.
   */
  hasRoomFor(memberId: string, sizeMax: number): boolean {
    const member = this.members.get(memberId)
    switch (this.#state) {
      case 'PreparingRebalance':
        return (member !== undefined && member.awaitingJoin !== null) || this.#awaitingJoin < sizeMax
      case 'CompletingRebalance':
      case 'Stable':
        return member !== undefined || this.members.size < sizeMax
      default:
        return true
    }
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
    return this.pendingMembers.size === 0 && this.#awaitingJoin === this.members.size
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
      members: memberId === this.leaderId ? this.#memberMetadata() : [],
    }
  }

  syncAnswer(member: ClassicMember): SyncAnswer {
    const { protocolType, protocolName } = this
    return { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment: member.assignment }
  }

  /** The member waits for the next generation; an earlier request of it that does is told to begin anew. */
  awaitJoin(member: ClassicMember, answer: (answer: JoinAnswer) => void): void {
    this.answerJoin(member, refusedJoin(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId))
    member.awaitingJoin = answer
    this.#awaitingJoin++
  }

  answerJoin(member: ClassicMember, answer: JoinAnswer): void {
    const waiting = member.awaitingJoin
    if (waiting === null) return
    member.awaitingJoin = null
    this.#awaitingJoin--
    waiting(answer)
  }

  /** The member waits for its assignment; an earlier request of it that does is told to begin anew. */
  awaitSync(member: ClassicMember, answer: (answer: SyncAnswer) => void): void {
    this.answerSync(member, refusedSync(ErrorCode.REBALANCE_IN_PROGRESS))
    member.awaitingSync = answer
  }

  answerSync(member: ClassicMember, answer: SyncAnswer): void {
    const waiting = member.awaitingSync
    member.awaitingSync = null
    waiting?.(answer)
  }

  /** Takes back the assignments of a rebalance that is given up, and tells those who wait for them. */
  refuseSyncs(errorCode: number): void {
    for (const member of this.members.values()) {
      member.assignment = NO_BYTES
      this.answerSync(member, refusedSync(errorCode))
    }
  }

  /** The group is given up here: everyone who waits is told. */
  close(errorCode: number): void {
    for (const member of this.members.values()) {
      this.answerJoin(member, refusedJoin(errorCode, member.memberId))
      this.answerSync(member, refusedSync(errorCode))
    }
  }

  #memberMetadata(): JoinAnswer['members'] {
    return Array.from(this.members.values(), member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      metadata: member.metadataFor(this.protocolName),
    }))
  }

  #isSupportedByAll(protocol: string): boolean {
    return (this.#supporters.get(protocol) ?? 0) === this.members.size
  }

  #countProtocols({ protocols }: ClassicMember, change: 1 | -1): void {
    for (const name of new Set(protocols.map(protocol => protocol.name))) {
      const count = (this.#supporters.get(name) ?? 0) + change
      if (count > 0) this.#supporters.set(name, count)
      else this.#supporters.delete(name)
    }
  }
}

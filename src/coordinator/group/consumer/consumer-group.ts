/**
 * A group whose members are assigned partitions by the broker, and move to their assignments one by one (the consumer protocol, KIP-848).
 *
 * Invariants
 * - All of it but `checkedMetadata` and `expectedJoins` is made by replaying records.
 * - assignment epoch <= group epoch; no member is ahead of the assignment epoch.
 * - A partition has at most one owner: whoever has it assigned or has not confirmed to have given it up.
 */
import type { TopicPartitions } from '../assignor/server-assignor'
import { type AssignedPartitions, type ConsumerMember, isReconciledTo, MemberState, newMember } from './consumer-member'
import { Subscriptions } from './subscriptions'

export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

/** Kafka's epoch of a group before its first change. */
const FIRST_EPOCH = 1
const NO_TARGET: TopicPartitions = new Map()

export class ConsumerGroup {
  readonly type = 'consumer'
  readonly groupId: string
  groupEpoch = FIRST_EPOCH
  /** Of the topics that members were subscribed to when the group epoch was last raised. */
  metadataHash = 0n
  assignmentEpoch = FIRST_EPOCH
  /** Wall-clock milliseconds of the last assignment; 0: none, or none that tells. */
  assignmentTimestamp = 0
  /** An old Kafka has left a record of partition metadata, which is of no use any more. */
  hasPartitionMetadata = false
  readonly members = new Map<string, ConsumerMember>()
  readonly targets = new Map<string, TopicPartitions>()
  readonly subscriptions = new Subscriptions()
  /** Soft: the revision of the topics with which the hash was compared last, and the group epoch that came of it. */
  checkedMetadata = { revision: -1, groupEpoch: 0 }
  /** Soft: members of the classic protocol that were told to join again, and have to within a time. */
  readonly expectedJoins = new Set<string>()
  readonly #owners = new Map<string, Map<number, string>>()
  readonly #staticMembers = new Map<string, string>()

  constructor(groupId: string) {
    this.groupId = groupId
  }

  get state(): ConsumerGroupState {
    if (this.members.size === 0) return 'Empty'
    if (this.groupEpoch > this.assignmentEpoch) return 'Assigning'
    for (const member of this.members.values()) if (!isReconciledTo(member, this.assignmentEpoch)) return 'Reconciling'
    return 'Stable'
  }

  get isEmpty(): boolean {
    return this.members.size === 0
  }

  /** The member with this id, or what a new one would be. */
  memberOrNew(memberId: string): ConsumerMember {
    return this.members.get(memberId) ?? newMember(memberId)
  }

  staticMember(instanceId: string): ConsumerMember | undefined {
    const memberId = this.#staticMembers.get(instanceId)
    return memberId === undefined ? undefined : this.members.get(memberId)
  }

  target(memberId: string): TopicPartitions {
    return this.targets.get(memberId) ?? NO_TARGET
  }

  /** Who has a partition, or has not confirmed to have given it up. */
  ownerOf(topicId: string, partition: number): string | undefined {
    return this.#owners.get(topicId)?.get(partition)
  }

  /** Whether somebody else still has a partition that this member waits for. */
  isWaiting({ memberId, state, assigned }: ConsumerMember): boolean {
    if (state !== MemberState.UNRELEASED_PARTITIONS) return false
    for (const [topicId, partitions] of this.target(memberId)) {
      for (const partition of partitions) {
        if (assigned.get(topicId)?.has(partition)) continue
        if (this.ownerOf(topicId, partition) !== undefined) return true
      }
    }
    return false
  }

  /** The assignor that most members want, if `after` took the place of `before`; null when nobody wants a certain one. */
  preferredAssignor(before?: ConsumerMember, after?: ConsumerMember): string | null {
    const votes = new Map<string, number>()
    const count = (member: ConsumerMember, vote: number) => {
      if (member.serverAssignor !== null)
        votes.set(member.serverAssignor, (votes.get(member.serverAssignor) ?? 0) + vote)
    }
    for (const member of this.members.values()) if (member.memberId !== before?.memberId) count(member, 1)
    if (after) count(after, 1)
    const [first] = [...votes].sort((a, b) => b[1] - a[1])
    return first?.[0] ?? null
  }

  get classicMemberCount(): number {
    let count = 0
    for (const { classic } of this.members.values()) if (classic) count++
    return count
  }

  /** The copy that a transition works on when its first steps have to count for the following ones. */
  copy(): ConsumerGroup {
    const copy = new ConsumerGroup(this.groupId)
    const { groupEpoch, metadataHash, assignmentEpoch, assignmentTimestamp, hasPartitionMetadata } = this
    Object.assign(copy, { groupEpoch, metadataHash, assignmentEpoch, assignmentTimestamp, hasPartitionMetadata })
    for (const member of this.members.values()) copy.putMember(member)
    for (const [memberId, target] of this.targets) copy.targets.set(memberId, target)
    for (const [regex, resolved] of this.subscriptions.resolved) copy.subscriptions.resolved.set(regex, resolved)
    copy.checkedMetadata = this.checkedMetadata
    return copy
  }

  /** Called when a record is replayed. */
  putMember(member: ConsumerMember): void {
    const { memberId, instanceId } = member
    const before = this.members.get(memberId) ?? null
    this.members.set(memberId, member)
    this.subscriptions.replace(before, member)
    if (before) this.#disown(before)
    this.#own(memberId, member.assigned)
    this.#own(memberId, member.pendingRevocation)
    if (instanceId !== null) this.#staticMembers.set(instanceId, memberId)
  }

  /** Called when a record is replayed. */
  removeMember(memberId: string): void {
    const member = this.members.get(memberId)
    if (!member) return
    this.members.delete(memberId)
    this.expectedJoins.delete(memberId)
    this.subscriptions.replace(member, null)
    this.#disown(member)
    const { instanceId } = member
    if (instanceId !== null && this.#staticMembers.get(instanceId) === memberId) this.#staticMembers.delete(instanceId)
  }

  #own(memberId: string, partitions: AssignedPartitions): void {
    for (const [topicId, epochs] of partitions) {
      const owners = this.#owners.get(topicId) ?? new Map<number, string>()
      this.#owners.set(topicId, owners)
      for (const partition of epochs.keys()) owners.set(partition, memberId)
    }
  }

  /** Partitions that another record gave to somebody else already stay there. */
  #disown({ memberId, assigned, pendingRevocation }: ConsumerMember): void {
    for (const partitions of [assigned, pendingRevocation]) {
      for (const [topicId, epochs] of partitions) {
        const owners = this.#owners.get(topicId)
        if (!owners) continue
        for (const partition of epochs.keys()) if (owners.get(partition) === memberId) owners.delete(partition)
        if (owners.size === 0) this.#owners.delete(topicId)
      }
    }
  }
}

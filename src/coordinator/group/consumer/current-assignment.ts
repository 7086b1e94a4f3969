/**
 * How a member gets from what it has to what it shall have, in steps that never let two members have the same partition: it gives up before
 * it gets, and gets what others have given up (KIP-848, Kafka: CurrentAssignmentBuilder).
 */
import { ErrorCode } from '../../../../protocol/errors'
import { CoordinatorFailure } from '../../coordinator-shard'
import type { TopicPartitions } from '../assignor/server-assignor'
import type { ConsumerGroup } from './consumer-group'
import { type AssignedPartitions, type ConsumerMember, changed, MemberState, NO_PARTITIONS } from './consumer-member'

/** Partitions that a member says it has. */
export type OwnedPartitions = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]

export interface Destination {
  readonly epoch: number
  readonly partitions: TopicPartitions
  /** The member has just changed what it is subscribed to: it gives up other topics at once. */
  readonly subscriptionChanged: boolean
  readonly subscribedTopicIds: ReadonlySet<string>
}

/** The next state of a member; the same object when it has to wait. `owned` null: the member says nothing about that. */
export const reconcile = (
  group: ConsumerGroup,
  member: ConsumerMember,
  destination: Destination,
  owned: OwnedPartitions | null,
): ConsumerMember => {
  const { epoch, subscriptionChanged } = destination
  switch (member.state) {
    case MemberState.STABLE:
      if (member.memberEpoch !== epoch) return advance(group, member, destination, owned)
      return subscriptionChanged ? withdraw(member, destination, owned) : member
    case MemberState.UNREVOKED_PARTITIONS:
      if (!hasAny(owned, member.pendingRevocation)) return advance(group, member, destination, owned)
      return subscriptionChanged ? withdraw(member, destination, owned) : member
    case MemberState.UNRELEASED_PARTITIONS:
      return advance(group, member, destination, owned)
    default:
      if (owned === null || owned.length > 0) {
        const reason = 'The consumer group member is in a unknown state.'
        throw new CoordinatorFailure(
          ErrorCode.FENCED_MEMBER_EPOCH,
          `${reason} The member must abandon all its partitions and rejoin.`,
        )
      }
      return advance(group, member, destination, owned)
  }
}

/** One step towards the target assignment. */
const advance = (
  group: ConsumerGroup,
  member: ConsumerMember,
  { epoch, partitions, subscribedTopicIds }: Destination,
  owned: OwnedPartitions | null,
): ConsumerMember => {
  const { memberEpoch, pendingRevocation } = member
  const assigned = new Map<string, Map<number, number>>()
  const toRevoke = new Map<string, Map<number, number>>()
  const free = new Map<string, number[]>()
  let waits = false
  for (const topicId of new Set([...partitions.keys(), ...member.assigned.keys()])) {
    const target = new Set(subscribedTopicIds.has(topicId) ? partitions.get(topicId) : [])
    const current = member.assigned.get(topicId)
    const [kept, revoked] = split(current, target)
    if (kept.size > 0) assigned.set(topicId, kept)
    if (revoked.size > 0) toRevoke.set(topicId, revoked)
    const missing = [...target].filter(partition => !kept.has(partition))
    const isFree = (partition: number) =>
      group.ownerOf(topicId, partition) === undefined || pendingRevocation.get(topicId)?.has(partition) === true
    const released = missing.filter(isFree)
    waits ||= released.length < missing.length
    if (released.length > 0) free.set(topicId, released)
  }
  if (toRevoke.size > 0 && hasAny(owned, toRevoke)) {
    return moved(member, MemberState.UNREVOKED_PARTITIONS, memberEpoch, assigned, toRevoke)
  }
  for (const [topicId, released] of free) {
    const epochs = assigned.get(topicId) ?? new Map<number, number>()
    assigned.set(topicId, epochs)
    for (const partition of released) epochs.set(partition, epoch)
  }
  const state = waits ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE
  return moved(member, state, epoch, assigned, NO_PARTITIONS)
}

/** Takes back what the member is not subscribed to any more, without waiting for a new target assignment. */
const withdraw = (
  member: ConsumerMember,
  { subscribedTopicIds }: Destination,
  owned: OwnedPartitions | null,
): ConsumerMember => {
  const assigned = new Map(member.assigned)
  const toRevoke = new Map(member.pendingRevocation)
  for (const [topicId, epochs] of member.assigned) {
    if (subscribedTopicIds.has(topicId)) continue
    assigned.delete(topicId)
    toRevoke.set(topicId, new Map([...(toRevoke.get(topicId) ?? []), ...epochs]))
  }
  if (assigned.size === member.assigned.size) return member
  if (hasAny(owned, toRevoke)) {
    return moved(member, MemberState.UNREVOKED_PARTITIONS, member.memberEpoch, assigned, toRevoke)
  }
  return moved(member, member.state, member.memberEpoch, assigned, member.pendingRevocation)
}

const moved = (
  member: ConsumerMember,
  state: number,
  memberEpoch: number,
  assigned: AssignedPartitions,
  pendingRevocation: AssignedPartitions,
): ConsumerMember =>
  changed(member, { state, memberEpoch, previousMemberEpoch: member.memberEpoch, assigned, pendingRevocation })

/** What of the current partitions is in the target, and what is not. */
const split = (
  current: ReadonlyMap<number, number> | undefined,
  target: ReadonlySet<number>,
): [Map<number, number>, Map<number, number>] => {
  const kept = new Map<number, number>()
  const revoked = new Map<number, number>()
  for (const [partition, epoch] of current ?? []) (target.has(partition) ? kept : revoked).set(partition, epoch)
  return [kept, revoked]
}

/** Whether the member may still have some of these: who does not say what it has may have anything. */
const hasAny = (owned: OwnedPartitions | null, partitions: AssignedPartitions): boolean =>
  owned === null ||
  owned.some(topic => topic.partitions.some(partition => partitions.get(topic.topicId)?.has(partition)))

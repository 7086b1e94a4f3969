/** ConsumerGroupHeartbeat: how members join, go on and leave; and what becomes of those that let a time go by. */
import { ErrorCode } from '../../../../protocol/errors'
import { CoordinatorFailure, type CoordinatorRecord, type Transition } from '../../coordinator-shard'
import { nothing } from '../classic-rebalance'
import type { ConsumerGroup } from './consumer-group'
import {
  type AssignedPartitions,
  type ConsumerMember,
  changed,
  MemberState,
  NO_PARTITIONS,
  regexOf,
  STATIC_LEAVE_EPOCH,
} from './consumer-member'
import type { ConsumerGroupConfig, ConsumerRebalance } from './consumer-rebalance'
import {
  currentAssignmentRecord,
  groupEpochRecord,
  memberRecord,
  memberTombstones,
  regexTombstone,
  targetAssignmentRecord,
} from './consumer-records'
import { replayInto } from './consumer-replay'
import type { OwnedPartitions } from './current-assignment'
import { type ConsumerHeartbeat, checkEpoch, checkInstance } from './heartbeat-check'
import type { MemberTimers } from './member-timers'
import type { Migration } from './migration'
import type { TopicMetadata } from './topic-metadata'

export interface ConsumerHeartbeatAnswer {
  readonly memberId: string
  readonly memberEpoch: number
  readonly heartbeatIntervalMs: number
  /** Null: as before. */
  readonly assignment: { readonly topicPartitions: OwnedPartitions } | null
}

export interface ConsumerMembersOptions<Shard> {
  readonly rebalance: ConsumerRebalance<Shard>
  readonly memberTimers: MemberTimers<Shard>
  readonly migration: Migration<Shard>
  readonly topics: TopicMetadata
  readonly configOf: (groupId: string) => ConsumerGroupConfig
  /** `group.consumer.max.size` */
  readonly sizeMax: () => number
  readonly newMemberId: () => string
}

/** A group as the steps of a transition have made it so far, and the records of these steps. */
interface Draft {
  readonly group: ConsumerGroup
  readonly records: CoordinatorRecord[]
}

export class ConsumerMembers<Shard> {
  readonly #options: ConsumerMembersOptions<Shard>

  constructor(options: ConsumerMembersOptions<Shard>) {
    this.#options = options
  }

  /** A member joins or goes on. @throws CoordinatorFailure with the code and message for the member */
  heartbeat(draft: Draft, heartbeat: ConsumerHeartbeat, now: number): Transition<ConsumerHeartbeatAnswer> {
    const { rebalance, memberTimers, configOf } = this.#options
    const { groupId, memberEpoch } = heartbeat
    this.#checkRoom(draft.group, heartbeat.memberId)
    const memberId = heartbeat.memberId === '' ? this.#options.newMemberId() : heartbeat.memberId
    const { group, records } = this.#seat(draft, memberId, heartbeat)
    const before = group.memberOrNew(memberId)
    let after = changed(before, changesOf(before, heartbeat))
    if (after !== before) records.push(memberRecord(groupId, after))
    const namesChanged = after.subscribedTopicNames !== before.subscribedTopicNames
    const change = { group, before, after, records, now }
    const regexChange = rebalance.updateRegex(change)
    const groupEpoch = rebalance.updateGroupEpoch(change, namesChanged || regexChange === 'resolved')
    const target = rebalance.updateTarget(change, groupEpoch)
    after = rebalance.reconcile(change, target, heartbeat.topicPartitions, namesChanged || regexChange !== 'same')
    const config = configOf(groupId)
    memberTimers.expectHeartbeat(groupId, memberId, config.consumerSessionTimeoutMs)
    if (before.classic) this.#leaveClassicProtocol(group, memberId)
    const isAsked = memberEpoch === 0 || isFull(heartbeat)
    const isNew = isAsked || (after.assigned !== before.assigned && !areSame(after.assigned, before.assigned))
    return {
      records,
      response: {
        memberId,
        memberEpoch: after.memberEpoch,
        heartbeatIntervalMs: config.consumerHeartbeatIntervalMs,
        assignment: isNew ? { topicPartitions: topicPartitionsOf(after.assigned) } : null,
      },
    }
  }

  /** A member leaves. @throws CoordinatorFailure with the code and message for the member */
  leave(group: ConsumerGroup, heartbeat: ConsumerHeartbeat, now: number): Transition<ConsumerHeartbeatAnswer> {
    const { memberId, memberEpoch, instanceId } = heartbeat
    const member = instanceId === null ? group.members.get(memberId) : group.staticMember(instanceId)
    if (instanceId !== null) checkInstance(member, memberId, instanceId)
    if (!member) throw unknownMember(group, memberId)
    const response = { memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null }
    if (memberEpoch !== STATIC_LEAVE_EPOCH || instanceId === null) {
      return { ...this.remove(group, [member], now), response }
    }
    const away: ConsumerMember = {
      ...member,
      memberEpoch: STATIC_LEAVE_EPOCH,
      assigned: fromEpochZero(member.assigned),
      pendingRevocation: NO_PARTITIONS,
    }
    return { records: [currentAssignmentRecord(group.groupId, away)], response }
  }

  /** Takes members out; the group goes on as a classic one when only members of that protocol are left. */
  remove(group: ConsumerGroup, members: readonly ConsumerMember[], now: number): Transition<void> {
    const { migration, memberTimers, topics } = this.#options
    if (members.length === 0) return nothing
    const { groupId } = group
    for (const { memberId } of members) memberTimers.cancel(groupId, memberId)
    if (migration.mustDowngradeWithout(group, members)) return migration.downgradeWithout(group, members, now)
    const records = members.flatMap(({ memberId }) => memberTombstones(groupId, memberId))
    let { subscriptions } = group
    for (const member of members) {
      const regex = regexOf(member)
      subscriptions = subscriptions.with(member, null)
      if (regex !== null && subscriptions.subscribersOf(regex) === 0) records.push(regexTombstone(groupId, regex))
    }
    records.push(groupEpochRecord(groupId, group.groupEpoch + 1, topics.hashOf(subscriptions.topics())))
    return { records, response: undefined }
  }

  /** A member has let a time go by: it is out, if it still is in the epoch given. */
  fence(group: ConsumerGroup | undefined, memberId: string, now: number, memberEpoch?: number): Transition<void> {
    const member = group?.members.get(memberId)
    if (!member || (memberEpoch !== undefined && member.memberEpoch !== memberEpoch)) return nothing
    return this.remove(group!, [member], now)
  }

  /** The group has been loaded: sessions and revocations begin to count again. */
  activate(group: ConsumerGroup): void {
    const { memberTimers, configOf } = this.#options
    const { consumerSessionTimeoutMs } = configOf(group.groupId)
    for (const member of group.members.values()) {
      const timeoutMs = member.classic?.sessionTimeoutMs ?? consumerSessionTimeoutMs
      memberTimers.expectHeartbeat(group.groupId, member.memberId, timeoutMs)
      const isRevoking = member.state === MemberState.UNREVOKED_PARTITIONS && !member.classic
      if (isRevoking) memberTimers.expectRevocation(group, member)
    }
  }

  /** Finds the place of whoever sends the heartbeat; a static member that comes back takes the place of its old self. */
  #seat(draft: Draft, memberId: string, heartbeat: ConsumerHeartbeat): Draft {
    const { group } = draft
    const { memberEpoch, instanceId, topicPartitions } = heartbeat
    const isJoining = memberEpoch === 0
    if (instanceId === null) {
      const member = group.members.get(memberId)
      if (!member && !isJoining) throw unknownMember(group, memberId)
      if (member) checkEpoch(member, memberEpoch, topicPartitions)
      return draft
    }
    const holder = group.staticMember(instanceId)
    if (!isJoining) {
      checkInstance(holder, memberId, instanceId)
      checkEpoch(holder, memberEpoch, topicPartitions)
      return draft
    }
    if (!holder) return draft
    if (!holder.classic && holder.memberEpoch !== STATIC_LEAVE_EPOCH) {
      throw new CoordinatorFailure(
        ErrorCode.UNRELEASED_INSTANCE_ID,
        `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${holder.memberId} member.`,
      )
    }
    return this.replaceStatic(draft, holder, memberId)
  }

  /** The static member under a new id, with all that its old self had. */
  replaceStatic({ group, records }: Draft, old: ConsumerMember, memberId: string): Draft {
    const { groupId } = group
    const successor: ConsumerMember = { ...old, memberId, memberEpoch: 0, previousMemberEpoch: 0 }
    const replacing = [
      ...memberTombstones(groupId, old.memberId),
      memberRecord(groupId, successor),
      targetAssignmentRecord(groupId, memberId, group.target(old.memberId)),
      currentAssignmentRecord(groupId, successor),
    ]
    const next = group.copy()
    replayInto(next, replacing)
    if (memberId !== old.memberId) this.#options.memberTimers.cancel(groupId, old.memberId)
    return { group: next, records: [...records, ...replacing] }
  }

  #leaveClassicProtocol(group: ConsumerGroup, memberId: string): void {
    this.#options.memberTimers.joined(group, memberId)
    this.#options.memberTimers.synced(group, memberId)
  }

  #checkRoom(group: ConsumerGroup, memberId: string): void {
    const sizeMax = this.#options.sizeMax()
    if (group.members.size < sizeMax || group.members.has(memberId)) return
    throw new CoordinatorFailure(
      ErrorCode.GROUP_MAX_SIZE_REACHED,
      `The consumer group has reached its maximum capacity of ${sizeMax} members.`,
    )
  }
}

export const unknownMember = ({ groupId }: ConsumerGroup, memberId: string): CoordinatorFailure =>
  new CoordinatorFailure(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} is not a member of group ${groupId}.`)

/** What the heartbeat says that may be new. Names are the same object when they are the same. */
const changesOf = (member: ConsumerMember, heartbeat: ConsumerHeartbeat): Partial<ConsumerMember> => {
  const { instanceId, rackId, rebalanceTimeoutMs, serverAssignor, subscribedTopicRegex, clientId, clientHost } =
    heartbeat
  return {
    clientId,
    clientHost,
    classic: null,
    subscribedTopicNames: namesOf(member, heartbeat.subscribedTopicNames),
    ...(instanceId !== null && { instanceId }),
    ...(rackId !== null && { rackId }),
    ...(rebalanceTimeoutMs !== -1 && { rebalanceTimeoutMs }),
    ...(serverAssignor !== null && { serverAssignor }),
    ...(subscribedTopicRegex !== null && { subscribedTopicRegex }),
  }
}

export const namesOf = (member: ConsumerMember, names: readonly string[] | null): ReadonlySet<string> => {
  const known = member.subscribedTopicNames
  if (names === null) return known
  const said = new Set(names)
  return said.size === known.size && [...said].every(name => known.has(name)) ? known : said
}

const isFull = ({
  rebalanceTimeoutMs,
  subscribedTopicNames,
  subscribedTopicRegex,
  topicPartitions,
}: ConsumerHeartbeat): boolean =>
  rebalanceTimeoutMs !== -1 &&
  (subscribedTopicNames !== null || subscribedTopicRegex !== null) &&
  topicPartitions !== null

const areSame = (a: AssignedPartitions, b: AssignedPartitions): boolean => {
  if (a.size !== b.size) return false
  for (const [topicId, epochs] of a) {
    const others = b.get(topicId)
    if (others?.size !== epochs.size) return false
    for (const [partition, epoch] of epochs) if (others.get(partition) !== epoch) return false
  }
  return true
}

const topicPartitionsOf = (assigned: AssignedPartitions): OwnedPartitions =>
  Array.from(assigned, ([topicId, epochs]) => ({ topicId, partitions: [...epochs.keys()].sort((a, b) => a - b) }))

/** A static member that comes back may commit in whatever epoch it had. */
const fromEpochZero = (assigned: AssignedPartitions): AssignedPartitions =>
  new Map(Array.from(assigned, ([topicId, epochs]) => [topicId, new Map(Array.from(epochs.keys(), key => [key, 0]))]))

/**
 * What follows when members of a consumer group or their topics change: the group epoch is raised, a new target assignment is computed for
 * that epoch, and each member moves to it with its own next heartbeats. All of it as records; nothing here changes a group.
 */

import { ErrorCode } from '../../../../protocol/errors'
import { CoordinatorFailure, type CoordinatorRecord, type ShardTimers, type Transition } from '../../coordinator-shard'
import { isProblem } from '../../pattern'
import type { MemberSubscription, ServerAssignor, TopicPartitions } from '../assignor/server-assignor'
import { nothing } from '../classic-rebalance'
import { compileTopicRegex } from '../topic-regex'
import type { ConsumerGroup } from './consumer-group'
import { type ConsumerMember, isReconciledTo, MemberState, regexOf } from './consumer-member'
import {
  assignmentEpochRecord,
  currentAssignmentRecord,
  groupEpochRecord,
  partitionMetadataTombstone,
  regexRecord,
  regexTombstone,
  targetAssignmentRecord,
} from './consumer-records'
import { type OwnedPartitions, reconcile } from './current-assignment'
import type { MemberTimers } from './member-timers'
import { RegexResolver } from './regex-resolver'
import { type ResolvedRegex, Subscriptions } from './subscriptions'
import type { TopicMetadata } from './topic-metadata'

/** Settings of one group. */
export interface ConsumerGroupConfig {
  readonly consumerSessionTimeoutMs: number
  readonly consumerHeartbeatIntervalMs: number
  readonly consumerAssignmentIntervalMs: number
}

export interface ConsumerRebalanceOptions<Shard> {
  readonly timers: ShardTimers<Shard>
  readonly memberTimers: MemberTimers<Shard>
  readonly topics: TopicMetadata
  readonly configOf: (groupId: string) => ConsumerGroupConfig
  /** Those that are allowed; the first one is the default. */
  readonly assignors: () => readonly ServerAssignor[]
  /** `group.consumer.regex.refresh.interval.ms` */
  readonly regexRefreshIntervalMs: () => number
  readonly findGroup: (groupId: string) => ConsumerGroup | undefined
}

/** A group in which one member is being changed. */
export interface MemberChange {
  readonly group: ConsumerGroup
  /** As it was, or as a new one begins. */
  readonly before: ConsumerMember
  readonly after: ConsumerMember
  /** What the change takes; added to by each step. */
  readonly records: CoordinatorRecord[]
  readonly now: number
}

export type RegexChange = 'same' | 'changed' | 'resolved'

/** The patterns of one group are looked at once in so many milliseconds, however many members come and go. */
const REGEX_PAUSE_MS = 10_000

export class ConsumerRebalance<Shard> {
  readonly #options: ConsumerRebalanceOptions<Shard>
  readonly #resolver: RegexResolver<Shard>

  constructor(options: ConsumerRebalanceOptions<Shard>) {
    this.#options = options
    this.#resolver = new RegexResolver(options.timers)
  }

  /**
   * Follows a change of the pattern of a member, and has patterns looked at again when it is time. `changed`: what the new pattern matches
   * will be known later.
   * @throws CoordinatorFailure INVALID_REGULAR_EXPRESSION
   */
  updateRegex({ group, before, after, records, now }: MemberChange): RegexChange {
    const { groupId, subscriptions } = group
    const old = regexOf(before)
    const regex = regexOf(after)
    let change: RegexChange = 'same'
    if (before.subscribedTopicRegex !== after.subscribedTopicRegex) {
      const isNew = regex !== null && subscriptions.subscribersOf(regex) === 0
      if (isNew) throwIfInvalid(regex)
      if (old !== null && subscriptions.subscribersOf(old) === 1) records.push(regexTombstone(groupId, old))
      const isKnown = regex === null ? old !== null : !isNew && subscriptions.resolved.has(regex)
      change = isKnown ? 'resolved' : 'changed'
    }
    if (change === 'same' && !subscriptions.hasRegexes) return change
    const { regexes } = change === 'same' ? subscriptions : subscriptions.with(before, after)
    if (regexes.size > 0 && this.#mustResolve(group, regexes, now)) {
      this.#resolver.resolve(groupId, regexes, this.#options.topics.image, now, resolved =>
        this.#resolved(groupId, resolved),
      )
    }
    return change
  }

  /** Raises the group epoch when `mustRaise` or when the topics of the group are not what they were. Returns the group epoch from now on. */
  updateGroupEpoch({ group, before, after, records }: MemberChange, mustRaise: boolean): number {
    const { topics } = this.#options
    const { groupId, checkedMetadata } = group
    const isChecked = checkedMetadata.revision === topics.revision && group.groupEpoch >= checkedMetadata.groupEpoch
    if (!mustRaise && isChecked) return group.groupEpoch
    const hash = topics.hashOf(group.subscriptions.with(before, after).topics())
    const isRaised = mustRaise || hash !== group.metadataHash
    const groupEpoch = group.groupEpoch + (isRaised ? 1 : 0)
    if (isRaised) records.push(groupEpochRecord(groupId, groupEpoch, hash))
    if (group.hasPartitionMetadata) records.push(partitionMetadataTombstone(groupId))
    group.checkedMetadata = { revision: topics.revision, groupEpoch }
    return groupEpoch
  }

  /** Computes the target assignment of an epoch that has none yet, if the last one is old enough. Returns what the member shall have. */
  updateTarget(change: MemberChange, groupEpoch: number): { epoch: number; partitions: TopicPartitions } {
    const { group, before, after, records, now } = change
    const { groupId, assignmentEpoch, assignmentTimestamp } = group
    const { configOf, assignors, topics } = this.#options
    const { memberId } = after
    const intervalMs = configOf(groupId).consumerAssignmentIntervalMs
    const isTooEarly = assignmentTimestamp > 0 && intervalMs > 0 && now < assignmentTimestamp + intervalMs
    if (assignmentEpoch >= groupEpoch || isTooEarly) {
      return { epoch: assignmentEpoch, partitions: group.target(memberId) }
    }
    const subscriptions = group.subscriptions.with(before, after)
    const members = new Map(group.members).set(memberId, after)
    const preferred = group.preferredAssignor(before, after)
    const assignor = assignors().find(({ name }) => name === preferred) ?? assignors()[0]!
    const targets = assignor.assign(
      {
        members: membersOf(members.values(), group, subscriptions, topics),
        homogeneous: subscriptions.areSame(members.size),
      },
      topics,
    )
    for (const [id, target] of targets) {
      if (target !== group.targets.get(id)) records.push(targetAssignmentRecord(groupId, id, target))
    }
    records.push(assignmentEpochRecord(groupId, groupEpoch, now))
    return { epoch: groupEpoch, partitions: targets.get(memberId)! }
  }

  /** Moves the member towards what it shall have. Returns it as it is from now on. */
  reconcile(
    { group, after: member, before, records }: MemberChange,
    target: { readonly epoch: number; readonly partitions: TopicPartitions },
    owned: OwnedPartitions | null,
    subscriptionChanged: boolean,
  ): ConsumerMember {
    if (!subscriptionChanged && isReconciledTo(member, target.epoch)) return member
    const { topics, memberTimers } = this.#options
    const subscribedTopicIds = topics.idsOf(group.subscriptions.with(before, member).topicsOf(member))
    const moved = reconcile(group, member, { ...target, subscriptionChanged, subscribedTopicIds }, owned)
    if (moved === member) return member
    records.push(currentAssignmentRecord(group.groupId, moved))
    if (!moved.classic) {
      if (moved.state === MemberState.UNREVOKED_PARTITIONS) memberTimers.expectRevocation(group, moved)
      else if (member.state === MemberState.UNREVOKED_PARTITIONS) memberTimers.revoked(group, moved.memberId)
    }
    return moved
  }

  #mustResolve({ groupId, subscriptions }: ConsumerGroup, regexes: ReadonlySet<string>, now: number): boolean {
    if (this.#resolver.isResolving(groupId)) return false
    const last = subscriptions.resolved.values().next().value
    if (!last) return true
    if (now <= last.timestamp + REGEX_PAUSE_MS) return false
    return (
      [...regexes].some(regex => !subscriptions.resolved.has(regex)) ||
      last.version < this.#options.topics.revisionOfNewTopics ||
      now > last.timestamp + this.#options.regexRefreshIntervalMs()
    )
  }

  #resolved(groupId: string, found: ReadonlyMap<string, ResolvedRegex>): Transition<void> {
    const { findGroup, topics } = this.#options
    const group = findGroup(groupId)
    if (!group) return nothing
    const records: CoordinatorRecord[] = []
    const after = new Subscriptions(group.subscriptions)
    let isRaised = false
    for (const [regex, resolved] of found) {
      if (group.subscriptions.subscribersOf(regex) === 0) continue
      const known = group.subscriptions.resolved.get(regex)?.topics ?? new Set<string>()
      isRaised ||= known.size !== resolved.topics.size || [...known].some(topic => !resolved.topics.has(topic))
      after.resolved.set(regex, resolved)
      records.push(regexRecord(groupId, regex, resolved))
    }
    const hash = topics.hashOf(after.topics())
    if (isRaised || hash !== group.metadataHash) {
      const groupEpoch = group.groupEpoch + 1
      records.push(groupEpochRecord(groupId, groupEpoch, hash))
      group.checkedMetadata = { revision: topics.revision, groupEpoch }
    }
    return { records, response: undefined }
  }
}

const throwIfInvalid = (regex: string): void => {
  const compiled = compileTopicRegex(regex)
  if (isProblem(compiled)) throw new CoordinatorFailure(ErrorCode.INVALID_REGULAR_EXPRESSION, compiled.problem)
}

/** The members as assignors see them. Members with the same subscription share one set of ids. */
const membersOf = (
  members: Iterable<ConsumerMember>,
  group: ConsumerGroup,
  subscriptions: Subscriptions,
  topics: TopicMetadata,
): Map<string, MemberSubscription> => {
  const idsByTopics = new Map<string, ReadonlySet<string>>()
  const idsOf = (member: ConsumerMember): ReadonlySet<string> => {
    const key = JSON.stringify([[...member.subscribedTopicNames].sort(), regexOf(member)])
    const ids = idsByTopics.get(key) ?? topics.idsOf(subscriptions.topicsOf(member))
    idsByTopics.set(key, ids)
    return ids
  }
  const seen = new Map<string, MemberSubscription>()
  for (const member of members) {
    const { memberId, instanceId, rackId } = member
    seen.set(memberId, { memberId, instanceId, rackId, topicIds: idsOf(member), assigned: group.target(memberId) })
  }
  return seen
}

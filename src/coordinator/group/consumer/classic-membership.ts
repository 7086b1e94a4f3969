/** Members of the classic protocol in a consumer group: each JoinGroup is a step of their own, and nobody waits for others. */
import { ErrorCode } from '../../../../protocol/errors'
import { MalformedMessage } from '../../../../protocol/wire/malformed-message'
import type { CoordinatorRecord, Transition } from '../../coordinator-shard'
import {
  type JoinAnswer,
  type Joining,
  type MemberIdentity,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
  type Syncing,
} from '../classic-member'
import { nothing } from '../classic-rebalance'
import { CONSUMER, decodeSubscription, embeddedVersionOf, encodeAssignment } from '../embedded-protocol'
import type { ConsumerGroup } from './consumer-group'
import { type ConsumerMember, changed, MemberState } from './consumer-member'
import { type ConsumerMembers, namesOf } from './consumer-members'
import type { ConsumerRebalance } from './consumer-rebalance'
import { memberRecord } from './consumer-records'
import { replayInto } from './consumer-replay'
import type { MemberTimers } from './member-timers'
import { type Migration, targetOf } from './migration'
import type { TopicMetadata } from './topic-metadata'

export interface ClassicMembershipOptions<Shard> {
  readonly members: ConsumerMembers<Shard>
  readonly rebalance: ConsumerRebalance<Shard>
  readonly migration: Migration<Shard>
  readonly memberTimers: MemberTimers<Shard>
  readonly topics: TopicMetadata
  /** `group.consumer.max.size` */
  readonly sizeMax: () => number
  readonly newMemberId: () => string
}

export class ClassicMembership<Shard> {
  readonly #options: ClassicMembershipOptions<Shard>

  constructor(options: ClassicMembershipOptions<Shard>) {
    this.#options = options
  }

  /** JoinGroup. `answer` is called once. */
  join(group: ConsumerGroup, joining: Joining, answer: (answer: JoinAnswer) => void, now: number): Transition<void> {
    const { memberTimers, newMemberId } = this.#options
    const memberId = joining.memberId === '' ? newMemberId() : joining.memberId
    const refusal = this.#refusalOf(group, memberId, joining)
    if (refusal !== ErrorCode.NONE) {
      answer(refusedJoin(refusal, refusal === ErrorCode.MEMBER_ID_REQUIRED ? memberId : ''))
      return nothing
    }
    const { member, records, isDowngraded } = this.#joined(group, memberId, joining, now)
    return {
      records,
      response: undefined,
      afterReplication: () => {
        if (!isDowngraded) {
          memberTimers.joined(group, memberId)
          memberTimers.revoked(group, memberId)
          memberTimers.expectHeartbeat(group.groupId, memberId, joining.sessionTimeoutMs)
          memberTimers.expectSync(group, memberId, joining.rebalanceTimeoutMs)
        }
        answer({
          errorCode: ErrorCode.NONE,
          memberId,
          generationId: member.memberEpoch,
          protocolType: CONSUMER,
          protocolName: protocolOf(member),
          leader: '',
          skipAssignment: false,
          members: [],
        })
      },
    }
  }

  /** SyncGroup. */
  sync(group: ConsumerGroup, syncing: Syncing): SyncAnswer {
    const { memberTimers, migration } = this.#options
    const member = findMember(group, syncing)
    if (typeof member === 'number') return refusedSync(member)
    if (syncing.generationId !== member.memberEpoch) return refusedSync(ErrorCode.ILLEGAL_GENERATION)
    const { protocolType, protocolName } = syncing
    const isConsistent =
      (protocolType === null || protocolType === CONSUMER) &&
      (protocolName === null || protocolName === protocolOf(member))
    if (!isConsistent) return refusedSync(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    if (group.assignmentEpoch > member.memberEpoch && member.state !== MemberState.UNREVOKED_PARTITIONS) {
      memberTimers.expectJoin(group, member)
      return refusedSync(ErrorCode.REBALANCE_IN_PROGRESS)
    }
    const { sessionTimeoutMs, protocols } = member.classic!
    memberTimers.synced(group, member.memberId)
    memberTimers.expectHeartbeat(group.groupId, member.memberId, sessionTimeoutMs)
    const version = embeddedVersionOf(protocols[0]!.metadata)
    const assignment = encodeAssignment(migration.embedded(targetOf(member.assigned)), version)
    return { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment }
  }

  /** Heartbeat. An error code; REBALANCE_IN_PROGRESS: something is there for the member to give up or to get. */
  heartbeat(group: ConsumerGroup, identity: MemberIdentity, generationId: number): number {
    const { memberTimers } = this.#options
    const member = findMember(group, identity)
    if (typeof member === 'number') return member
    if (generationId !== member.memberEpoch) return ErrorCode.ILLEGAL_GENERATION
    memberTimers.expectHeartbeat(group.groupId, member.memberId, member.classic!.sessionTimeoutMs)
    const mustJoin =
      member.memberEpoch < group.assignmentEpoch ||
      member.state === MemberState.UNREVOKED_PARTITIONS ||
      (member.state === MemberState.UNRELEASED_PARTITIONS && !group.isWaiting(member))
    if (!mustJoin) return ErrorCode.NONE
    memberTimers.expectJoin(group, member)
    return ErrorCode.REBALANCE_IN_PROGRESS
  }

  /** LeaveGroup, which may be used to remove members of either protocol. The error codes of the members, in order. */
  leave(group: ConsumerGroup, leaving: readonly MemberIdentity[], now: number): Transition<number[]> {
    const members = new Set<ConsumerMember>()
    const response = leaving.map(({ memberId, groupInstanceId }) => {
      const member = groupInstanceId === null ? group.members.get(memberId) : group.staticMember(groupInstanceId)
      if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
      if (memberId !== '' && member.memberId !== memberId) return ErrorCode.FENCED_INSTANCE_ID
      members.add(member)
      return ErrorCode.NONE
    })
    return { ...this.#options.members.remove(group, [...members], now), response }
  }

  #refusalOf(group: ConsumerGroup, memberId: string, joining: Joining): number {
    const { migration, sizeMax } = this.#options
    const { groupInstanceId, protocolType, protocols, mustKnowItsId } = joining
    if (!migration.isMixingAllowed) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    if (group.members.size >= sizeMax() && !group.members.has(memberId)) return ErrorCode.GROUP_MAX_SIZE_REACHED
    if (protocolType !== CONSUMER || !supports(group, protocols)) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    if (!isReadable(protocols[0]!.metadata)) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
    if (joining.memberId === '' && groupInstanceId === null && mustKnowItsId) return ErrorCode.MEMBER_ID_REQUIRED
    if (groupInstanceId === null || joining.memberId === '') return ErrorCode.NONE
    const holder = group.staticMember(groupInstanceId)
    if (!holder) return ErrorCode.UNKNOWN_MEMBER_ID
    return holder.memberId === memberId ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID
  }

  #joined(
    known: ConsumerGroup,
    memberId: string,
    joining: Joining,
    now: number,
  ): { member: ConsumerMember; records: readonly CoordinatorRecord[]; isDowngraded: boolean } {
    const { members, rebalance, migration } = this.#options
    const { groupInstanceId, protocols } = joining
    const holder = groupInstanceId === null ? undefined : known.staticMember(groupInstanceId)
    const isDowngraded = holder !== undefined && migration.mustDowngradeWhenClassic(known, holder)
    const seat = { group: known, records: [] as CoordinatorRecord[] }
    const mustReplace = holder !== undefined && holder.memberId !== memberId
    const { group, records } = mustReplace ? members.replaceStatic(seat, holder, memberId) : seat
    const subscription = decodeSubscription(protocols[0]!.metadata)
    const before = group.memberOrNew(memberId)
    const after = changed(before, {
      subscribedTopicNames: namesOf(before, subscription.topics),
      subscribedTopicRegex: '',
      rebalanceTimeoutMs: joining.rebalanceTimeoutMs,
      clientId: joining.clientId,
      clientHost: joining.clientHost,
      classic: { sessionTimeoutMs: joining.sessionTimeoutMs, protocols },
      ...(groupInstanceId !== null && { instanceId: groupInstanceId }),
      ...(subscription.rackId && { rackId: subscription.rackId }),
    })
    if (after !== before) records.push(memberRecord(group.groupId, after))
    const change = { group, before, after, records, now }
    const regexChange = rebalance.updateRegex(change)
    const isNew = after.subscribedTopicNames !== before.subscribedTopicNames || regexChange !== 'same'
    const groupEpoch = rebalance.updateGroupEpoch(change, isNew)
    const mustRebalance = isDowngraded && group.assignmentEpoch < groupEpoch
    const target = isDowngraded
      ? { epoch: group.assignmentEpoch, partitions: group.target(memberId) }
      : rebalance.updateTarget(change, groupEpoch)
    const member = mustRebalance ? after : rebalance.reconcile(change, target, this.#owned(subscription), isNew)
    if (isDowngraded) {
      const last = group.copy()
      replayInto(last, records)
      records.push(...migration.downgrade(last, [...last.members.values()], mustRebalance, now))
    }
    return { member, records, isDowngraded }
  }

  #owned({ ownedPartitions }: ReturnType<typeof decodeSubscription>) {
    const { image } = this.#options.topics
    return ownedPartitions.flatMap(({ topic, partitions }) => {
      const topicId = image.topic(topic)?.id
      return topicId === undefined ? [] : [{ topicId, partitions }]
    })
  }
}

/** The member, or why a request cannot be of it. */
const findMember = (group: ConsumerGroup, { memberId, groupInstanceId }: MemberIdentity): ConsumerMember | number => {
  const member = groupInstanceId === null ? group.members.get(memberId) : group.staticMember(groupInstanceId)
  if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
  if (member.memberId !== memberId) return ErrorCode.FENCED_INSTANCE_ID
  return member.classic ? member : ErrorCode.UNKNOWN_MEMBER_ID
}

/** What a member of the classic protocol is told that the group uses: what it likes best. */
const protocolOf = ({ classic }: ConsumerMember): string => classic!.protocols[0]!.name

/** Whether some protocol is supported by all members of the classic protocol. */
const supports = (group: ConsumerGroup, protocols: Joining['protocols']): boolean => {
  const others = Array.from(group.members.values()).flatMap(({ classic }) => classic ?? [])
  return protocols.some(({ name }) => others.every(other => other.protocols.some(protocol => protocol.name === name)))
}

/** Kafka answers UNKNOWN_SERVER_ERROR to what is not. */
const isReadable = (metadata: Buffer): boolean => {
  try {
    decodeSubscription(metadata)
    return true
  } catch (error) {
    if (error instanceof MalformedMessage) return false
    throw error
  }
}

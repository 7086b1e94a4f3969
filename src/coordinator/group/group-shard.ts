/**
 * The groups and offsets of one partition of `__consumer_offsets`.
 *
 * Invariants
 * - Offsets, and members and assignments of a stable generation, are made by replaying records; rounds of joining are soft state.
 * - A group exists while it has members, a record of its own, or offsets. It is a classic group or a consumer group.
 */
import { ErrorCode } from '../../../protocol/errors'
import { GroupMetadata, type GroupMetadataValue } from '../../../protocol/records-on-disk/group-metadata'
import { OffsetCommit } from '../../../protocol/records-on-disk/offset-commit'
import { decodeRecordKey, decodeRecordValue, recordTypeOf } from '../../../protocol/schema/coordinator-record'
import { coordinatorErrorCode } from '../coordinator-error'
import type { CoordinatorShard, LoggedRecord, ProducerIdAndEpoch, ShardTimers, Transition } from '../coordinator-shard'
import { ClassicGroup } from './classic-group'
import { ClassicJoin } from './classic-join'
import {
  type JoinAnswer,
  type Joining,
  type MemberIdentity,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
  type Syncing,
} from './classic-member'
import { ClassicRebalance, NO_RECORDS, nothing } from './classic-rebalance'
import { ClassicRequests } from './classic-requests'
import type { ConsumerGroup } from './consumer/consumer-group'
import { type ConsumerGroupSettings, ConsumerGroups } from './consumer/consumer-groups'
import type { ConsumerHeartbeatAnswer } from './consumer/consumer-members'
import type { ConsumerGroupConfig } from './consumer/consumer-rebalance'
import { consumerGroupTombstones } from './consumer/consumer-records'
import { type ConsumerGroupDirectory, consumerReplayOf } from './consumer/consumer-replay'
import type { ConsumerHeartbeat } from './consumer/heartbeat-check'
import { type CommitAccess, commitRefusal } from './consumer/offset-access'
import type { TopicMetadata } from './consumer/topic-metadata'
import { expiredRecords } from './group-expiry'
import { GroupOffsets } from './group-offsets'
import { committedOffsetOf, loadedGroup, newGroupRecord } from './group-records'

/** The settings of the broker that concern groups; the names are those of `BrokerConfig`. */
export interface GroupSettings extends ConsumerGroupSettings {
  readonly groupInitialRebalanceDelayMs: number
  readonly groupMinSessionTimeoutMs: number
  readonly groupMaxSessionTimeoutMs: number
  readonly groupMaxSize: number
  readonly offsetMetadataMaxBytes: number
  readonly offsetsRetentionMinutes: number
  readonly offsetsRetentionCheckIntervalMs: number
}

export interface GroupShardOptions {
  readonly timers: ShardTimers<GroupShard>
  readonly settings: () => GroupSettings
  readonly newUuid: () => string
  /** An id of a member that speaks the consumer protocol, or has joined a group that does. */
  readonly newMemberId: () => string
  readonly topics: TopicMetadata
  readonly configOf: (groupId: string) => ConsumerGroupConfig
}

const MINUTE_MS = 60_000
/** The record type of offsets in old logs; the key has the fields of today's. */
const LEGACY_OFFSET_KEY = 0

export class GroupShard implements CoordinatorShard {
  readonly groups = new Map<string, ClassicGroup | ConsumerGroup>()
  readonly offsets = new GroupOffsets()
  readonly #options: GroupShardOptions
  readonly #rebalance: ClassicRebalance<GroupShard>
  readonly #join: ClassicJoin<GroupShard>
  readonly #classic: ClassicRequests<GroupShard>
  readonly #consumerGroups: ConsumerGroups<GroupShard>
  /** A classic group that has just been made of a consumer group: its record is about to be replayed. */
  #handedOver: ClassicGroup | null = null
  /** The log has been replayed: what is replayed from now on was asked for by a transition of this shard. */
  #isActive = false

  constructor(options: GroupShardOptions) {
    this.#options = options
    this.#rebalance = new ClassicRebalance({
      timers: options.timers,
      initialDelayMs: () => options.settings().groupInitialRebalanceDelayMs,
    })
    this.#join = new ClassicJoin(this.#rebalance, options.newUuid)
    this.#classic = new ClassicRequests(this.#rebalance)
    this.#consumerGroups = new ConsumerGroups({
      ...options,
      classicRebalance: this.#rebalance,
      find: groupId => this.groups.get(groupId),
      handOver: group => {
        this.#handedOver = group
      },
    })
  }

  get topics(): TopicMetadata {
    return this.#options.topics
  }

  /** Name of the assignor that consumer groups get when their members want none. */
  get defaultAssignor(): string {
    return this.#consumerGroups.defaultAssignor
  }

  replay({ key, value, transaction }: LoggedRecord): void {
    const recordType = recordTypeOf(key)
    switch (recordType) {
      case LEGACY_OFFSET_KEY:
      case OffsetCommit.type:
        this.#replayOffset(key, value, transaction)
        break
      case GroupMetadata.type: {
        const { group } = decodeRecordKey(GroupMetadata, key)
        if (value !== null) this.#replayGroup(group, decodeRecordValue(GroupMetadata, value))
        else if (this.groups.get(group)?.type === 'classic') this.groups.delete(group)
        break
      }
      default:
        consumerReplayOf(recordType)?.(this.#consumerDirectory, key, value)
    }
  }

  replayMarker({ producerId }: ProducerIdAndEpoch, isCommit: boolean): void {
    this.offsets.endTransaction(producerId, isCommit)
  }

  activate(now: number): void {
    this.#isActive = true
    const { groupMaxSize } = this.#options.settings()
    for (const group of this.groups.values()) {
      if (group.type === 'consumer') {
        this.#consumerGroups.members.activate(group)
        continue
      }
      for (const member of group.members.values()) this.#rebalance.expectHeartbeat(group, member)
      // The limit was lowered: members join again, and those that come last are refused.
      if (group.members.size > groupMaxSize) this.#rebalance.prepare(group, now)
    }
    this.#scheduleExpiry()
  }

  close(errorCode: number): void {
    for (const group of this.groups.values()) {
      if (group.type === 'classic') group.close(coordinatorErrorCode(errorCode))
    }
  }

  join(groupId: string, joining: Joining, answer: (answer: JoinAnswer) => void, now: number): Transition<void> {
    const refuse = (errorCode: number) => {
      answer(refusedJoin(errorCode, joining.memberId))
      return nothing
    }
    const { groupMinSessionTimeoutMs, groupMaxSessionTimeoutMs, groupMaxSize } = this.#options.settings()
    const { memberId, sessionTimeoutMs } = joining
    if (sessionTimeoutMs < groupMinSessionTimeoutMs || sessionTimeoutMs > groupMaxSessionTimeoutMs) {
      return refuse(ErrorCode.INVALID_SESSION_TIMEOUT)
    }
    const found = this.groups.get(groupId)
    if (found?.type === 'consumer' && !found.isEmpty) {
      return this.#consumerGroups.classicMembership.join(found, joining, answer, now)
    }
    const known = found?.type === 'classic' ? found : undefined
    if (memberId !== '' && !known) return refuse(ErrorCode.UNKNOWN_MEMBER_ID)
    const group = known ?? this.#create(groupId, now)
    if (!group.hasRoomFor(memberId, groupMaxSize)) {
      refuse(ErrorCode.GROUP_MAX_SIZE_REACHED)
      return this.#rebalance.removeMembers(group, [memberId], now)
    }
    const transition = this.#join.join(group, joining, answer, now)
    if (known) return transition
    const replaced = found?.type === 'consumer' ? consumerGroupTombstones(found) : NO_RECORDS
    return { ...transition, records: [...replaced, newGroupRecord(groupId, now), ...transition.records] }
  }

  sync(groupId: string, syncing: Syncing, answer: (answer: SyncAnswer) => void, now: number): Transition<void> {
    const group = this.groups.get(groupId)
    if (group?.type === 'classic') return this.#classic.sync(group, syncing, answer, now)
    const { classicMembership } = this.#consumerGroups
    const synced = group ? classicMembership.sync(group, syncing) : refusedSync(ErrorCode.UNKNOWN_MEMBER_ID)
    return { ...nothing, afterReplication: () => answer(synced) }
  }

  /** An error code. */
  heartbeat(groupId: string, member: MemberIdentity, generationId: number): number {
    const group = this.groups.get(groupId)
    if (!group) return ErrorCode.UNKNOWN_MEMBER_ID
    if (group.type === 'consumer') return this.#consumerGroups.classicMembership.heartbeat(group, member, generationId)
    return this.#classic.heartbeat(group, member, generationId)
  }

  /** ConsumerGroupHeartbeat. @throws CoordinatorFailure with the code and message for the member */
  consumerHeartbeat(heartbeat: ConsumerHeartbeat, now: number): Transition<ConsumerHeartbeatAnswer> {
    return this.#consumerGroups.heartbeat(heartbeat, now)
  }

  /** The error codes of the members, in order. */
  leave(groupId: string, members: readonly MemberIdentity[], now: number): Transition<number[]> {
    const group = this.groups.get(groupId)
    if (!group) return { records: NO_RECORDS, response: members.map(() => ErrorCode.UNKNOWN_MEMBER_ID) }
    if (group.type === 'consumer') return this.#consumerGroups.classicMembership.leave(group, members, now)
    return this.#classic.leave(group, members, now)
  }

  /**
   * Whether offsets may be committed in the name of a member; a generation below 0 without a member is of someone who only keeps offsets
   * here. A member that may is alive. An error code.
   */
  checkCommit(groupId: string, access: CommitAccess): number {
    const { memberEpoch: generationId, isTransactional } = access
    const group = this.groups.get(groupId)
    if (!group) {
      if (generationId < 0) return ErrorCode.NONE
      return isTransactional ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.GROUP_ID_NOT_FOUND
    }
    return group.type === 'consumer' ? commitRefusal(group, access) : this.#classic.checkCommit(group, access)
  }

  readonly #consumerDirectory: ConsumerGroupDirectory = {
    find: groupId => {
      const group = this.groups.get(groupId)
      return group?.type === 'consumer' ? group : undefined
    },
    // A classic group that is there only keeps offsets.
    add: group => this.groups.set(group.groupId, group),
    remove: groupId => {
      if (this.groups.get(groupId)?.type === 'consumer') this.groups.delete(groupId)
    },
  }

  #create(groupId: string, now: number): ClassicGroup {
    const group = new ClassicGroup(groupId, now)
    this.groups.set(groupId, group)
    return group
  }

  #replayOffset(key: Buffer, value: Buffer | null, transaction: ProducerIdAndEpoch | null): void {
    const currentKey = recordTypeOf(key) === LEGACY_OFFSET_KEY ? asCurrentKey(key) : key
    const { group, topic, partition } = decodeRecordKey(OffsetCommit, currentKey)
    if (value === null) {
      this.offsets.forget(group, topic, partition)
      return
    }
    const committed = committedOffsetOf(decodeRecordValue(OffsetCommit, value))
    if (!this.groups.has(group)) this.#create(group, committed.commitTimestamp)
    if (transaction) this.offsets.commitPending(transaction.producerId, group, topic, partition, committed)
    else this.offsets.commit(group, topic, partition, committed)
  }

  /** Of a live group it takes the assignments, for the rest of it is ahead of the log; while the log is loaded, a group is made of it. */
  #replayGroup(groupId: string, value: GroupMetadataValue): void {
    if (this.#handedOver?.groupId === groupId) {
      this.groups.set(groupId, this.#handedOver)
      this.#handedOver = null
      return
    }
    const live = this.#isActive ? this.groups.get(groupId) : undefined
    if (live?.type !== 'classic') {
      this.groups.set(groupId, loadedGroup(groupId, value))
      return
    }
    for (const { memberId, assignment } of value.members) {
      const member = live.members.get(memberId)
      if (member) member.assignment = assignment
    }
  }

  #scheduleExpiry(): void {
    const { offsetsRetentionCheckIntervalMs } = this.#options.settings()
    this.#options.timers.set('expiry', offsetsRetentionCheckIntervalMs, (_shard, now) => {
      this.#scheduleExpiry()
      const retentionMs = this.#options.settings().offsetsRetentionMinutes * MINUTE_MS
      const groups = [...this.groups.values()]
      const records = groups.flatMap(group => expiredRecords(group, this.offsets, retentionMs, now))
      return { records, response: undefined, isAtomic: false }
    })
  }
}

const asCurrentKey = (key: Buffer): Buffer => {
  const current = Buffer.from(key)
  current.writeInt16BE(OffsetCommit.type, 0)
  return current
}

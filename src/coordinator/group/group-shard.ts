/**
 * The groups and offsets of one partition of `__consumer_offsets`.
 *
 * Invariants
 * - Offsets, and members and assignments of a stable generation, are made by replaying records; rounds of joining are soft state.
 * - A group exists while it has members, a record of its own, or offsets.
 */
import { ErrorCode } from '../../../protocol/errors'
import { GroupMetadata, type GroupMetadataValue } from '../../../protocol/records-on-disk/group-metadata'
import { OffsetCommit } from '../../../protocol/records-on-disk/offset-commit'
import { decodeRecordKey, decodeRecordValue, recordTypeOf } from '../../../protocol/schema/coordinator-record'
import type {
  CoordinatorRecord,
  CoordinatorShard,
  LoggedRecord,
  ProducerIdAndEpoch,
  ShardTimers,
  Transition,
} from '../coordinator-shard'
import { ClassicGroup } from './classic-group'
import {
  ClassicMember,
  type JoinAnswer,
  type Joining,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
} from './classic-member'
import { ClassicRebalance, NO_RECORDS, nothing } from './classic-rebalance'
import { GroupOffsets } from './group-offsets'
import { committedOffsetOf, groupTombstone, offsetTombstone } from './group-records'

/** The settings of the broker that concern groups; the names are those of `BrokerConfig`. */
export interface GroupSettings {
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
}

/** Who speaks for a member. */
export interface MemberIdentity {
  readonly memberId: string
  readonly groupInstanceId: string | null
}

export interface Syncing extends MemberIdentity {
  readonly generationId: number
  /** null before SyncGroup 5. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignments: ReadonlyMap<string, Buffer>
}

const MINUTE_MS = 60_000
/** The record type of offsets in old logs; the key has the fields of today's. */
const LEGACY_OFFSET_KEY = 0

export class GroupShard implements CoordinatorShard {
  readonly groups = new Map<string, ClassicGroup>()
  readonly offsets = new GroupOffsets()
  readonly #options: GroupShardOptions
  readonly #rebalance: ClassicRebalance<GroupShard>
  /** Wall clock of the replay of a log, when nothing has happened "now". */
  #now = 0

  constructor(options: GroupShardOptions) {
    this.#options = options
    this.#rebalance = new ClassicRebalance({
      timers: options.timers,
      initialDelayMs: () => options.settings().groupInitialRebalanceDelayMs,
      newUuid: options.newUuid,
    })
  }

  replay({ key, value, transaction }: LoggedRecord): void {
    switch (recordTypeOf(key)) {
      case LEGACY_OFFSET_KEY:
      case OffsetCommit.type:
        this.#replayOffset(key, value, transaction)
        break
      case GroupMetadata.type: {
        const { group } = decodeRecordKey(GroupMetadata, key)
        if (value === null) this.groups.delete(group)
        else this.#replayGroup(group, decodeRecordValue(GroupMetadata, value))
      }
    }
  }

  replayMarker({ producerId }: ProducerIdAndEpoch, isCommit: boolean): void {
    for (const groupId of this.offsets.endTransaction(producerId, isCommit)) {
      if (this.offsets.ofGroup(groupId)) this.#groupFor(groupId, this.#now)
    }
  }

  activate(now: number): void {
    this.#now = now
    for (const group of this.groups.values()) {
      for (const member of group.members.values()) this.#rebalance.expectHeartbeat(group, member)
    }
    this.#scheduleExpiry()
  }

  close(errorCode: number): void {
    for (const group of this.groups.values()) {
      for (const member of group.members.values()) {
        member.answerJoin(refusedJoin(errorCode, member.memberId))
        member.answerSync(refusedSync(errorCode))
      }
    }
  }

  join(groupId: string, joining: Joining, answer: (answer: JoinAnswer) => void, now: number): Transition<void> {
    const refuse = (errorCode: number) => {
      answer(refusedJoin(errorCode, joining.memberId))
      return nothing
    }
    const { groupMinSessionTimeoutMs, groupMaxSessionTimeoutMs } = this.#options.settings()
    if (groupId === '') return refuse(ErrorCode.INVALID_GROUP_ID)
    if (joining.sessionTimeoutMs < groupMinSessionTimeoutMs || joining.sessionTimeoutMs > groupMaxSessionTimeoutMs) {
      return refuse(ErrorCode.INVALID_SESSION_TIMEOUT)
    }
    const isNew = joining.memberId === ''
    if (!isNew && !this.groups.has(groupId)) return refuse(ErrorCode.UNKNOWN_MEMBER_ID)
    const group = this.#groupFor(groupId, now)
    if (!this.#hasRoom(group, joining.memberId)) {
      const left = group.members.has(joining.memberId)
        ? this.#rebalance.removeMember(group, joining.memberId, now)
        : nothing
      refuse(ErrorCode.GROUP_MAX_SIZE_REACHED)
      return left
    }
    return isNew
      ? this.#rebalance.joinNew(group, joining, answer, now)
      : this.#rebalance.joinAgain(group, joining, answer, now)
  }

  sync(groupId: string, syncing: Syncing, answer: (answer: SyncAnswer) => void, now: number): Transition<void> {
    const refuse = (errorCode: number) => {
      answer(refusedSync(errorCode))
      return nothing
    }
    const group = this.groups.get(groupId)
    if (!group) return refuse(ErrorCode.UNKNOWN_MEMBER_ID)
    const refusal = this.#checkGeneration(group, syncing, syncing.generationId)
    if (refusal !== ErrorCode.NONE) return refuse(refusal)
    const { protocolType, protocolName } = syncing
    if ((protocolType ?? group.protocolType) !== group.protocolType)
      return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    if ((protocolName ?? group.protocolName) !== group.protocolName)
      return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    return this.#rebalance.sync(group, group.members.get(syncing.memberId)!, syncing.assignments, answer, now)
  }

  /** An error code. */
  heartbeat(groupId: string, member: MemberIdentity, generationId: number): number {
    const group = this.groups.get(groupId)
    if (!group) return ErrorCode.UNKNOWN_MEMBER_ID
    const refusal = this.#checkGeneration(group, member, generationId)
    if (refusal !== ErrorCode.NONE) return refusal
    if (group.is('Empty', 'Dead')) return ErrorCode.UNKNOWN_MEMBER_ID
    this.#rebalance.expectHeartbeat(group, group.members.get(member.memberId)!)
    return group.is('PreparingRebalance') ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
  }

  /** The error codes of the members, in order. */
  leave(groupId: string, members: readonly MemberIdentity[], now: number): Transition<number[]> {
    const group = this.groups.get(groupId)
    if (!group) return { records: NO_RECORDS, response: members.map(() => ErrorCode.UNKNOWN_MEMBER_ID) }
    const records: CoordinatorRecord[] = []
    const response = members.map(({ memberId, groupInstanceId }) => {
      const isByInstance = memberId === '' && groupInstanceId !== null
      const id = isByInstance ? (group.staticMemberId(groupInstanceId) ?? '') : memberId
      if (group.pendingMembers.has(id)) {
        records.push(...this.#rebalance.removeMember(group, id, now).records)
        return ErrorCode.NONE
      }
      const refusal = group.checkMember(id, groupInstanceId)
      if (refusal === ErrorCode.NONE) records.push(...this.#rebalance.removeMember(group, id, now).records)
      return refusal
    })
    return { records, response }
  }

  /**
   * Whether offsets may be committed in the name of a member; a generation below 0 without a member is of someone who only keeps offsets
   * here. A member that may is alive.
   */
  checkCommit(groupId: string, member: MemberIdentity, generationId: number, isTransactional: boolean): number {
    const group = this.groups.get(groupId)
    if (!group) return generationId < 0 ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION
    const isNobody = generationId < 0 && member.memberId === '' && member.groupInstanceId === null
    if (isNobody && (isTransactional || group.is('Empty'))) return ErrorCode.NONE
    if (generationId < 0 && group.is('Empty')) return ErrorCode.NONE
    const refusal = this.#checkGeneration(group, member, generationId)
    if (refusal !== ErrorCode.NONE) return refusal
    // The assignment of this generation is not known yet, so it cannot be what was processed.
    if (!isTransactional && group.is('CompletingRebalance')) return ErrorCode.REBALANCE_IN_PROGRESS
    this.#rebalance.expectHeartbeat(group, group.members.get(member.memberId)!)
    return ErrorCode.NONE
  }

  /** The group, made as an empty one when it does not exist. */
  #groupFor(groupId: string, now: number): ClassicGroup {
    let group = this.groups.get(groupId)
    if (!group) {
      group = new ClassicGroup(groupId, now)
      this.groups.set(groupId, group)
    }
    return group
  }

  #hasRoom(group: ClassicGroup, memberId: string): boolean {
    const { groupMaxSize } = this.#options.settings()
    if (group.pendingMembers.has(memberId)) return group.members.size < groupMaxSize
    const isMember = group.members.has(memberId)
    return isMember ? group.members.size <= groupMaxSize : group.members.size + group.pendingMembers.size < groupMaxSize
  }

  #checkGeneration(group: ClassicGroup, { memberId, groupInstanceId }: MemberIdentity, generationId: number): number {
    if (group.is('Dead')) return ErrorCode.COORDINATOR_NOT_AVAILABLE
    const refusal = group.checkMember(memberId, groupInstanceId)
    if (refusal !== ErrorCode.NONE) return refusal
    return generationId === group.generationId ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION
  }

  #replayOffset(key: Buffer, value: Buffer | null, transaction: ProducerIdAndEpoch | null): void {
    const currentKey = recordTypeOf(key) === LEGACY_OFFSET_KEY ? asCurrentKey(key) : key
    const { group, topic, partition } = decodeRecordKey(OffsetCommit, currentKey)
    if (value === null) {
      this.offsets.forget(group, topic, partition)
      return
    }
    const committed = committedOffsetOf(decodeRecordValue(OffsetCommit, value))
    if (transaction) this.offsets.commitPending(transaction.producerId, group, topic, partition, committed)
    else {
      this.offsets.commit(group, topic, partition, committed)
      this.#groupFor(group, committed.commitTimestamp)
    }
  }

  /** Of a live group it takes the assignments; a group that is being loaded is made of it. */
  #replayGroup(groupId: string, value: GroupMetadataValue): void {
    const live = this.groups.get(groupId)
    if (live && live.generationId === value.generation && live.members.size === value.members.length && this.#now > 0) {
      for (const { memberId, assignment } of value.members) {
        const member = live.members.get(memberId)
        if (member) member.assignment = assignment
      }
      return
    }
    const group = new ClassicGroup(groupId, value.currentStateTimestamp)
    group.protocolType = value.protocolType === '' ? null : value.protocolType
    group.protocolName = value.protocol
    group.generationId = value.generation
    for (const stored of value.members) group.add(loadedMember(stored, value.protocol))
    group.leaderId = value.leader
    group.enter(value.members.length === 0 ? 'Empty' : 'Stable', value.currentStateTimestamp)
    this.groups.set(groupId, group)
  }

  #scheduleExpiry(): void {
    const { offsetsRetentionCheckIntervalMs } = this.#options.settings()
    this.#options.timers.set('expiry', offsetsRetentionCheckIntervalMs, (_shard, now) => {
      this.#scheduleExpiry()
      return { records: this.#expired(now), response: undefined }
    })
  }

  /** Tombstones for offsets that nobody needs any more, and for groups that are left with nothing (KIP-211). */
  #expired(now: number): CoordinatorRecord[] {
    const retentionMs = this.#options.settings().offsetsRetentionMinutes * MINUTE_MS
    const records: CoordinatorRecord[] = []
    for (const group of this.groups.values()) {
      const topics = this.offsets.ofGroup(group.groupId)
      let left = 0
      for (const [topic, partitions] of topics ?? []) {
        for (const [partition, committed] of partitions) {
          const since = group.isSimple ? committed.commitTimestamp : group.stateSince
          const dueAt = committed.expireTimestamp >= 0 ? committed.expireTimestamp : since + retentionMs
          const isExpired =
            group.is('Empty') && dueAt <= now && !this.offsets.isPending(group.groupId, topic, partition)
          if (isExpired) records.push(offsetTombstone(group.groupId, topic, partition))
          else left++
        }
      }
      const isOver = group.is('Empty') && left === 0 && group.pendingMembers.size === 0
      if (isOver && !this.offsets.hasPending(group.groupId)) records.push(groupTombstone(group.groupId))
    }
    return records
  }
}

const loadedMember = (stored: GroupMetadataValue['members'][number], protocol: string | null): ClassicMember => {
  const member = new ClassicMember(stored.memberId, {
    groupInstanceId: stored.groupInstanceId,
    clientId: stored.clientId,
    clientHost: stored.clientHost,
    sessionTimeoutMs: stored.sessionTimeout,
    rebalanceTimeoutMs: stored.rebalanceTimeout < 0 ? stored.sessionTimeout : stored.rebalanceTimeout,
    protocols: [{ name: protocol ?? '', metadata: stored.subscription }],
  })
  member.assignment = stored.assignment
  return member
}

const asCurrentKey = (key: Buffer): Buffer => {
  const current = Buffer.from(key)
  current.writeInt16BE(OffsetCommit.type, 0)
  return current
}

import { GroupMetadata, type GroupMetadataValue } from '../../../protocol/records-on-disk/group-metadata'
import { OffsetCommit, type OffsetCommitValue } from '../../../protocol/records-on-disk/offset-commit'
import { encodeRecordKey, encodeRecordValue } from '../../../protocol/schema/coordinator-record'
import type { CoordinatorRecord } from '../coordinator-shard'
import { ClassicGroup } from './classic-group'
import { ClassicMember, NO_BYTES } from './classic-member'

/** The versions that Kafka 4.3 writes. */
const GROUP_METADATA_VERSION = 3
const OFFSET_VERSION = 4
/** With an expiry given by the client (OffsetCommit 2-4). */
const EXPIRING_OFFSET_VERSION = 1

/** The group as it is, with the assignments given (by member id) or those that its members have. */
export const groupMetadataRecord = (
  group: ClassicGroup,
  assignments?: ReadonlyMap<string, Buffer>,
): CoordinatorRecord => ({
  key: encodeRecordKey(GroupMetadata, { group: group.groupId }),
  value: encodeRecordValue(
    GroupMetadata,
    {
      protocolType: group.protocolType ?? '',
      generation: group.generationId,
      protocol: group.protocolName,
      leader: group.leaderId,
      currentStateTimestamp: group.stateSince,
      members: Array.from(group.members.values(), member => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: member.metadataFor(group.protocolName),
        assignment: assignments ? (assignments.get(member.memberId) ?? NO_BYTES) : member.assignment,
      })),
    },
    GROUP_METADATA_VERSION,
  ),
})

/** A group that somebody wants to join for the first time. */
export const newGroupRecord = (groupId: string, now: number): CoordinatorRecord =>
  groupMetadataRecord(new ClassicGroup(groupId, now))

/** The group as it was recorded: with members it is stable, for rounds of joining are not recorded. */
export const loadedGroup = (groupId: string, value: GroupMetadataValue): ClassicGroup => {
  const group = new ClassicGroup(groupId, value.currentStateTimestamp)
  group.protocolType = value.protocolType === '' ? null : value.protocolType
  group.protocolName = value.protocol
  group.generationId = value.generation
  for (const stored of value.members) group.add(loadedMember(stored, value.protocol))
  group.leaderId = value.leader
  if (value.members.length > 0) group.enter('Stable', value.currentStateTimestamp)
  return group
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

/** Ends a group. */
export const groupTombstone = (groupId: string): CoordinatorRecord => ({
  key: encodeRecordKey(GroupMetadata, { group: groupId }),
  value: null,
})

/** An offset that was committed for one partition. */
export interface CommittedOffset {
  readonly offset: number
  /** -1 when the client did not say. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestamp: number
  /** Wall-clock milliseconds; -1: as long as the group's retention says. */
  readonly expireTimestamp: number
  /** Of the topic when it was committed; the zero id when that is not known. */
  readonly topicId: string
}

export const offsetRecord = (
  group: string,
  topic: string,
  partition: number,
  committed: CommittedOffset,
): CoordinatorRecord => ({
  key: encodeRecordKey(OffsetCommit, { group, topic, partition }),
  value: encodeRecordValue(
    OffsetCommit,
    committed,
    committed.expireTimestamp < 0 ? OFFSET_VERSION : EXPIRING_OFFSET_VERSION,
  ),
})

export const offsetTombstone = (group: string, topic: string, partition: number): CoordinatorRecord => ({
  key: encodeRecordKey(OffsetCommit, { group, topic, partition }),
  value: null,
})

export const committedOffsetOf = (value: OffsetCommitValue): CommittedOffset => ({
  offset: value.offset,
  leaderEpoch: value.leaderEpoch,
  metadata: value.metadata,
  commitTimestamp: value.commitTimestamp,
  expireTimestamp: value.expireTimestamp,
  topicId: value.topicId,
})

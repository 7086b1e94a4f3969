/** What the records of consumer groups make of them. Tombstones of what is not there are passed over. */
import {
  ConsumerGroupCurrentMemberAssignment,
  type ConsumerGroupCurrentMemberAssignmentValue,
} from '../../../../protocol/records-on-disk/consumer-group-current-member-assignment'
import {
  ConsumerGroupMemberMetadata,
  type ConsumerGroupMemberMetadataValue,
} from '../../../../protocol/records-on-disk/consumer-group-member-metadata'
import { ConsumerGroupMetadata } from '../../../../protocol/records-on-disk/consumer-group-metadata'
import { ConsumerGroupPartitionMetadata } from '../../../../protocol/records-on-disk/consumer-group-partition-metadata'
import { ConsumerGroupRegularExpression } from '../../../../protocol/records-on-disk/consumer-group-regular-expression'
import { ConsumerGroupTargetAssignmentMember } from '../../../../protocol/records-on-disk/consumer-group-target-assignment-member'
import { ConsumerGroupTargetAssignmentMetadata } from '../../../../protocol/records-on-disk/consumer-group-target-assignment-metadata'
import { decodeRecordKey, decodeRecordValue, recordTypeOf } from '../../../../protocol/schema/coordinator-record'
import type { CoordinatorRecord } from '../../coordinator-shard'
import { ConsumerGroup } from './consumer-group'
import { type AssignedPartitions, LEAVE_EPOCH, NO_PARTITIONS } from './consumer-member'

/** Where consumer groups are found, made and ended by their records. */
export interface ConsumerGroupDirectory {
  find(groupId: string): ConsumerGroup | undefined
  add(group: ConsumerGroup): unknown
  remove(groupId: string): void
}

type Replay = (groups: ConsumerGroupDirectory, key: Buffer, value: Buffer | null) => void

/** The way to replay a type of record; undefined when it is not one of consumer groups. */
export const consumerReplayOf = (recordType: number): Replay | undefined => REPLAYS.get(recordType)

/** Replays the records of one group into it. */
export const replayInto = (group: ConsumerGroup, records: readonly CoordinatorRecord[]): void => {
  const directory = { find: () => group, add: () => {}, remove: () => {} }
  for (const { key, value } of records) REPLAYS.get(recordTypeOf(key))?.(directory, key, value)
}

const findOrAdd = (groups: ConsumerGroupDirectory, groupId: string): ConsumerGroup => {
  const known = groups.find(groupId)
  if (known) return known
  const group = new ConsumerGroup(groupId)
  groups.add(group)
  return group
}

const replayGroup: Replay = (groups, key, value) => {
  const { groupId } = decodeRecordKey(ConsumerGroupMetadata, key)
  if (value === null) return groups.remove(groupId)
  const { epoch, metadataHash } = decodeRecordValue(ConsumerGroupMetadata, value)
  Object.assign(findOrAdd(groups, groupId), { groupEpoch: epoch, metadataHash })
}

const replayPartitionMetadata: Replay = (groups, key, value) => {
  const { groupId } = decodeRecordKey(ConsumerGroupPartitionMetadata, key)
  const group = value === null ? groups.find(groupId) : findOrAdd(groups, groupId)
  if (group) group.hasPartitionMetadata = value !== null
}

const replayMember: Replay = (groups, key, value) => {
  const { groupId, memberId } = decodeRecordKey(ConsumerGroupMemberMetadata, key)
  if (value === null) {
    groups.find(groupId)?.removeMember(memberId)
    return
  }
  const group = findOrAdd(groups, groupId)
  const { subscribedTopicNames, classicMemberMetadata, ...rest } = decodeRecordValue(ConsumerGroupMemberMetadata, value)
  group.putMember({
    ...group.memberOrNew(memberId),
    ...rest,
    subscribedTopicNames: new Set(subscribedTopicNames),
    classic: classicOf(classicMemberMetadata),
  })
}

const replayTarget: Replay = (groups, key, value) => {
  const { groupId, memberId } = decodeRecordKey(ConsumerGroupTargetAssignmentMember, key)
  if (value === null) {
    groups.find(groupId)?.targets.delete(memberId)
    return
  }
  const { topicPartitions } = decodeRecordValue(ConsumerGroupTargetAssignmentMember, value)
  const ascending = (partitions: readonly number[]) => [...partitions].sort((a, b) => a - b)
  const target = new Map(topicPartitions.map(({ topicId, partitions }) => [topicId, ascending(partitions)]))
  findOrAdd(groups, groupId).targets.set(memberId, target)
}

const replayAssignmentEpoch: Replay = (groups, key, value) => {
  const { groupId } = decodeRecordKey(ConsumerGroupTargetAssignmentMetadata, key)
  // Its tombstone comes with that of the group only.
  if (value === null) return
  Object.assign(findOrAdd(groups, groupId), decodeRecordValue(ConsumerGroupTargetAssignmentMetadata, value))
}

const replayCurrentAssignment: Replay = (groups, key, value) => {
  const { groupId, memberId } = decodeRecordKey(ConsumerGroupCurrentMemberAssignment, key)
  if (value !== null) {
    const group = findOrAdd(groups, groupId)
    const current = decodeRecordValue(ConsumerGroupCurrentMemberAssignment, value)
    group.putMember({ ...group.memberOrNew(memberId), ...currentOf(current) })
    return
  }
  const group = groups.find(groupId)
  const member = group?.members.get(memberId)
  if (!member) return
  const gone = { memberEpoch: LEAVE_EPOCH, previousMemberEpoch: LEAVE_EPOCH }
  group!.putMember({ ...member, ...gone, assigned: NO_PARTITIONS, pendingRevocation: NO_PARTITIONS })
}

const replayRegex: Replay = (groups, key, value) => {
  const { groupId, regularExpression } = decodeRecordKey(ConsumerGroupRegularExpression, key)
  if (value === null) {
    groups.find(groupId)?.subscriptions.resolved.delete(regularExpression)
    return
  }
  const { topics, version, timestamp } = decodeRecordValue(ConsumerGroupRegularExpression, value)
  const resolved = { topics: new Set(topics), version, timestamp }
  findOrAdd(groups, groupId).subscriptions.resolved.set(regularExpression, resolved)
}

const REPLAYS: ReadonlyMap<number, Replay> = new Map([
  [ConsumerGroupMetadata.type, replayGroup],
  [ConsumerGroupPartitionMetadata.type, replayPartitionMetadata],
  [ConsumerGroupMemberMetadata.type, replayMember],
  [ConsumerGroupTargetAssignmentMetadata.type, replayAssignmentEpoch],
  [ConsumerGroupTargetAssignmentMember.type, replayTarget],
  [ConsumerGroupCurrentMemberAssignment.type, replayCurrentAssignment],
  [ConsumerGroupRegularExpression.type, replayRegex],
])

const classicOf = (value: ConsumerGroupMemberMetadataValue['classicMemberMetadata']) =>
  value && { sessionTimeoutMs: value.sessionTimeoutMs, protocols: value.supportedProtocols }

type CurrentValue = ConsumerGroupCurrentMemberAssignmentValue

const currentOf = ({ memberEpoch, previousMemberEpoch, state, ...partitions }: CurrentValue) => ({
  memberEpoch,
  previousMemberEpoch,
  state,
  assigned: assignedOf(partitions.assignedPartitions, memberEpoch),
  pendingRevocation: assignedOf(partitions.partitionsPendingRevocation, memberEpoch),
})

/** Before Kafka 4.3 records had no epochs of partitions: they count as assigned in the epoch of the member. */
const assignedOf = (topics: CurrentValue['assignedPartitions'], memberEpoch: number): AssignedPartitions =>
  new Map(
    topics.map(({ topicId, partitions, assignmentEpochs: epochs }) => {
      const epochOf = (at: number) => (epochs?.length === partitions.length ? epochs[at]! : Math.max(memberEpoch, 0))
      return [topicId, new Map(partitions.map((partition, at) => [partition, epochOf(at)]))]
    }),
  )

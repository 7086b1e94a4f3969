/** The records of consumer groups, as Kafka 4.3 writes them; sets in ascending order. */
import { ConsumerGroupCurrentMemberAssignment } from '../../../../protocol/records-on-disk/consumer-group-current-member-assignment'
import { ConsumerGroupMemberMetadata } from '../../../../protocol/records-on-disk/consumer-group-member-metadata'
import { ConsumerGroupMetadata } from '../../../../protocol/records-on-disk/consumer-group-metadata'
import { ConsumerGroupPartitionMetadata } from '../../../../protocol/records-on-disk/consumer-group-partition-metadata'
import { ConsumerGroupRegularExpression } from '../../../../protocol/records-on-disk/consumer-group-regular-expression'
import { ConsumerGroupTargetAssignmentMember } from '../../../../protocol/records-on-disk/consumer-group-target-assignment-member'
import { ConsumerGroupTargetAssignmentMetadata } from '../../../../protocol/records-on-disk/consumer-group-target-assignment-metadata'
import { encodeRecordKey, encodeRecordValue } from '../../../../protocol/schema/coordinator-record'
import type { CoordinatorRecord } from '../../coordinator-shard'
import type { TopicPartitions } from '../assignor/server-assignor'
import type { ConsumerGroup } from './consumer-group'
import type { AssignedPartitions, ConsumerMember } from './consumer-member'
import type { ResolvedRegex } from './subscriptions'

export const groupEpochRecord = (groupId: string, epoch: number, metadataHash: bigint): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupMetadata, { groupId }),
  value: encodeRecordValue(ConsumerGroupMetadata, { epoch, metadataHash }),
})

export const memberRecord = (groupId: string, member: ConsumerMember): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupMemberMetadata, { groupId, memberId: member.memberId }),
  value: encodeRecordValue(ConsumerGroupMemberMetadata, {
    instanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.subscribedTopicNames].sort(),
    subscribedTopicRegex: member.subscribedTopicRegex,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    serverAssignor: member.serverAssignor,
    classicMemberMetadata: member.classic && {
      sessionTimeoutMs: member.classic.sessionTimeoutMs,
      supportedProtocols: member.classic.protocols,
    },
  }),
})

export const currentAssignmentRecord = (groupId: string, member: ConsumerMember): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupCurrentMemberAssignment, { groupId, memberId: member.memberId }),
  value: encodeRecordValue(ConsumerGroupCurrentMemberAssignment, {
    memberEpoch: member.memberEpoch,
    previousMemberEpoch: member.previousMemberEpoch,
    state: member.state,
    assignedPartitions: withEpochs(member.assigned),
    partitionsPendingRevocation: withEpochs(member.pendingRevocation),
  }),
})

export const targetAssignmentRecord = (
  groupId: string,
  memberId: string,
  target: TopicPartitions,
): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupTargetAssignmentMember, { groupId, memberId }),
  value: encodeRecordValue(ConsumerGroupTargetAssignmentMember, {
    topicPartitions: Array.from(target, ([topicId, partitions]) => ({ topicId, partitions })),
  }),
})

export const assignmentEpochRecord = (
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupTargetAssignmentMetadata, { groupId }),
  value: encodeRecordValue(ConsumerGroupTargetAssignmentMetadata, { assignmentEpoch, assignmentTimestamp }),
})

export const regexRecord = (
  groupId: string,
  regularExpression: string,
  { topics, version, timestamp }: ResolvedRegex,
): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupRegularExpression, { groupId, regularExpression }),
  value: encodeRecordValue(ConsumerGroupRegularExpression, { topics: [...topics].sort(), version, timestamp }),
})

export const regexTombstone = (groupId: string, regularExpression: string): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupRegularExpression, { groupId, regularExpression }),
  value: null,
})

export const partitionMetadataTombstone = (groupId: string): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupPartitionMetadata, { groupId }),
  value: null,
})

/** Takes a member out of its group. */
export const memberTombstones = (groupId: string, memberId: string): CoordinatorRecord[] => [
  currentAssignmentTombstone(groupId, memberId),
  targetAssignmentTombstone(groupId, memberId),
  memberTombstone(groupId, memberId),
]

/** Ends a group with all its members. */
export const consumerGroupTombstones = ({ groupId, members, subscriptions }: ConsumerGroup): CoordinatorRecord[] => {
  const memberIds = [...members.keys()]
  return [
    ...memberIds.map(memberId => currentAssignmentTombstone(groupId, memberId)),
    ...memberIds.map(memberId => targetAssignmentTombstone(groupId, memberId)),
    { key: encodeRecordKey(ConsumerGroupTargetAssignmentMetadata, { groupId }), value: null },
    ...memberIds.map(memberId => memberTombstone(groupId, memberId)),
    ...Array.from(subscriptions.resolved.keys(), regex => regexTombstone(groupId, regex)),
    partitionMetadataTombstone(groupId),
    { key: encodeRecordKey(ConsumerGroupMetadata, { groupId }), value: null },
  ]
}

/** All that there is to say of a group, as it is written when a classic one becomes a consumer group. */
export const consumerGroupRecords = (group: ConsumerGroup): CoordinatorRecord[] => {
  const { groupId, groupEpoch, metadataHash, assignmentEpoch, assignmentTimestamp } = group
  const members = [...group.members.values()]
  return [
    ...members.map(member => memberRecord(groupId, member)),
    groupEpochRecord(groupId, groupEpoch, metadataHash),
    ...members.map(({ memberId }) => targetAssignmentRecord(groupId, memberId, group.target(memberId))),
    assignmentEpochRecord(groupId, assignmentEpoch, assignmentTimestamp),
    ...members.map(member => currentAssignmentRecord(groupId, member)),
  ]
}

const memberTombstone = (groupId: string, memberId: string): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupMemberMetadata, { groupId, memberId }),
  value: null,
})

const currentAssignmentTombstone = (groupId: string, memberId: string): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupCurrentMemberAssignment, { groupId, memberId }),
  value: null,
})

const targetAssignmentTombstone = (groupId: string, memberId: string): CoordinatorRecord => ({
  key: encodeRecordKey(ConsumerGroupTargetAssignmentMember, { groupId, memberId }),
  value: null,
})

const withEpochs = (assigned: AssignedPartitions) =>
  Array.from(assigned, ([topicId, epochs]) => {
    const sorted = [...epochs].sort(([a], [b]) => a - b)
    return { topicId, partitions: sorted.map(([partition]) => partition), assignmentEpochs: sorted.map(([, at]) => at) }
  })

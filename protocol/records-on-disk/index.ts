import type { CoordinatorRecord } from '../schema/coordinator-record'
import { ConsumerGroupCurrentMemberAssignment } from './consumer-group-current-member-assignment'
import { ConsumerGroupMemberMetadata } from './consumer-group-member-metadata'
import { ConsumerGroupMetadata } from './consumer-group-metadata'
import { ConsumerGroupPartitionMetadata } from './consumer-group-partition-metadata'
import { ConsumerGroupRegularExpression } from './consumer-group-regular-expression'
import { ConsumerGroupTargetAssignmentMember } from './consumer-group-target-assignment-member'
import { ConsumerGroupTargetAssignmentMetadata } from './consumer-group-target-assignment-metadata'
import { GroupMetadata } from './group-metadata'
import { LegacyOffsetCommit } from './legacy-offset-commit'
import { OffsetCommit } from './offset-commit'
import { ShareGroupCurrentMemberAssignment } from './share-group-current-member-assignment'
import { ShareGroupMemberMetadata } from './share-group-member-metadata'
import { ShareGroupMetadata } from './share-group-metadata'
import { ShareGroupStatePartitionMetadata } from './share-group-state-partition-metadata'
import { ShareGroupTargetAssignmentMember } from './share-group-target-assignment-member'
import { ShareGroupTargetAssignmentMetadata } from './share-group-target-assignment-metadata'
import { ShareSnapshot } from './share-snapshot'
import { ShareUpdate } from './share-update'
import { StreamsGroupCurrentMemberAssignment } from './streams-group-current-member-assignment'
import { StreamsGroupMemberMetadata } from './streams-group-member-metadata'
import { StreamsGroupMetadata } from './streams-group-metadata'
import { StreamsGroupTargetAssignmentMember } from './streams-group-target-assignment-member'
import { StreamsGroupTargetAssignmentMetadata } from './streams-group-target-assignment-metadata'
import { StreamsGroupTopology } from './streams-group-topology'
import { TransactionLog } from './transaction-log'

export * from './cluster-metadata'
export * from './consumer-group-current-member-assignment'
export * from './consumer-group-member-metadata'
export * from './consumer-group-metadata'
export * from './consumer-group-partition-metadata'
export * from './consumer-group-regular-expression'
export * from './consumer-group-target-assignment-member'
export * from './consumer-group-target-assignment-metadata'
export * from './control-records'
export * from './group-metadata'
export * from './legacy-offset-commit'
export * from './offset-commit'
export * from './producer-snapshot'
export * from './share-group-current-member-assignment'
export * from './share-group-member-metadata'
export * from './share-group-metadata'
export * from './share-group-state-partition-metadata'
export * from './share-group-target-assignment-member'
export * from './share-group-target-assignment-metadata'
export * from './share-snapshot'
export * from './share-update'
export * from './streams-group-current-member-assignment'
export * from './streams-group-member-metadata'
export * from './streams-group-metadata'
export * from './streams-group-target-assignment-member'
export * from './streams-group-target-assignment-metadata'
export * from './streams-group-topology'
export * from './transaction-log'

const byType = (...records: readonly CoordinatorRecord[]): ReadonlyMap<number, CoordinatorRecord> =>
  new Map(records.map(record => [record.type, record]))

/** The records of `__consumer_offsets` by their type. */
export const groupRecords = byType(
  LegacyOffsetCommit,
  OffsetCommit,
  GroupMetadata,
  ConsumerGroupMetadata,
  ConsumerGroupPartitionMetadata,
  ConsumerGroupMemberMetadata,
  ConsumerGroupTargetAssignmentMetadata,
  ConsumerGroupTargetAssignmentMember,
  ConsumerGroupCurrentMemberAssignment,
  ShareGroupMemberMetadata,
  ShareGroupMetadata,
  ShareGroupTargetAssignmentMetadata,
  ShareGroupTargetAssignmentMember,
  ShareGroupCurrentMemberAssignment,
  ShareGroupStatePartitionMetadata,
  ConsumerGroupRegularExpression,
  StreamsGroupMetadata,
  StreamsGroupMemberMetadata,
  StreamsGroupTargetAssignmentMetadata,
  StreamsGroupTargetAssignmentMember,
  StreamsGroupCurrentMemberAssignment,
  StreamsGroupTopology,
)

/** The records of `__transaction_state` by their type. */
export const transactionRecords = byType(TransactionLog)

/** The records of `__share_group_state` by their type. */
export const shareRecords = byType(ShareSnapshot, ShareUpdate)

import type { Api } from '../schema/api'
import { Produce } from './00-produce'
import { Fetch } from './01-fetch'
import { ListOffsets } from './02-list-offsets'
import { Metadata } from './03-metadata'
import { OffsetCommit } from './08-offset-commit'
import { OffsetFetch } from './09-offset-fetch'
import { FindCoordinator } from './10-find-coordinator'
import { JoinGroup } from './11-join-group'
import { Heartbeat } from './12-heartbeat'
import { LeaveGroup } from './13-leave-group'
import { SyncGroup } from './14-sync-group'
import { DescribeGroups } from './15-describe-groups'
import { ListGroups } from './16-list-groups'
import { SaslHandshake } from './17-sasl-handshake'
import { ApiVersions } from './18-api-versions'
import { CreateTopics } from './19-create-topics'
import { DeleteTopics } from './20-delete-topics'
import { DeleteRecords } from './21-delete-records'
import { InitProducerId } from './22-init-producer-id'
import { OffsetForLeaderEpoch } from './23-offset-for-leader-epoch'
import { AddPartitionsToTxn } from './24-add-partitions-to-txn'
import { AddOffsetsToTxn } from './25-add-offsets-to-txn'
import { EndTxn } from './26-end-txn'
import { WriteTxnMarkers } from './27-write-txn-markers'
import { TxnOffsetCommit } from './28-txn-offset-commit'
import { DescribeAcls } from './29-describe-acls'
import { CreateAcls } from './30-create-acls'
import { DeleteAcls } from './31-delete-acls'
import { DescribeConfigs } from './32-describe-configs'
import { AlterConfigs } from './33-alter-configs'
import { AlterReplicaLogDirs } from './34-alter-replica-log-dirs'
import { DescribeLogDirs } from './35-describe-log-dirs'
import { SaslAuthenticate } from './36-sasl-authenticate'
import { CreatePartitions } from './37-create-partitions'
import { CreateDelegationToken } from './38-create-delegation-token'
import { RenewDelegationToken } from './39-renew-delegation-token'
import { ExpireDelegationToken } from './40-expire-delegation-token'
import { DescribeDelegationToken } from './41-describe-delegation-token'
import { DeleteGroups } from './42-delete-groups'
import { ElectLeaders } from './43-elect-leaders'
import { IncrementalAlterConfigs } from './44-incremental-alter-configs'
import { AlterPartitionReassignments } from './45-alter-partition-reassignments'
import { ListPartitionReassignments } from './46-list-partition-reassignments'
import { OffsetDelete } from './47-offset-delete'
import { DescribeClientQuotas } from './48-describe-client-quotas'
import { AlterClientQuotas } from './49-alter-client-quotas'
import { DescribeUserScramCredentials } from './50-describe-user-scram-credentials'
import { AlterUserScramCredentials } from './51-alter-user-scram-credentials'
import { DescribeQuorum } from './55-describe-quorum'
import { AlterPartition } from './56-alter-partition'
import { UpdateFeatures } from './57-update-features'
import { DescribeCluster } from './60-describe-cluster'
import { DescribeProducers } from './61-describe-producers'
import { BrokerRegistration } from './62-broker-registration'
import { BrokerHeartbeat } from './63-broker-heartbeat'
import { UnregisterBroker } from './64-unregister-broker'
import { DescribeTransactions } from './65-describe-transactions'
import { ListTransactions } from './66-list-transactions'
import { AllocateProducerIds } from './67-allocate-producer-ids'
import { ConsumerGroupHeartbeat } from './68-consumer-group-heartbeat'
import { ConsumerGroupDescribe } from './69-consumer-group-describe'
import { ControllerRegistration } from './70-controller-registration'
import { GetTelemetrySubscriptions } from './71-get-telemetry-subscriptions'
import { PushTelemetry } from './72-push-telemetry'
import { AssignReplicasToDirs } from './73-assign-replicas-to-dirs'
import { ListConfigResources } from './74-list-config-resources'
import { DescribeTopicPartitions } from './75-describe-topic-partitions'
import { ShareGroupHeartbeat } from './76-share-group-heartbeat'
import { ShareGroupDescribe } from './77-share-group-describe'
import { ShareFetch } from './78-share-fetch'
import { ShareAcknowledge } from './79-share-acknowledge'
import { InitializeShareGroupState } from './83-initialize-share-group-state'
import { ReadShareGroupState } from './84-read-share-group-state'
import { WriteShareGroupState } from './85-write-share-group-state'
import { DeleteShareGroupState } from './86-delete-share-group-state'
import { ReadShareGroupStateSummary } from './87-read-share-group-state-summary'
import { StreamsGroupHeartbeat } from './88-streams-group-heartbeat'
import { StreamsGroupDescribe } from './89-streams-group-describe'
import { DescribeShareGroupOffsets } from './90-describe-share-group-offsets'
import { AlterShareGroupOffsets } from './91-alter-share-group-offsets'
import { DeleteShareGroupOffsets } from './92-delete-share-group-offsets'

/** Every API that is defined here, ascending by key. */
export const apis: readonly Api[] = [
  Produce,
  Fetch,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
  FindCoordinator,
  JoinGroup,
  Heartbeat,
  LeaveGroup,
  SyncGroup,
  DescribeGroups,
  ListGroups,
  SaslHandshake,
  ApiVersions,
  CreateTopics,
  DeleteTopics,
  DeleteRecords,
  InitProducerId,
  OffsetForLeaderEpoch,
  AddPartitionsToTxn,
  AddOffsetsToTxn,
  EndTxn,
  WriteTxnMarkers,
  TxnOffsetCommit,
  DescribeAcls,
  CreateAcls,
  DeleteAcls,
  DescribeConfigs,
  AlterConfigs,
  AlterReplicaLogDirs,
  DescribeLogDirs,
  SaslAuthenticate,
  CreatePartitions,
  CreateDelegationToken,
  RenewDelegationToken,
  ExpireDelegationToken,
  DescribeDelegationToken,
  DeleteGroups,
  ElectLeaders,
  IncrementalAlterConfigs,
  AlterPartitionReassignments,
  ListPartitionReassignments,
  OffsetDelete,
  DescribeClientQuotas,
  AlterClientQuotas,
  DescribeUserScramCredentials,
  AlterUserScramCredentials,
  DescribeQuorum,
  AlterPartition,
  UpdateFeatures,
  DescribeCluster,
  DescribeProducers,
  BrokerRegistration,
  BrokerHeartbeat,
  UnregisterBroker,
  DescribeTransactions,
  ListTransactions,
  AllocateProducerIds,
  ConsumerGroupHeartbeat,
  ConsumerGroupDescribe,
  ControllerRegistration,
  GetTelemetrySubscriptions,
  PushTelemetry,
  AssignReplicasToDirs,
  ListConfigResources,
  DescribeTopicPartitions,
  ShareGroupHeartbeat,
  ShareGroupDescribe,
  ShareFetch,
  ShareAcknowledge,
  InitializeShareGroupState,
  ReadShareGroupState,
  WriteShareGroupState,
  DeleteShareGroupState,
  ReadShareGroupStateSummary,
  StreamsGroupHeartbeat,
  StreamsGroupDescribe,
  DescribeShareGroupOffsets,
  AlterShareGroupOffsets,
  DeleteShareGroupOffsets,
]

const byKey = new Map(apis.map(api => [api.key, api]))

/** Undefined for a key that Kafka does not have, and for those of KRaft's own APIs. */
export const apiByKey = (key: number): Api | undefined => byKey.get(key)

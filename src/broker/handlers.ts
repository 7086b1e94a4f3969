import type { BrokerConfig } from '../config/broker-config'
import { describeTopic } from '../config/config-description'
import type { DynamicBrokerConfig } from '../config/dynamic-broker-config'
import { addOffsetsToTxn } from '../handlers/add-offsets-to-txn'
import { addPartitionsToTxn } from '../handlers/add-partitions-to-txn'
import { alterConfigs } from '../handlers/alter-configs'
import { alterReplicaLogDirs } from '../handlers/alter-replica-log-dirs'
import { consumerGroupDescribe } from '../handlers/consumer-group-describe'
import { consumerGroupHeartbeat } from '../handlers/consumer-group-heartbeat'
import { createPartitions } from '../handlers/create-partitions'
import { createTopics } from '../handlers/create-topics'
import { deleteGroups } from '../handlers/delete-groups'
import { deleteRecords } from '../handlers/delete-records'
import { deleteTopics } from '../handlers/delete-topics'
import { describeCluster } from '../handlers/describe-cluster'
import { describeConfigs } from '../handlers/describe-configs'
import { describeGroups } from '../handlers/describe-groups'
import { describeLogDirs } from '../handlers/describe-log-dirs'
import { describeProducers } from '../handlers/describe-producers'
import { describeTopicPartitions } from '../handlers/describe-topic-partitions'
import { describeTransactions } from '../handlers/describe-transactions'
import { endTxn } from '../handlers/end-txn'
import { fetch } from '../handlers/fetch'
import { findCoordinator } from '../handlers/find-coordinator'
import type { Handler } from '../handlers/handler'
import { heartbeat } from '../handlers/heartbeat'
import { incrementalAlterConfigs } from '../handlers/incremental-alter-configs'
import { initProducerId } from '../handlers/init-producer-id'
import { joinGroup } from '../handlers/join-group'
import { leaveGroup } from '../handlers/leave-group'
import { listConfigResources } from '../handlers/list-config-resources'
import { listGroups } from '../handlers/list-groups'
import { listOffsets } from '../handlers/list-offsets'
import { listTransactions } from '../handlers/list-transactions'
import { metadata } from '../handlers/metadata'
import { offsetCommit } from '../handlers/offset-commit'
import { offsetDelete } from '../handlers/offset-delete'
import { offsetFetch } from '../handlers/offset-fetch'
import { offsetForLeaderEpoch } from '../handlers/offset-for-leader-epoch'
import { produce } from '../handlers/produce'
import { syncGroup } from '../handlers/sync-group'
import { txnOffsetCommit } from '../handlers/txn-offset-commit'
import { writeTxnMarkers } from '../handlers/write-txn-markers'
import type { Platform } from '../io/platform'
import type { Timers } from '../io/timers'
import type { LogDirectories } from '../log/log-directories'
import type { ConfigAdmin } from '../metadata/config-admin'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { ProducerIdBlocks } from '../metadata/producer-id-blocks'
import type { TopicAdmin } from '../metadata/topic-admin'
import { FetchSessionCache } from '../replication/fetch-session'
import type { Partitions } from '../replication/partitions'
import type { groupCoordinator } from './coordinators'
import type { transactionCoordinator } from './transactions'

export interface HandlerDependencies {
  readonly platform: Platform
  readonly brokerId: number
  readonly config: DynamicBrokerConfig
  readonly cache: MetadataCache
  readonly topics: TopicAdmin
  readonly configs: ConfigAdmin
  readonly producerIds: ProducerIdBlocks
  readonly directories: LogDirectories
  readonly partitions: Partitions
  readonly sessions: FetchSessionCache
  /** Fetches wait for records by these. */
  readonly fetchTimers: Timers
  readonly groupCoordinator: ReturnType<typeof groupCoordinator>
  readonly transactionCoordinator: ReturnType<typeof transactionCoordinator>
}

/** All APIs that a broker serves; what is not here is not advertised. */
export const brokerHandlers = (dependencies: HandlerDependencies): Handler[] => {
  const { platform, brokerId, config, cache, topics, configs, producerIds, directories, partitions, sessions } =
    dependencies
  const { clock, timers } = platform
  const { groups } = dependencies.groupCoordinator
  const { transactions, gate, markers } = dependencies.transactionCoordinator
  const isVerified = () => config.current.transactionPartitionVerificationEnable
  const isConsumerProtocolEnabled = () => config.current.groupCoordinatorRebalanceProtocols.includes('consumer')
  const offsetsPartitionOf = (groupId: string) => dependencies.groupCoordinator.runtime.partitionOf(groupId)
  const current = () => config.current
  const internalTopics = [dependencies.groupCoordinator.topic, dependencies.transactionCoordinator.topic]
  const configDependencies = { cache, admin: configs, config, brokerId }
  const describe = (overrides: Readonly<Record<string, string>>) =>
    describeTopic(config.layers, overrides, null).map(({ source, ...entry }) => ({ ...entry, configSource: source }))
  return [
    produce({ partitions, cache, clock, timers, transactions: gate, isVerified }),
    fetch({
      partitions,
      cache,
      sessions,
      timers: dependencies.fetchTimers,
      maxBytes: () => config.current.fetchMaxBytes,
    }),
    listOffsets({ partitions }),
    metadata({ cache, topics, internalTopics, config: current }),
    createTopics({ topics, describe }),
    deleteTopics({ topics, config: current }),
    deleteRecords({ partitions }),
    initProducerId({ producerIds, transactions }),
    offsetForLeaderEpoch({ partitions }),
    describeConfigs(configDependencies),
    alterConfigs(configDependencies),
    alterReplicaLogDirs({ directories, partitions }),
    describeLogDirs({ directories }),
    createPartitions({ topics }),
    incrementalAlterConfigs(configDependencies),
    describeCluster({ cache }),
    describeProducers({ partitions }),
    listConfigResources({ cache }),
    describeTopicPartitions({ cache, config: current }),
    findCoordinator({
      cache,
      groups: dependencies.groupCoordinator,
      transactions: dependencies.transactionCoordinator,
    }),
    joinGroup({ groups }),
    syncGroup({ groups }),
    heartbeat({ groups }),
    leaveGroup({ groups }),
    offsetCommit({ groups, cache }),
    offsetFetch({ groups, cache }),
    offsetDelete({ groups, cache }),
    describeGroups({ groups }),
    listGroups({ groups }),
    deleteGroups({ groups }),
    consumerGroupHeartbeat({ groups, isEnabled: isConsumerProtocolEnabled }),
    consumerGroupDescribe({ groups, isEnabled: isConsumerProtocolEnabled }),
    addPartitionsToTxn({ cache, transactions }),
    addOffsetsToTxn({ transactions, groups: dependencies.groupCoordinator }),
    endTxn({ transactions }),
    txnOffsetCommit({ groups, offsetsPartitionOf, partitions, gate, isVerified, cache }),
    writeTxnMarkers({ markers }),
    describeTransactions({ transactions }),
    listTransactions({ transactions }),
  ] as Handler[]
}

export const fetchSessions = ({ maxIncrementalFetchSessionCacheSlots: slots }: BrokerConfig, platform: Platform) =>
  new FetchSessionCache({ ...platform, slots, evictionMs: FETCH_SESSION_EVICTION_MS })

/** Time in milliseconds that a session may keep its slot without being used (Kafka: 2 minutes, not configurable). */
const FETCH_SESSION_EVICTION_MS = 120_000

import type { DynamicBrokerConfig } from '../config/dynamic-broker-config'
import { CoordinatorRuntime } from '../coordinator/coordinator-runtime'
import { CONSUMER_OFFSETS } from '../coordinator/group/group-coordinator'
import type { GroupShard } from '../coordinator/group/group-shard'
import { InternalTopic } from '../coordinator/internal-topic'
import { LocalMarkerWriter } from '../coordinator/transaction/marker-writer'
import { TRANSACTION_STATE, TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import { TransactionFigures } from '../coordinator/transaction/transaction-figures'
import { TransactionShard } from '../coordinator/transaction/transaction-shard'
import type { ProducerIdBlocks } from '../metadata/producer-id-blocks'
import { TransactionGate } from '../replication/transaction-gate'
import type { CoordinatorParts } from './coordinators'

export interface TransactionParts extends CoordinatorParts {
  readonly producerIds: ProducerIdBlocks
  /** Whose offsets are part of transactions. */
  readonly groups: CoordinatorRuntime<GroupShard>
}

/** The transaction coordinator of a broker, and the gate that lets producers of transactions into its partitions. */
export const transactionCoordinator = (parts: TransactionParts) => {
  const { platform, config, cache, partitions, producerIds, groups } = parts
  const { clock, timers, logger } = platform
  const settings = () => config.current
  const figures = new TransactionFigures()
  const markers = new LocalMarkerWriter({
    partitions,
    clock,
    listener: (topic, partition) => (topic === CONSUMER_OFFSETS ? groups.host(partition) : undefined),
  })
  const runtime: CoordinatorRuntime<TransactionShard> = new CoordinatorRuntime<TransactionShard>({
    topic: TRANSACTION_STATE,
    loadBufferBytes: config.current.transactionStateLogLoadBufferSize,
    makeShard: (partition, shardTimers) =>
      new TransactionShard({
        timers: shardTimers,
        settings,
        markers,
        coordinatorEpoch: partitions.find(TRANSACTION_STATE, partition)!.leaderEpoch,
        nextProducerId: () => producerIds.next(),
        figures,
        run: operation => runtime.runOn(partition, operation),
        logger,
      }),
    cache,
    partitions,
    clock,
    timers,
    logger,
  })
  const transactions = new TransactionCoordinator({ runtime, producerIds, settings, timers })
  const gate = new TransactionGate({ verifier: transactions, clock })
  return {
    transactions,
    gate,
    markers,
    runtime,
    figures,
    topic: transactionTopic(config, parts),
    close: () => runtime.close(),
  }
}

const transactionTopic = (config: DynamicBrokerConfig, { cache, topics, platform }: TransactionParts) => {
  const {
    transactionStateLogNumPartitions,
    transactionStateLogReplicationFactor,
    transactionStateLogMinIsr,
    transactionStateLogSegmentBytes,
  } = config.current
  return new InternalTopic({
    name: TRANSACTION_STATE,
    partitions: transactionStateLogNumPartitions,
    replicationFactor: transactionStateLogReplicationFactor,
    settings: {
      'unclean.leader.election.enable': 'false',
      'compression.type': 'uncompressed',
      'cleanup.policy': 'compact',
      'min.insync.replicas': String(transactionStateLogMinIsr),
      'segment.bytes': String(transactionStateLogSegmentBytes),
    },
    cache,
    topics,
    logger: platform.logger,
  })
}

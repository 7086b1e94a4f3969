import type { DynamicBrokerConfig } from '../config/dynamic-broker-config'
import { CoordinatorRuntime } from '../coordinator/coordinator-runtime'
import { TopicMetadata } from '../coordinator/group/consumer/topic-metadata'
import { CONSUMER_OFFSETS, GroupCoordinator, newUuid } from '../coordinator/group/group-coordinator'
import { GroupShard } from '../coordinator/group/group-shard'
import { InternalTopic } from '../coordinator/internal-topic'
import type { Platform } from '../io/platform'
import { GroupConfigs } from '../metadata/group-configs'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { TopicAdmin } from '../metadata/topic-admin'
import { randomTopicId } from '../metadata/topic-id'
import type { Partitions } from '../replication/partitions'

export interface CoordinatorParts {
  readonly platform: Platform
  readonly config: DynamicBrokerConfig
  readonly cache: MetadataCache
  readonly topics: TopicAdmin
  readonly partitions: Partitions
}

/** The group coordinator of a broker. Must be made after `partitions`, whose view of the metadata has to be newer. */
export const groupCoordinator = (parts: CoordinatorParts) => {
  const { platform, config, cache, topics, partitions } = parts
  const { clock, timers, random, logger } = platform
  const settings = () => config.current
  const topicMetadata = new TopicMetadata(cache)
  const groupConfigs = new GroupConfigs(cache, config)
  const runtime = new CoordinatorRuntime<GroupShard>({
    topic: CONSUMER_OFFSETS,
    compression: config.current.offsetsTopicCompressionCodec,
    loadBufferBytes: config.current.offsetsLoadBufferSize,
    makeShard: (_partition, shardTimers) =>
      new GroupShard({
        timers: shardTimers,
        settings,
        newUuid: () => newUuid(random),
        newMemberId: () => randomTopicId(random),
        topics: topicMetadata,
        configOf: groupId => groupConfigs.of(groupId),
      }),
    cache,
    partitions,
    clock,
    timers,
    logger,
  })
  const groups = new GroupCoordinator({ runtime, settings })
  const stopForgetting = cache.onChange((_image, delta) => {
    const deleted = delta.topics.flatMap(({ before, after }) => (before && !after ? [before.name] : []))
    if (deleted.length > 0) void groups.forgetTopics(new Set(deleted))
  })
  const { offsetsTopicNumPartitions, offsetsTopicReplicationFactor, offsetsTopicSegmentBytes } = config.current
  const topic = new InternalTopic({
    name: CONSUMER_OFFSETS,
    partitions: offsetsTopicNumPartitions,
    replicationFactor: offsetsTopicReplicationFactor,
    settings: {
      'cleanup.policy': 'compact',
      'compression.type': 'producer',
      'segment.bytes': String(offsetsTopicSegmentBytes),
    },
    cache,
    topics,
    logger,
  })
  const close = () => {
    stopForgetting()
    runtime.close()
    topicMetadata.close()
  }
  return { groups, runtime, topic, close }
}

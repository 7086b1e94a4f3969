import type { MetadataCache } from '../../metadata/metadata-cache'
import { type Collector, inSteps } from '../../metrics/scrape'
import { clusterMetrics as metrics } from '../../metrics/tables/cluster-metrics'
import type { FetchSessionCache } from '../../replication/fetch-session'
import type { PartitionWatcher } from '../../replication/partition'
import type { Partitions } from '../../replication/partitions'
import { writeSeries } from './series'

export interface ClusterSources {
  readonly brokerId: number
  readonly cache: MetadataCache
  readonly partitions: Partitions
  readonly sessions: FetchSessionCache
}

/** Replicas of this broker, what waits for them, and what the controller knows. */
export const clusterCollector = (sources: ClusterSources): Collector =>
  function* (out) {
    const replicas = yield* countReplicas(sources.partitions)
    out.single(metrics.partitions, replicas.all)
    out.single(metrics.leaders, replicas.led)
    out.single(metrics.underReplicated, replicas.underReplicated)
    out.single(metrics.underMinIsr, replicas.underMinIsr)
    out.single(metrics.offlineReplicas, replicas.offline)
    const controlled = yield* countControlled(sources)
    out.single(metrics.activeController, controlled.isController ? 1 : 0)
    out.single(metrics.offlinePartitions, controlled.offline)
    out.single(metrics.topicCount, controlled.topics)
    out.single(metrics.partitionCount, controlled.partitions)
    out.single(metrics.brokers, controlled.brokers)
    yield* writeSeries(out, metrics.purgatory, [
      [replicas.waitingAppends, 'Produce'],
      [replicas.waitingFetches, 'Fetch'],
    ])
    out.single(metrics.fetchSessions, sources.sessions.size)
    out.single(metrics.fetchSessionPartitions, sources.sessions.partitionCount)
    out.single(metrics.fetchSessionEvictions, sources.sessions.evictions)
  }

const countReplicas = function* (partitions: Partitions) {
  const counts = { all: 0, led: 0, underReplicated: 0, underMinIsr: 0, offline: 0, waitingAppends: 0 }
  // One fetch waits on many partitions.
  const fetches = new Set<PartitionWatcher>()
  yield* inSteps(partitions, partition => {
    const { isr, replicas, minIsr } = partition.state
    counts.all++
    if (partition.log.isOffline) counts.offline++
    if (partition.isLeader) {
      counts.led++
      if (isr.length < replicas.length) counts.underReplicated++
      if (isr.length < minIsr) counts.underMinIsr++
    }
    counts.waitingAppends += partition.waitingAppends
    for (const watcher of partition.watchers) fetches.add(watcher)
  })
  return { ...counts, waitingFetches: fetches.size }
}

const NO_LEADER = -1

/** Of the whole cluster, so that only one broker tells it. */
const countControlled = function* ({ cache, brokerId }: ClusterSources) {
  const image = cache.current
  if (image.controllerId !== brokerId) {
    return { isController: false, offline: 0, topics: 0, partitions: 0, brokers: 0 }
  }
  const counts = { offline: 0, partitions: 0 }
  yield* inSteps(image.topics(), ({ partitions }) => {
    counts.partitions += partitions.length
    for (const { leader } of partitions) if (leader === NO_LEADER) counts.offline++
  })
  return { isController: true, ...counts, topics: image.topicCount, brokers: image.brokers.size }
}

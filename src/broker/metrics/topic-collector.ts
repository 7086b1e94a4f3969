import { type Exposition, labelText } from '../../metrics/exposition'
import type { Metric } from '../../metrics/metric'
import type { Collector } from '../../metrics/scrape'
import { topicMetrics as metrics } from '../../metrics/tables/topic-metrics'
import type { Partition } from '../../replication/partition'
import { PartitionTraffic } from '../../replication/partition-traffic'
import { type GroupSources, sizeOf } from './group-collector'
import { writeSeries } from './series'

/** Which counter is which metric. */
const TRAFFIC = [
  ['messagesIn', metrics.messagesIn],
  ['bytesIn', metrics.bytesIn],
  ['bytesOut', metrics.bytesOut],
  ['produceRequests', metrics.produceRequests],
  ['failedProduceRequests', metrics.failedProduceRequests],
  ['fetchRequests', metrics.fetchRequests],
  ['failedFetchRequests', metrics.failedFetchRequests],
] as const

/** Traffic by topic, and the state of each partition. */
export const topicCollector = ({ partitions, groups, limits }: GroupSources): Collector =>
  function* (out) {
    const { topicsMax, partitionsMax, groupsMax } = limits()
    const { pairs, offsets } = sizeOf(groups)
    const hosted = [...partitions]
    const names = new Set(hosted.map(({ topic }) => topic))
    yield* traffic(out, hosted, names.size > topicsMax)
    yield* states(out, hosted.length > partitionsMax ? [] : hosted)
    yield* writeSeries(out, metrics.omitted, [
      [names.size > topicsMax ? 1 : 0, 'topics'],
      [hosted.length > partitionsMax ? 1 : 0, 'partitions'],
      [pairs > groupsMax ? 1 : 0, 'groups'],
      [offsets > partitionsMax ? 1 : 0, 'offsets'],
    ])
  }

/** Without labels, all topics are one series. */
const traffic = function* (out: Exposition, hosted: readonly Partition[], isSummed: boolean): Iterable<void> {
  const sums = new Map<string, PartitionTraffic>(isSummed ? [['', new PartitionTraffic()]] : [])
  for (const { topic, traffic: counted } of hosted) {
    const name = isSummed ? '' : topic
    let sum = sums.get(name)
    if (!sum) {
      sum = new PartitionTraffic()
      sums.set(name, sum)
    }
    for (const [key] of TRAFFIC) sum[key] += counted[key]
    yield
  }
  const labels = Array.from(sums, ([topic, sum]) => ({ sum, text: topic === '' ? '' : labelText(['topic', topic]) }))
  for (const [key, metric] of TRAFFIC) {
    out.begin(metric)
    for (const { sum, text } of labels) {
      out.sample(sum[key], text)
      yield
    }
  }
}

const PARTITION_VALUES: readonly (readonly [metric: Metric, value: (partition: Partition) => number])[] = [
  [metrics.logSize, ({ log }) => log.sizeInBytes],
  [metrics.logStartOffset, ({ log }) => log.logStartOffset],
  [metrics.logEndOffset, ({ log }) => log.logEndOffset],
  [metrics.lastStableOffsetLag, ({ log }) => log.highWatermark - log.lastStableOffset],
]

const states = function* (out: Exposition, hosted: readonly Partition[]): Iterable<void> {
  const labels = hosted.map(({ topic, index }) => labelText(['topic', topic], ['partition', index]))
  for (const [metric, read] of PARTITION_VALUES) {
    out.begin(metric)
    for (const [index, partition] of hosted.entries()) {
      out.sample(read(partition), labels[index]!)
      yield
    }
  }
}

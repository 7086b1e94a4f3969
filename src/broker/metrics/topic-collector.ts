import { type Exposition, labelText } from '../../metrics/exposition'
import { type Collector, inSteps } from '../../metrics/scrape'
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
    const { pairs, offsets } = yield* sizeOf(groups)
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
  yield* inSteps(hosted, ({ topic, traffic: counted }) => {
    const name = isSummed ? '' : topic
    let sum = sums.get(name)
    if (!sum) {
      sum = new PartitionTraffic()
      sums.set(name, sum)
    }
    for (const [key] of TRAFFIC) sum[key] += counted[key]
  })
  const labels = Array.from(sums, ([topic, sum]) => ({ sum, text: topic === '' ? '' : labelText(['topic', topic]) }))
  for (const [key, metric] of TRAFFIC) {
    out.begin(metric)
    yield* inSteps(labels, ({ sum, text }) => out.sample(sum[key], text))
  }
}

const PARTITION_METRICS = [
  metrics.logSize,
  metrics.logStartOffset,
  metrics.logEndOffset,
  metrics.lastStableOffsetLag,
] as const

/** The values of a partition in the order of `PARTITION_METRICS`. */
const valuesOf = ({ log }: Partition): readonly number[] => [
  log.sizeInBytes,
  log.logStartOffset,
  log.logEndOffset,
  log.highWatermark - log.lastStableOffset,
]

/** Each partition is looked at once, for ten thousand of them are not in any cache of the processor. */
const states = function* (out: Exposition, hosted: readonly Partition[]): Iterable<void> {
  const labels: string[] = []
  const columns = PARTITION_METRICS.map(() => new Float64Array(hosted.length))
  yield* inSteps(hosted, (partition, row) => {
    labels.push(labelText(['topic', partition.topic], ['partition', partition.index]))
    for (const [column, value] of valuesOf(partition).entries()) columns[column]![row] = value
  })
  for (const [column, metric] of PARTITION_METRICS.entries()) {
    out.begin(metric)
    const values = columns[column]!
    yield* inSteps(labels, (label, row) => out.sample(values[row]!, label))
  }
}

import type { CoordinatorRuntime } from '../../coordinator/coordinator-runtime'
import type { GroupShard } from '../../coordinator/group/group-shard'
import { type Exposition, labelText } from '../../metrics/exposition'
import type { Metric } from '../../metrics/metric'
import { type Collector, inSteps } from '../../metrics/scrape'
import { coordinatorMetrics as metrics } from '../../metrics/tables/coordinator-metrics'
import type { Partitions } from '../../replication/partitions'
import { writeSeries } from './series'
import type { SeriesLimits } from './series-limits'

export interface GroupSources {
  readonly groups: CoordinatorRuntime<GroupShard>
  readonly partitions: Partitions
  readonly limits: () => SeriesLimits
}

interface CountedGroup {
  readonly groupId: string
  readonly state: string
  readonly members: number
  /** By topic; null where there are too many groups to tell. */
  readonly topics: readonly CountedTopic[]
}

interface CountedTopic {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: number; readonly lag: number | null }[]
}

/** Consumer groups: states and members, and how far each is behind. */
export const groupCollector = (sources: GroupSources): Collector =>
  function* (out) {
    const { groupsMax, partitionsMax } = sources.limits()
    const size = sizeOf(sources.groups)
    yield* writeSeries(
      out,
      metrics.groupsByState,
      Array.from(size.byState, ([state, count]) => [count, state] as const),
    )
    const groups = size.pairs > groupsMax ? [] : yield* count(sources)
    yield* writeSeries(
      out,
      metrics.groupState,
      groups.map(({ groupId, state }) => [1, groupId, state]),
    )
    yield* writeSeries(
      out,
      metrics.groupMembers,
      groups.map(({ groupId, members }) => [members, groupId]),
    )
    yield* sums(out, groups)
    yield* offsets(out, size.offsets > partitionsMax ? [] : groups)
  }

/** What there would be to tell, found without looking at each offset. */
export const sizeOf = (groups: CoordinatorRuntime<GroupShard>) => {
  const byState = new Map<string, number>()
  let pairs = 0
  let committed = 0
  for (const shard of groups.shards()) {
    for (const { groupId, state } of shard.groups.values()) {
      byState.set(state, (byState.get(state) ?? 0) + 1)
      const topics = shard.offsets.ofGroup(groupId)
      pairs += Math.max(1, topics?.size ?? 0)
      for (const partitions of topics?.values() ?? []) committed += partitions.size
    }
  }
  return { byState, pairs, offsets: committed }
}

const count = function* ({ groups, partitions }: GroupSources): Generator<void, CountedGroup[]> {
  const counted: CountedGroup[] = []
  for (const shard of groups.shards()) {
    for (const { groupId, state, members } of shard.groups.values()) {
      const topics: CountedTopic[] = []
      for (const [topic, committed] of shard.offsets.ofGroup(groupId) ?? []) {
        const rows = Array.from(committed, ([partition, { offset }]) => {
          const end = partitions.find(topic, partition)?.highWatermark
          return { partition, offset, lag: end === undefined ? null : Math.max(0, end - offset) }
        })
        topics.push({ topic, partitions: rows })
        yield
      }
      counted.push({ groupId, state, members: members.size, topics })
      yield
    }
  }
  return counted
}

const sums = function* (out: Exposition, groups: readonly CountedGroup[]): Iterable<void> {
  for (const [metric, summandOf] of [
    [metrics.groupLagSum, (row: CountedTopic['partitions'][number]) => row.lag ?? 0],
    [metrics.groupOffsetSum, (row: CountedTopic['partitions'][number]) => row.offset],
  ] as const) {
    out.begin(metric)
    yield* inSteps(groups, ({ groupId, topics }) => {
      for (const { topic, partitions } of topics) {
        const sum = partitions.reduce((total, row) => total + summandOf(row), 0)
        out.sample(sum, labelText(['consumergroup', groupId], ['topic', topic]))
      }
    })
  }
}

const offsets = function* (out: Exposition, groups: readonly CountedGroup[]): Iterable<void> {
  for (const [metric, key] of [
    [metrics.groupLag, 'lag'],
    [metrics.groupOffset, 'offset'],
  ] as const satisfies readonly (readonly [Metric, string])[]) {
    out.begin(metric)
    for (const { groupId, topics } of groups) {
      for (const { topic, partitions } of topics) {
        const labels = labelText(['consumergroup', groupId], ['topic', topic])
        yield* inSteps(partitions, row => {
          const value = row[key]
          if (value !== null) out.sample(value, `${labels},${labelText(['partition', row.partition])}`)
        })
      }
    }
  }
}

import type { CoordinatorRuntime } from '../../coordinator/coordinator-runtime'
import type { GroupShard } from '../../coordinator/group/group-shard'
import { type Exposition, labelText } from '../../metrics/exposition'
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

interface GroupsSize {
  readonly byState: ReadonlyMap<string, number>
  /** Pairs of a group and one of its topics; a group without topics counts as one. */
  readonly pairs: number
  /** Committed offsets. */
  readonly offsets: number
}

interface CountedGroup {
  readonly groupId: string
  readonly state: string
  readonly members: number
  readonly topics: readonly CountedTopic[]
}

interface CountedTopic {
  readonly topic: string
  readonly lag: number
  readonly offset: number
  /** Empty where there are too many. */
  readonly partitions: readonly CountedOffset[]
}

interface CountedOffset {
  readonly partition: number
  readonly offset: number
  /** Null where the partition is not here. */
  readonly lag: number | null
}

/** Consumer groups: states and members, and how far each is behind. */
export const groupCollector = (sources: GroupSources): Collector =>
  function* (out) {
    const { groupsMax, partitionsMax } = sources.limits()
    const size = yield* sizeOf(sources.groups)
    yield* writeSeries(
      out,
      metrics.groupsByState,
      Array.from(size.byState, ([state, count]) => [count, state] as const),
    )
    const groups = size.pairs > groupsMax ? [] : yield* count(sources, size.offsets <= partitionsMax)
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
    yield* offsets(out, groups)
  }

/** What there would be to tell, found without looking at each offset. */
export const sizeOf = function* (groups: CoordinatorRuntime<GroupShard>): Generator<void, GroupsSize> {
  const byState = new Map<string, number>()
  let pairs = 0
  let committed = 0
  for (const shard of groups.shards()) {
    yield* inSteps(shard.groups.values(), ({ groupId, state }) => {
      byState.set(state, (byState.get(state) ?? 0) + 1)
      const topics = shard.offsets.ofGroup(groupId)
      pairs += Math.max(1, topics?.size ?? 0)
      for (const partitions of topics?.values() ?? []) committed += partitions.size
    })
  }
  return { byState, pairs, offsets: committed }
}

const count = function* ({ groups, partitions }: GroupSources, isDetailed: boolean): Generator<void, CountedGroup[]> {
  const counted: CountedGroup[] = []
  for (const shard of groups.shards()) {
    for (const { groupId, state, members } of shard.groups.values()) {
      const topics: CountedTopic[] = []
      for (const [topic, committed] of shard.offsets.ofGroup(groupId) ?? []) {
        const sum = { lag: 0, offset: 0 }
        const details: CountedOffset[] = []
        for (const [partition, { offset }] of committed) {
          const end = partitions.find(topic, partition)?.highWatermark
          const lag = end === undefined ? null : Math.max(0, end - offset)
          sum.lag += lag ?? 0
          sum.offset += offset
          if (isDetailed) details.push({ partition, offset, lag })
        }
        topics.push({ topic, ...sum, partitions: details })
        yield
      }
      counted.push({ groupId, state, members: members.size, topics })
      yield
    }
  }
  return counted
}

const SUMS = [
  [metrics.groupLagSum, 'lag'],
  [metrics.groupOffsetSum, 'offset'],
] as const

const sums = function* (out: Exposition, groups: readonly CountedGroup[]): Iterable<void> {
  for (const [metric, key] of SUMS) {
    out.begin(metric)
    yield* inSteps(groups, ({ groupId, topics }) => {
      for (const sum of topics) out.sample(sum[key], labelText(['consumergroup', groupId], ['topic', sum.topic]))
    })
  }
}

const OFFSETS = [
  [metrics.groupLag, 'lag'],
  [metrics.groupOffset, 'offset'],
] as const

const offsets = function* (out: Exposition, groups: readonly CountedGroup[]): Iterable<void> {
  for (const [metric, key] of OFFSETS) {
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

import type { GroupResult } from './load/classic-group-load'
import type { RateResult } from './load/commit-load'
import { median } from './report'
import type { Scenario } from './scenario'

// Of both brokers and the load the first ones are slow.
const REBALANCES = 30

const rebalance = (protocol: 'classic' | 'consumer', members: number): Scenario => ({
  name: `rebalance ${protocol} ${members} members`,
  measure: target =>
    target.withTopic(members, async topic => {
      const load = { kind: `${protocol}-group`, group: topic, topic, members, rounds: REBALANCES } as const
      const { milliseconds } = await target.run<GroupResult>(load)
      return { rebalance: median(milliseconds) }
    }),
})

const commits = (connections: number): Scenario => ({
  name: `commit offsets ${connections}c`,
  measure: (target, seconds) =>
    target.withTopic(1, async topic => {
      const load = { kind: 'commit', group: topic, topic, connections, partitions: 1, seconds } as const
      const result = await target.run<RateResult>(load)
      return { commits: result.count / result.seconds }
    }),
})

const transactions = (producers: number, version: 1 | 2): Scenario => ({
  name: `transactions v${version} ${producers} producers`,
  measure: (target, seconds) =>
    target.withTopic(producers, async topic => {
      const load = { kind: 'transaction', topic, producers, version, seconds } as const
      const result = await target.run<RateResult>(load)
      return { transactions: result.count / result.seconds }
    }),
})

/** Compaction of a topic in which each of ten thousand keys was written again and again. */
const compaction: Scenario = {
  name: 'compact 512 MiB',
  measure: target =>
    target.withTopic(
      1,
      async topic => {
        const { mebibytes, seconds } = await target.run<{ mebibytes: number; seconds: number }>({
          kind: 'compact',
          topic,
        })
        return { throughput: mebibytes / seconds }
      },
      { 'segment.bytes': String(64 * 1024 * 1024) },
    ),
}

/** Groups, transactions and the cleaner. */
export const coordinatorScenarios: readonly Scenario[] = [
  ...[10, 100, 1000].flatMap(members => [rebalance('classic', members), rebalance('consumer', members)]),
  commits(1),
  commits(50),
  ...([1, 2] as const).flatMap(version => [transactions(1, version), transactions(50, version)]),
  compaction,
]

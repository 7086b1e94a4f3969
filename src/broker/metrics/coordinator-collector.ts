import type { CoordinatorFigures } from '../../coordinator/coordinator-figures'
import type { CoordinatorRuntime } from '../../coordinator/coordinator-runtime'
import type { TransactionFigures } from '../../coordinator/transaction/transaction-figures'
import { stateName } from '../../coordinator/transaction/transaction-metadata'
import type { TransactionShard } from '../../coordinator/transaction/transaction-shard'
import { labelText } from '../../metrics/exposition'
import { type Collector, inSteps } from '../../metrics/scrape'
import { coordinatorMetrics as metrics } from '../../metrics/tables/coordinator-metrics'
import { writeSeries } from './series'

/** A coordinator as one that loads shards. */
interface Loading {
  readonly figures: CoordinatorFigures
  readonly hostCount: number
  shards(): Iterable<unknown>
}

export interface CoordinatorSources {
  readonly groups: Loading
  readonly transactions: CoordinatorRuntime<TransactionShard>
  readonly transactionFigures: TransactionFigures
}

/** Transactions, and the loads of both coordinators. */
export const coordinatorCollector = ({ groups, transactions, transactionFigures }: CoordinatorSources): Collector =>
  function* (out) {
    const byState = new Map<string, number>([['Ongoing', 0]])
    for (const shard of transactions.shards()) {
      yield* inSteps(shard.transactions.values(), ({ state }) => {
        byState.set(stateName(state), (byState.get(stateName(state)) ?? 0) + 1)
      })
    }
    yield* writeSeries(
      out,
      metrics.transactionsByState,
      Array.from(byState, ([state, count]) => [count, state] as const),
    )
    yield* writeSeries(out, metrics.transactionsEnded, [
      [transactionFigures.committed, 'committed'],
      [transactionFigures.aborted, 'aborted'],
    ])
    out.single(metrics.transactionsTimedOut, transactionFigures.timedOut)
    yield* loads(out, [
      ['group', groups],
      ['transaction', transactions],
    ])
  }

const loads = function* (
  out: Parameters<Collector>[0],
  coordinators: readonly (readonly [name: string, coordinator: Loading])[],
): Iterable<void> {
  yield* writeSeries(
    out,
    metrics.shards,
    coordinators.flatMap(([name, coordinator]) => {
      const ready = [...coordinator.shards()].length
      return [[ready, name, 'ready'] as const, [coordinator.hostCount - ready, name, 'loading'] as const]
    }),
  )
  out.begin(metrics.loadSeconds)
  for (const [name, { figures }] of coordinators) out.histogram(figures.loadSeconds, labelText(['coordinator', name]))
  yield* writeSeries(
    out,
    metrics.failedLoads,
    coordinators.map(([name, { figures }]) => [figures.failedLoads, name]),
  )
}

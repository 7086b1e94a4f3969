/** The load generator's process: gets one load as JSON in its first argument, prints its result as JSON, behind `BEGUN` where that matters. */
import { type GroupLoad, runClassicGroupLoad } from './classic-group-load'
import { type CommitLoad, runCommitLoad } from './commit-load'
import { type CompactLoad, runCompactLoad } from './compact-load'
import { type ConsumeLoad, runConsumeLoad } from './consume-load'
import { runConsumerGroupLoad } from './consumer-group-load'
import { BEGUN, type HeartbeatLoad, runHeartbeatLoad } from './heartbeat-load'
import { type IdleLoad, runIdleLoad } from './idle-load'
import { type LatencyLoad, runLatencyLoad } from './latency-load'
import { type ProduceLoad, runProduceLoad } from './produce-load'
import { runTransactionLoad, type TransactionLoad } from './transaction-load'

export type Load =
  | ({ readonly kind: 'produce' } & ProduceLoad)
  | ({ readonly kind: 'consume' } & ConsumeLoad)
  | ({ readonly kind: 'latency' } & LatencyLoad)
  | ({ readonly kind: 'idle' } & IdleLoad)
  | ({ readonly kind: 'classic-group' } & GroupLoad)
  | ({ readonly kind: 'consumer-group' } & GroupLoad)
  | ({ readonly kind: 'heartbeat' } & HeartbeatLoad)
  | ({ readonly kind: 'commit' } & CommitLoad)
  | ({ readonly kind: 'transaction' } & TransactionLoad)
  | ({ readonly kind: 'compact' } & CompactLoad)

const run = (load: Load): Promise<unknown> => {
  switch (load.kind) {
    case 'produce':
      return runProduceLoad(load)
    case 'consume':
      return runConsumeLoad(load)
    case 'latency':
      return runLatencyLoad(load)
    case 'idle':
      return runIdleLoad(load)
    case 'classic-group':
      return runClassicGroupLoad(load)
    case 'consumer-group':
      return runConsumerGroupLoad(load)
    case 'heartbeat':
      return runHeartbeatLoad(load, () => process.stdout.write(BEGUN))
    case 'commit':
      return runCommitLoad(load)
    case 'transaction':
      return runTransactionLoad(load)
    case 'compact':
      return runCompactLoad(load)
  }
}

run(JSON.parse(process.argv[2]!) as Load).then(
  result => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error: Error) => {
    // Connections that are still open must not keep it alive.
    process.stderr.write(`${error.stack}\n`, () => process.exit(1))
  },
)

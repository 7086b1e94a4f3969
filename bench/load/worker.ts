/** The load generator's process: gets one load as JSON in its first argument, prints its result as JSON. */
import { type ConsumeLoad, runConsumeLoad } from './consume-load'
import { type IdleLoad, runIdleLoad } from './idle-load'
import { type LatencyLoad, runLatencyLoad } from './latency-load'
import { type ProduceLoad, runProduceLoad } from './produce-load'

export type Load =
  | ({ readonly kind: 'produce' } & ProduceLoad)
  | ({ readonly kind: 'consume' } & ConsumeLoad)
  | ({ readonly kind: 'latency' } & LatencyLoad)
  | ({ readonly kind: 'idle' } & IdleLoad)

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
  }
}

run(JSON.parse(process.argv[2]!) as Load).then(
  result => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exitCode = 1
  },
)

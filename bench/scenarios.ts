import { coordinatorScenarios } from './coordinator-scenarios'
import type { LatencyResult } from './load/latency-load'
import type { LoadResult } from './load/produce-load'
import type { Figures, Scenario } from './scenario'
import type { Target } from './target'

const MIB = 1024 * 1024
/** Fits the memory that holds the newest bytes. */
const TAIL_BYTES = 24 * MIB
const COLD_BYTES = 1024 * MIB

const withCpu = async (target: Target, load: () => Promise<LoadResult>): Promise<Figures> => {
  const before = target.cpuSeconds
  const result = await load()
  const cpu = target.cpuSeconds - before
  return {
    messages: result.messages / result.seconds,
    throughput: result.bytes / result.seconds / MIB,
    cpu: cpu / (result.bytes / 1024 / MIB),
  }
}

interface ProduceShape {
  readonly messageBytes: number
  readonly acks: -1 | 1
  readonly partitions: number
  readonly connections: number
}

const produce = (shape: ProduceShape): Scenario => ({
  name: `produce ${sizeName(shape.messageBytes)} acks=${shape.acks === -1 ? 'all' : 1} ${shape.partitions}p ${shape.connections}c`,
  measure: (target, seconds) =>
    target.withTopic(shape.partitions, topic =>
      withCpu(target, () => target.run<LoadResult>({ kind: 'produce', topic, seconds, ...shape })),
    ),
})

const consume = (name: string, messageBytes: number, totalBytes: number): Scenario => ({
  name: `consume ${name} ${sizeName(messageBytes)}`,
  measure: (target, seconds) => {
    const shape = { partitions: 1, connections: 1, messageBytes }
    return target.withTopic(shape.partitions, async topic => {
      await target.run<LoadResult>({ kind: 'produce', topic, seconds: 600, bytesMax: totalBytes, acks: 1, ...shape })
      return withCpu(target, () => target.run<LoadResult>({ kind: 'consume', topic, seconds, ...shape }))
    })
  },
})

const endToEnd = async (target: Target, seconds: number, acks: -1 | 1, messagesPerSecond: number): Promise<Figures> =>
  target.withTopic(1, async topic => {
    const load = { kind: 'latency', topic, messageBytes: 100, messagesPerSecond, acks, seconds: 2 * seconds } as const
    const { p50, p99, p999 } = await target.run<LatencyResult>(load)
    return { p50, p99, 'p99.9': p999 }
  })

const latency = (messagesPerSecond: number, acks: -1 | 1): Scenario => ({
  name: `end to end ${messagesPerSecond / 1000}k msg/s 100 B acks=${acks === -1 ? 'all' : 1}`,
  measure: (target, seconds) => endToEnd(target, seconds, acks, messagesPerSecond),
})

/** To be compared with the same without the members. */
const latencyAmongHeartbeats = (messagesPerSecond: number, members: number): Scenario => ({
  name: `end to end ${messagesPerSecond / 1000}k msg/s 100 B acks=1 among ${members} members`,
  async measure(target, seconds) {
    const group = `bench-${process.pid}-${Date.now()}`
    let heartbeats: Promise<unknown> = Promise.resolve()
    await new Promise<void>((resolve, reject) => {
      heartbeats = target.run({ kind: 'heartbeat', group, members, seconds: 2 * seconds + MARGIN_SECONDS }, resolve)
      heartbeats.catch(reject)
    })
    const figures = await endToEnd(target, seconds, 1, messagesPerSecond)
    await heartbeats
    return figures
  },
})

/** Members live longer than what is measured among them. */
const MARGIN_SECONDS = 10

const sizeName = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`)

const shapes: readonly ProduceShape[] = [100, 1024, 10_240].flatMap(messageBytes =>
  ([1, -1] as const).flatMap(acks => [
    { messageBytes, acks, partitions: 1, connections: 1 },
    { messageBytes, acks, partitions: 100, connections: 16 },
  ]),
)

/** Run before anything counts. */
export const warmUps: readonly Scenario[] = [produce(shapes[0]!), latency(20_000, -1)]

/** Everything that can be measured on a broker that runs already. */
export const scenarios: readonly Scenario[] = [
  ...shapes.map(produce),
  produce({ messageBytes: 100, acks: 1, partitions: 100, connections: 1 }),
  produce({ messageBytes: 100, acks: 1, partitions: 1, connections: 16 }),
  consume('tail', 100, TAIL_BYTES),
  consume('tail', 1024, TAIL_BYTES),
  consume('cold', 100, COLD_BYTES),
  consume('cold', 1024, COLD_BYTES),
  latency(20_000, 1),
  latency(20_000, -1),
  latencyAmongHeartbeats(20_000, 10_000),
  ...coordinatorScenarios,
]

import { Produce } from '../protocol/messages/00-produce'
import { OffsetFetch } from '../protocol/messages/09-offset-fetch'
import { ApiVersions } from '../protocol/messages/18-api-versions'
import { CreateTopics } from '../protocol/messages/19-create-topics'
import { encodeBatch } from '../protocol/records/record-batch'
import { BENCH_SETTINGS, type Launcher, withBroker, withDirectory } from './launcher'
import type { RateResult } from './load/commit-load'
import { findCoordinators, isPassing, pause } from './load/coordinator'
import { LoadConnection } from './load/load-connection'
import { valuesOf } from './load/produce-load'
import type { Figures } from './scenario'
import type { Target } from './target'

/** Scenarios that start and stop brokers themselves. */
export interface LaunchScenario {
  readonly name: string
  readonly measure: (launcher: Launcher) => Promise<Figures>
}

const MANY_TOPICS = 10
/** More in one request is refused by a Kafka. */
const PARTITIONS_OF_EACH = 1_000
const MANY_CONNECTIONS = 5_000
const IDLE_SECONDS = 10
const COMMITS = 1_000_000
const COMMIT_PARTITIONS = 100

/** From the start of the process to the first acknowledged record in a new topic. A directory that has to be formatted first would count. */
const startUp = (launcher: Launcher): Promise<Figures> =>
  withDirectory(async directory => {
    await (await launcher.launch(directory, BENCH_SETTINGS)).stop()
    const startedAt = performance.now()
    const broker = await launcher.launch(directory, BENCH_SETTINGS)
    const { host, port } = broker.target.address
    const connection = await LoadConnection.open(host, port)
    await connection.request(CreateTopics, 5, {
      topics: [{ name: 'first', numPartitions: 1, replicationFactor: 1 }],
      timeoutMs: 30_000,
    })
    const records = encodeBatch({ records: valuesOf(100, 1) })
    const topicData = [{ name: 'first', partitionData: [{ index: 0, records }] }]
    await connection.request(Produce, 9, { acks: -1, timeoutMs: 30_000, topicData })
    const start = performance.now() - startedAt
    connection.close()
    const figures = { start, resident: broker.target.residentMiB }
    await broker.stop()
    return figures
  })

const idleCpu = async (target: Target): Promise<number> => {
  const before = target.cpuSeconds
  await pause(IDLE_SECONDS * 1000)
  return ((target.cpuSeconds - before) * 1000) / IDLE_SECONDS
}

/** Ten thousand partitions: memory and idle CPU with them, and the time to start again on them. */
const manyPartitions = (launcher: Launcher): Promise<Figures> =>
  withDirectory(async directory => {
    const first = await launcher.launch(directory, BENCH_SETTINGS)
    for (let topic = 0; topic < MANY_TOPICS; topic++)
      await first.target.createTopic(`many-${topic}`, PARTITIONS_OF_EACH)
    const idle = { resident: first.target.residentMiB, 'idle cpu': await idleCpu(first.target) }
    await first.stop()
    const startedAt = performance.now()
    const again = await launcher.launch(directory, BENCH_SETTINGS)
    const start = performance.now() - startedAt
    await again.stop()
    return { ...idle, start }
  })

const manyConnections = (launcher: Launcher): Promise<Figures> =>
  withBroker(launcher, async ({ target }) => {
    const load = target.run({ kind: 'idle', connections: MANY_CONNECTIONS, seconds: IDLE_SECONDS + 8 })
    await pause(7000)
    const figures = { 'idle cpu': await idleCpu(target), resident: target.residentMiB }
    await load
    return figures
  })

/** From the first answer of a broker that was started again to the first offset of a group that had made a million commits. */
const recovery = (launcher: Launcher): Promise<Figures> =>
  withDirectory(async directory => {
    const first = await launcher.launch(directory, BENCH_SETTINGS)
    await first.target.createTopic('committed', COMMIT_PARTITIONS)
    const shape = { group: 'committing', topic: 'committed', connections: 1, partitions: COMMIT_PARTITIONS }
    await first.target.run<RateResult>({ kind: 'commit', ...shape, seconds: 600, offsetsMax: COMMITS })
    await first.stop()
    const again = await launcher.launch(directory, BENCH_SETTINGS)
    const load = await untilOffsetsAreThere(again.target, `${shape.group}-0`)
    await again.stop()
    return { load }
  })

const untilOffsetsAreThere = async (target: Target, groupId: string): Promise<number> => {
  const { host, port } = target.address
  const connection = await LoadConnection.open(host, port)
  await connection.request(ApiVersions, 0, {})
  const startedAt = performance.now()
  await findCoordinators(target.address, 0, [groupId])
  const topics = [{ name: 'committed', partitionIndexes: [0] }]
  for (;;) {
    const answer = await connection.request(OffsetFetch, 7, { groupId, topics })
    if (!isPassing(answer.errorCode)) {
      const [partition] = answer.topics[0]!.partitions
      if (partition!.committedOffset < COMMITS / COMMIT_PARTITIONS) throw new Error('commits are missing')
      break
    }
    await pause(1)
  }
  connection.close()
  return performance.now() - startedAt
}

export const launchScenarios: readonly LaunchScenario[] = [
  { name: 'start to first acknowledged record', measure: startUp },
  { name: '10,000 partitions, idle', measure: manyPartitions },
  { name: '5,000 idle connections', measure: manyConnections },
  { name: 'load of 1,000,000 commits after a restart', measure: recovery },
]

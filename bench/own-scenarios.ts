import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Produce } from '../protocol/messages/00-produce'
import { CreateTopics } from '../protocol/messages/19-create-topics'
import { encodeBatch } from '../protocol/records/record-batch'
import { BrokerProcess } from './broker-process'
import { LoadConnection } from './load/load-connection'
import { valuesOf } from './load/produce-load'
import type { Figures } from './scenarios'
import { Target } from './target'

/** Scenarios that need to start the broker themselves, so they measure ours alone. */
export interface OwnScenario {
  readonly name: string
  readonly measure: () => Promise<Figures>
}

const MANY_PARTITIONS = 10_000
const MANY_CONNECTIONS = 5_000
const IDLE_SECONDS = 10

/** A broker in a new directory, for the time of `use`. */
export const withBroker = async <Result>(
  use: (broker: BrokerProcess, directory: string) => Promise<Result>,
): Promise<Result> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'odradek-bench-'))
  const broker = await BrokerProcess.start(directory)
  try {
    return await use(broker, directory)
  } finally {
    await broker.stop()
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** From the start of the process to the first acknowledged record in a new topic. */
const startUp = async (): Promise<Figures> => {
  const startedAt = performance.now()
  return withBroker(async broker => {
    const connection = await LoadConnection.open(broker.address.host, broker.address.port)
    await connection.request(CreateTopics, 5, {
      topics: [{ name: 'first', numPartitions: 1, replicationFactor: 1 }],
      timeoutMs: 30_000,
    })
    await connection.request(Produce, 9, {
      acks: -1,
      timeoutMs: 30_000,
      topicData: [
        { name: 'first', partitionData: [{ index: 0, records: encodeBatch({ records: valuesOf(100, 1) }) }] },
      ],
    })
    const start = performance.now() - startedAt
    connection.close()
    return { start, resident: new Target('odradek', broker.address).residentMiB }
  })
}

const idleCpu = async (target: Target): Promise<number> => {
  const before = target.cpuSeconds
  await new Promise(resolve => setTimeout(resolve, IDLE_SECONDS * 1000))
  return ((target.cpuSeconds - before) * 1000) / IDLE_SECONDS
}

/** Ten thousand partitions: memory and idle CPU with them, and the time to start again on them. */
const manyPartitions = (): Promise<Figures> =>
  withBroker(async (broker, directory) => {
    const target = new Target('odradek', broker.address)
    await target.createTopic('many', MANY_PARTITIONS)
    const idle = { resident: target.residentMiB, 'idle cpu': await idleCpu(target) }
    await broker.stop()
    const startedAt = performance.now()
    const again = await BrokerProcess.start(directory)
    const start = performance.now() - startedAt
    await again.stop()
    return { ...idle, start }
  })

const manyConnections = (): Promise<Figures> =>
  withBroker(async broker => {
    const target = new Target('odradek', broker.address)
    const load = target.run({ kind: 'idle', connections: MANY_CONNECTIONS, seconds: IDLE_SECONDS + 8 })
    await new Promise(resolve => setTimeout(resolve, 7000))
    const figures = { 'idle cpu': await idleCpu(target), resident: target.residentMiB }
    await load
    return figures
  })

export const ownScenarios: readonly OwnScenario[] = [
  { name: 'start to first acknowledged record', measure: startUp },
  { name: '10,000 partitions, idle', measure: manyPartitions },
  { name: '5,000 idle connections', measure: manyConnections },
]

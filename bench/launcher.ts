import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Kafka } from '../compat-tests/kafka'
import { type Address, BrokerProcess } from './broker-process'
import { Target } from './target'

export type BrokerSettings = Readonly<Record<string, string>>

export interface Launched {
  readonly target: Target
  stop(): Promise<void>
}

/** Starts brokers of one kind. */
export interface Launcher {
  readonly name: string
  /** Starts a broker on what is in the directory; resolves when it serves requests. */
  launch(directory: string, settings: BrokerSettings): Promise<Launched>
}

/**
 * What both are measured with: rebalances and assignments that begin at once, groups of any size, a cleaner that looks for work all the
 * time, and files that go with their topics, so that memory of the machine that was used once is used again.
 */
export const BENCH_SETTINGS: BrokerSettings = {
  'group.initial.rebalance.delay.ms': '0',
  'group.consumer.max.size': '100000',
  'group.consumer.assignment.interval.ms': '0',
  'log.cleaner.backoff.ms': '100',
  'log.segment.delete.delay.ms': '1000',
}

export const odradekLauncher: Launcher = {
  name: 'odradek',
  async launch(directory, settings) {
    const broker = await BrokerProcess.start(directory, settings)
    return { target: new Target('odradek', broker.address), stop: () => broker.stop() }
  },
}

/** A Kafka deletes nothing in its first 30 seconds otherwise. */
const KAFKA_SETTINGS: BrokerSettings = { 'log.initial.task.delay.ms': '1000' }

/** Brokers that a command starts, with the arguments that `compat-tests/kafka.ts` describes. */
export const kafkaLauncher = (command: string): Launcher => {
  const known = new Map<string, Kafka>()
  return {
    name: 'kafka',
    async launch(directory, settings) {
      const before = known.get(directory)
      const kafka = before ?? (await Kafka.create(command, directory, { ...settings, ...KAFKA_SETTINGS }))
      if (before) await before.start()
      known.set(directory, kafka)
      return { target: new Target('kafka', addressOf(kafka.bootstrap)), stop: () => kafka.stop() }
    },
  }
}

export const addressOf = (bootstrap: string): Address => {
  const [host, port] = bootstrap.split(':') as [string, string]
  return { host, port: Number(port) }
}

/** A new directory for the time of `use`. */
export const withDirectory = async <Result>(use: (directory: string) => Promise<Result>): Promise<Result> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'odradek-bench-'))
  try {
    return await use(directory)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** A broker in a new directory, for the time of `use`. */
export const withBroker = <Result>(
  launcher: Launcher,
  use: (broker: Launched, directory: string) => Promise<Result>,
): Promise<Result> =>
  withDirectory(async directory => {
    const broker = await launcher.launch(directory, BENCH_SETTINGS)
    try {
      return await use(broker, directory)
    } finally {
      await broker.stop()
    }
  })

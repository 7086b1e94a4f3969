import net from 'node:net'
import path from 'node:path'
import { Kafka } from '../kafka'
import { Odradek } from '../odradek'
import type { SuiteRun } from '../suite'

/** What makes scenarios quick that wait for the broker, under both brokers. */
const SETTINGS = {
  'group.initial.rebalance.delay.ms': '0',
  'log.cleaner.backoff.ms': '200',
  'group.consumer.min.heartbeat.interval.ms': '500',
  'group.consumer.heartbeat.interval.ms': '500',
  'group.consumer.min.session.timeout.ms': '6000',
  'group.consumer.session.timeout.ms': '6000',
}

/** Below the ports that systems give to outgoing connections, so that the port of a killed broker stays free for it. */
const [FIRST_PORT, LAST_PORT] = [20_000, 30_000]

/** The broker that clients are tried with. */
export interface TestedBroker {
  readonly bootstrap: string
  /** SIGKILL, and a start with the same data on the same port; null: it is not ours to kill. */
  readonly crash: (() => Promise<void>) | null
}

/** The broker that the options of a run name: one that runs, an Apache Kafka that is started, or ours. */
export const testedBroker = async (run: SuiteRun): Promise<TestedBroker> => {
  const { bootstrap, kafka } = run.options
  if (bootstrap !== null) return { bootstrap, crash: null }
  return kafka === null ? odradekBroker(run) : kafkaBroker(run, kafka)
}

/** Ours, in a process of its own, with its data in a folder of the suite. */
export const odradekBroker = async (run: SuiteRun, folder = 'odradek'): Promise<TestedBroker> => {
  const port = await freePort()
  const start = () => Odradek.start(path.join(run.directory, folder), SETTINGS, port)
  let broker = await start()
  run.atEnd(() => broker.stop())
  return {
    bootstrap: broker.bootstrap,
    async crash() {
      await broker.kill()
      broker = await start()
    },
  }
}

const kafkaBroker = async (run: SuiteRun, command: string): Promise<TestedBroker> => {
  const kafka = await Kafka.create(command, path.join(run.directory, 'kafka'), SETTINGS)
  run.atEnd(() => kafka.stop())
  return {
    bootstrap: kafka.bootstrap,
    async crash() {
      await kafka.kill()
      await kafka.start()
    },
  }
}

const freePort = async (): Promise<number> => {
  const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
  return (await isFree(port)) ? port : freePort()
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

import os from 'node:os'
import v8 from 'node:v8'
import { Broker } from '../broker/broker'
import { nodeHttp } from '../broker/http/node-http'
import { inMemory, onDisk } from '../broker/start-broker'
import type { StaticConfig } from '../config/static-config'
import { addressText } from '../io/address'
import { type ClosableLogger, pinoLogger } from '../io/node/pino-logger'
import { DamagedFile } from '../log/damaged-file'
import { DirectoryRefused } from '../log/directory-claim'
import { loadSettings, type SettingsArguments } from './broker-settings'
import { CommandFailure } from './command-failure'

export interface StartArguments extends SettingsArguments {
  readonly memory?: boolean
  /** Id of a cluster that begins with this start; one that is on the disk counts more. */
  readonly clusterId?: string
  /** A line for the log of a broker that is ready, for those who wait for it. */
  readonly announce?: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/**
 * The buffers of sockets and files count when V8 decides about its next full collection, but how far it lets the heap grow until then it
 * takes from the objects alone, which are few here: under load it would collect several times a second. 300% is where its own growth ends.
 */
const HEAP_GROWTH = '--heap-growing-percent=300'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Runs a broker until a signal or a failure ends it; resolves with the exit code. */
export const start = async (options: StartArguments): Promise<number> => {
  v8.setFlagsFromString(HEAP_GROWTH)
  const settings = loadSettings(options)
  const logger = pinoLogger({ level: options.logLevel })
  try {
    return await run(options, settings, logger)
  } finally {
    await logger.close()
  }
}

const run = async (options: StartArguments, settings: StaticConfig, logger: ClosableLogger): Promise<number> => {
  const stopped = untilSignal()
  for (const warning of settings.warnings) logger.warn(warning)
  const { platform, openStore } = options.memory ? inMemory(logger) : onDisk(logger)
  const { clusterId = null, announce } = options
  const broker = await Broker.start({
    platform,
    settings,
    openStore,
    hostName: os.hostname(),
    clusterId,
    http: nodeHttp(),
  }).catch(explain)
  process.stdout.write(`odradek ready ${broker.endpoints.map(({ host, port }) => addressText(host, port)).join(',')}\n`)
  if (announce !== undefined) logger.info(announce)
  try {
    const signal = await Promise.race([stopped, broker.failed])
    logger.info(`stopping on ${signal}`)
    await broker.close()
    logger.info('stopped')
    return 0
  } catch (error) {
    logger.error('the broker cannot go on', { error })
    await broker.close()
    return 1
  }
}

/** What the system or a log directory refuses needs no stack: the one who starts can do something about it. */
const explain = (error: unknown): never => {
  const isRefusal =
    error instanceof DirectoryRefused ||
    error instanceof DamagedFile ||
    typeof (error as { code?: unknown }).code === 'string'
  throw isRefusal ? new CommandFailure(`the broker cannot start: ${(error as Error).message}`) : error
}

/** The first signal stops in order; a second one, of someone who does not want to wait, has its usual effect. */
const untilSignal = (): Promise<string> =>
  new Promise(resolve => {
    const stop = (signal: string) => {
      for (const name of SIGNALS) process.off(name, stop)
      resolve(signal)
    }
    for (const name of SIGNALS) process.on(name, stop)
  })

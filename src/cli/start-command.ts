import fs from 'node:fs'
import os from 'node:os'
import { Broker } from '../broker/broker'
import { inMemory, ONE_NODE_DEFAULTS, onDisk } from '../broker/start-broker'
import { ConfigError } from '../config/config-error'
import { loadStaticConfig, type StaticConfig } from '../config/static-config'
import { type ClosableLogger, pinoLogger } from '../io/node/pino-logger'
import { CommandFailure } from './command-failure'

export interface StartArguments {
  readonly host?: string
  readonly port?: string
  readonly data?: string
  readonly memory?: boolean
  readonly config?: string
  readonly set: readonly string[]
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = '9092'
const DEFAULT_DIRECTORY = 'odradek-data'
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Runs a broker until a signal or a failure ends it; resolves with the exit code. */
export const start = async (options: StartArguments): Promise<number> => {
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
  const broker = await Broker.start({ platform, settings, openStore, hostName: os.hostname() })
  process.stdout.write(`odradek ready ${broker.endpoints.map(addressOf).join(',')}\n`)
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

/** The first signal stops in order; a second one, of someone who does not want to wait, has its usual effect. */
const untilSignal = (): Promise<string> =>
  new Promise(resolve => {
    const stop = (signal: string) => {
      for (const name of SIGNALS) process.off(name, stop)
      resolve(signal)
    }
    for (const name of SIGNALS) process.on(name, stop)
  })

const addressOf = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

const loadSettings = (options: StartArguments): StaticConfig => {
  const { host, port, data, config, set } = options
  const listens = host !== undefined || port !== undefined
  try {
    return loadStaticConfig({
      defaults: { ...ONE_NODE_DEFAULTS, listeners: listener(DEFAULT_HOST, DEFAULT_PORT), 'log.dir': DEFAULT_DIRECTORY },
      ...(config !== undefined && { file: { name: config, text: readConfig(config) } }),
      environment: process.env,
      sets: set,
      options: {
        ...(listens && { listeners: listener(host ?? DEFAULT_HOST, port ?? DEFAULT_PORT) }),
        ...(data !== undefined && { 'log.dirs': data }),
      },
    })
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandFailure(error.message, 2)
    throw error
  }
}

const listener = (host: string, port: string): string =>
  `PLAINTEXT://${host.includes(':') ? `[${host}]` : host}:${port}`

const readConfig = (path: string): string => {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    throw new CommandFailure(`the configuration cannot be read: ${(error as Error).message}`, 2)
  }
}

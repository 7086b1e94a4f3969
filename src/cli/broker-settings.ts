import fs from 'node:fs'
import { ONE_NODE_DEFAULTS } from '../broker/start-broker'
import { ConfigError } from '../config/config-error'
import { loadStaticConfig, type StaticConfig } from '../config/static-config'
import { addressText } from '../io/address'
import { CommandFailure } from './command-failure'

/** Options of the commands that work with the settings of a broker. */
export interface SettingsArguments {
  readonly host?: string
  readonly port?: string
  /** Port, or address with port, for metrics and health. */
  readonly http?: string
  readonly data?: string
  readonly config?: string
  readonly set: readonly string[]
}

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = '9092'
const DEFAULT_DIRECTORY = 'odradek-data'

/** The settings from the defaults, the file, the environment and the command line, in this order. Throws `CommandFailure`. */
export const loadSettings = (options: SettingsArguments): StaticConfig => {
  const { host, port, http, data, config, set } = options
  const listens = host !== undefined || port !== undefined
  try {
    return loadStaticConfig({
      defaults: { ...ONE_NODE_DEFAULTS, listeners: listener(DEFAULT_HOST, DEFAULT_PORT), 'log.dir': DEFAULT_DIRECTORY },
      ...(config !== undefined && { file: { name: config, text: readConfig(config) } }),
      environment: process.env,
      sets: set,
      options: {
        ...(listens && { listeners: listener(host ?? DEFAULT_HOST, port ?? DEFAULT_PORT) }),
        ...(http !== undefined && { 'http.listeners': http.includes(':') ? http : `${DEFAULT_HOST}:${http}` }),
        ...(data !== undefined && { 'log.dirs': data }),
      },
    })
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandFailure(error.message, 2)
    throw error
  }
}

const listener = (host: string, port: string): string => `PLAINTEXT://${addressText(host, port)}`

const readConfig = (path: string): string => {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    throw new CommandFailure(`the configuration cannot be read: ${(error as Error).message}`, 2)
  }
}

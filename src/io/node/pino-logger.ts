import pino from 'pino'
import type { LogFields, Logger } from '../logger'
import { descriptorDestination, isTerminal, type LogDestination } from './log-destination'
import { terminalLine } from './terminal-line'

export interface PinoLoggerOptions {
  /** Lines below it are not written. `info` by default. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** By default lines for people when the log goes to a terminal, otherwise JSON. */
  readonly format?: 'lines' | 'json'
  /** Descriptor that takes the log: standard error, unless an embedding application wants another one. */
  readonly fd?: number
}

/** A logger that owns its destination. */
export interface ClosableLogger extends Logger {
  /** Waits until what was logged has left the process, for a second at most. Lines logged afterwards are still written. */
  close(): Promise<void>
}

const STANDARD_ERROR = 2
const PENDING_CHARACTERS_MAX = 1024 * 1024

/**
 * The log of a process. It never blocks and never throws: while nobody reads the pipe a mebibyte is kept and the rest dropped, and when
 * there is room again a line says how many are missing.
 */
export function pinoLogger(options: PinoLoggerOptions = {}): ClosableLogger {
  const fd = options.fd ?? STANDARD_ERROR
  const destination: LogDestination = descriptorDestination({
    fd,
    pendingMax: PENDING_CHARACTERS_MAX,
    dropped: count => logger.warn('the log was not read for some time, lines were dropped', { count }),
  })
  const isForPeople = options.format === undefined ? isTerminal(fd) : options.format === 'lines'
  const write = (json: string) => destination.write(isForPeople ? terminalLine(json) : json)
  const logger = new PinoLogger(newPino(options.level ?? 'info', write))
  return Object.assign(logger, { close: () => destination.close() })
}

function newPino(level: string, write: (json: string) => void): pino.Logger {
  const settings: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
  }
  return pino(settings, { write })
}

class PinoLogger implements Logger {
  readonly #pino: pino.Logger

  constructor(logger: pino.Logger) {
    this.#pino = logger
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#pino.debug(fields, message)
  }

  info(message: string, fields: LogFields = {}): void {
    this.#pino.info(fields, message)
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#pino.warn(fields, message)
  }

  error(message: string, fields: LogFields = {}): void {
    this.#pino.error(fields, message)
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#pino.child(fields))
  }
}

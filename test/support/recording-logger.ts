import type { LogFields, Logger } from '../../src/io/logger'

export interface RecordedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: LogFields
}

/** Keeps what is logged. Children write to the same list, with their own fields in front. */
export class RecordingLogger implements Logger {
  readonly lines: RecordedLine[]
  readonly #own: LogFields

  constructor(lines: RecordedLine[] = [], own: LogFields = {}) {
    this.lines = lines
    this.#own = own
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#record('debug', message, fields)
  }

  info(message: string, fields: LogFields = {}): void {
    this.#record('info', message, fields)
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#record('warn', message, fields)
  }

  error(message: string, fields: LogFields = {}): void {
    this.#record('error', message, fields)
  }

  child(fields: LogFields): Logger {
    return new RecordingLogger(this.lines, { ...this.#own, ...fields })
  }

  /** The lines of one level. */
  at(level: RecordedLine['level']): RecordedLine[] {
    return this.lines.filter(line => line.level === level)
  }

  #record(level: RecordedLine['level'], message: string, fields: LogFields): void {
    this.lines.push({ level, message, fields: { ...this.#own, ...fields } })
  }
}

/** Structured log. The message is a sentence for people, the fields are for machines. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger whose lines all carry `fields` too. */
  child(fields: LogFields): Logger
}

/** An `error` field holds the Error itself. */
export type LogFields = Readonly<Record<string, unknown>>

/** Drops everything. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}

interface LogRecord {
  readonly level: string
  readonly time: string
  readonly msg?: string
  readonly error?: { readonly stack?: string; readonly message?: string }
  readonly [field: string]: unknown
}

const RESET = '\u001b[0m'
const DIM = '\u001b[2m'
const COLOUR_OF_LEVEL: Readonly<Record<string, string>> = {
  debug: DIM,
  info: '\u001b[32m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
}

/** One line of the JSON log for people: time of day, level, sentence, fields; below it the stack of an error. */
export function terminalLine(json: string): string {
  const { level, time, msg = '', error, ...fields } = JSON.parse(json) as LogRecord
  const pairs = Object.entries(fields).map(([name, value]) => ` ${DIM}${name}=${RESET}${textOf(value)}`)
  const stack = error ? `\n${(error.stack ?? error.message ?? '').replace(/^/gm, '    ')}` : ''
  const timeOfDay = time.slice('yyyy-mm-ddT'.length, -1)
  return `${DIM}${timeOfDay}${RESET} ${COLOUR_OF_LEVEL[level] ?? ''}${level.padEnd(5)}${RESET} ${msg}${pairs.join('')}${stack}\n`
}

function textOf(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}

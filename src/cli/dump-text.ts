/** Values of files in a form for people. */

import { isUtf8 } from 'node:buffer'

/** Largest distance from 1970 in ms that has a calendar date. */
const DATE_MAX = 8_640_000_000_000_000n

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

/** Text in quotes; bytes that are no text in base64. */
export const bytesText = (bytes: Buffer | null): string => {
  if (bytes === null) return 'null'
  const text = isUtf8(bytes) ? bytes.toString('utf8') : null
  return text === null || UNPRINTABLE.test(text) ? `base64:${bytes.toString('base64')}` : JSON.stringify(text)
}

/** A timestamp in ms as a date; one that has none as it is. */
export const timeText = (timestamp: number | bigint): string => {
  const value = BigInt(timestamp)
  if (value < 0n || value > DATE_MAX) return `${value}`
  return new Date(Number(value)).toISOString()
}

/** A decoded message as JSON, buffers in it as `bytesText`. */
export const messageText = (message: unknown): string => JSON.stringify(printable(message))

const printable = (value: unknown): unknown => {
  if (Buffer.isBuffer(value)) return `base64:${value.toString('base64')}`
  if (typeof value === 'bigint') return `${value}`
  if (Array.isArray(value)) return value.map(printable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, printable(field)]))
}

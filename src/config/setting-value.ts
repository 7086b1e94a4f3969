import type { Setting, SettingType } from './setting'

export type SettingValue = boolean | number | string | readonly string[] | null

/** A value in the two forms in which it is needed. */
export interface ParsedSetting {
  /** Typed; numbers of type long are clamped to the safe integers. */
  readonly value: SettingValue
  /** Kafka's text form: trimmed, numbers in plain decimal digits, nothing clamped. */
  readonly text: string
}

/** Why a text is no value of a setting, in Kafka's words. */
export interface SettingProblem {
  readonly problem: string
}

/**
 * Reads a value as Kafka's ConfigDef does (parseType and the validators): surrounding white space does not count, booleans are
 * case-insensitive, lists are separated by commas.
 */
export const parseSetting = (name: string, setting: Setting, text: string): ParsedSetting | SettingProblem => {
  const parsed = parseType(setting.type, text.trim())
  const problem = typeof parsed === 'string' ? parsed : constraintProblem(setting, parsed)
  if (problem !== null) return { problem: invalidValue(name, text, problem) }
  return parsed as ParsedSetting
}

/** Kafka's message of a refused value (ConfigException). */
export const invalidValue = (name: string, text: string, reason: string): string =>
  `Invalid value ${text} for configuration ${name}: ${reason}`

const INTEGER_LIMITS = {
  short: [-0x8000n, 0x7fffn],
  int: [-0x80000000n, 0x7fffffffn],
  long: [-0x8000000000000000n, 0x7fffffffffffffffn],
} as const

const INTEGER = /^[+-]?\d+$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The value, or what is wrong with the text. */
const parseType = (type: SettingType, text: string): ParsedSetting | string => {
  switch (type) {
    case 'boolean': {
      const lower = text.toLowerCase()
      if (lower !== 'true' && lower !== 'false') return 'Expected value to be either true or false'
      return { value: lower === 'true', text: lower }
    }
    case 'short':
    case 'int':
    case 'long':
      return parseInteger(type, text)
    case 'double':
      if (!DECIMAL.test(text)) return 'Not a number of type DOUBLE'
      return { value: Number(text), text: doubleText(Number(text)) }
    case 'list': {
      const elements = text === '' ? [] : text.split(/\s*,\s*/)
      return { value: elements, text: elements.join(',') }
    }
    default:
      return { value: text, text }
  }
}

const parseInteger = (type: keyof typeof INTEGER_LIMITS, text: string): ParsedSetting | string => {
  const [least, most] = INTEGER_LIMITS[type]
  const number = INTEGER.test(text) ? BigInt(text.replace('+', '')) : null
  if (number === null || number < least || number > most) return `Not a number of type ${type.toUpperCase()}`
  const safe = Math.min(Math.max(Number(number), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
  return { value: safe, text: number.toString() }
}

/** Java's Double.toString: at least one digit after the point, scientific from 10^7 up and below 10^-3. */
const doubleText = (number: number): string => {
  const magnitude = Math.abs(number)
  if (magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e7)) {
    return Number.isInteger(number) ? `${number}.0` : `${number}`
  }
  const [digits, exponent] = number.toExponential().split('e') as [string, string]
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

const constraintProblem = (setting: Setting, { value }: ParsedSetting): string | null => {
  if (typeof value === 'number') return rangeProblem(setting, value)
  if (Array.isArray(value)) return listProblem(setting, value)
  if (setting.values !== undefined && !setting.values.includes(value as string)) {
    return `String must be one of: ${setting.values.join(', ')}`
  }
  return null
}

const rangeProblem = ({ min, max, orElse }: Setting, value: number): string | null => {
  if (value === orElse) return null
  if (min !== undefined && value < min) return `Value must be at least ${min}`
  if (max !== undefined && value > max) return `Value must be no more than ${max}`
  return null
}

const listProblem = ({ values, nonEmpty }: Setting, elements: readonly string[]): string | null => {
  if (nonEmpty && elements.length === 0) return 'The list must not be empty'
  const stranger = values && elements.find(element => !values.includes(element))
  if (stranger !== undefined) return `String must be one of: ${values?.join(', ')}`
  return null
}

import type { Setting, SettingType, SettingValue } from './setting'

/** A value in the two forms in which it is needed. */
export interface ParsedSetting {
  /** Typed; numbers of type long are clamped to the safe integers. */
  readonly value: SettingValue
  /** Kafka's text form: trimmed, numbers in plain decimal digits, nothing clamped. */
  readonly text: string
}

/** Why a text is no value of a setting. */
export interface SettingProblem {
  /** Kafka's whole message, with the name of the setting. */
  readonly problem: string
  /** The reason alone. */
  readonly reason: string
}

/**
 * Reads a value as Kafka's ConfigDef does (parseType and the validators): surrounding white space does not count, booleans are
 * case-insensitive, lists are separated by commas and lose their duplicates.
 */
export const parseSetting = (name: string, setting: Setting, text: string): ParsedSetting | SettingProblem => {
  const parsed = parseType(setting.type, text.trim())
  if (typeof parsed === 'string') return invalidValue(name, text, parsed)
  if (Array.isArray(parsed.value)) return checkedList(name, setting, parsed.value)
  const reason = reasonToRefuse(setting, parsed.value)
  if (reason !== null) return invalidValue(name, parsed.text, reason)
  return { value: normalized(setting, parsed.value), text: parsed.text }
}

/** The form that code compares with: the differences that `floor` and `ignoreCase` permit are gone. */
const normalized = ({ floor, ignoreCase }: Setting, value: SettingValue): SettingValue => {
  if (floor !== undefined) return Math.max(value as number, floor)
  return ignoreCase ? (value as string).toLowerCase() : value
}

/** The default in both forms; null when there is none. */
export const defaultOf = (name: string, setting: Setting): ParsedSetting | null => {
  if (setting.default === null) return null
  const parsed = parseSetting(name, setting, setting.default)
  if ('problem' in parsed) throw new Error(`the default of a setting is refused: ${parsed.problem}`)
  return parsed
}

/** Kafka's message of a refused value (ConfigException). */
const invalidValue = (name: string, text: string, reason: string): SettingProblem => ({
  problem: `Invalid value ${text} for configuration ${name}: ${reason}`,
  reason,
})

const INTEGER_LIMITS = {
  short: [-0x8000n, 0x7fffn],
  int: [-0x80000000n, 0x7fffffffn],
  long: [-0x8000000000000000n, 0x7fffffffffffffffn],
} as const

// Values may come from clients, so no pattern here takes more than linear time.
const INTEGER = /^([+-]?)0*(\d{1,19})$/
/** As Java writes them: with an optional suffix. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?[df]?$/i

/** The value, or the reason why the text is none. */
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
    case 'double': {
      const number = DECIMAL.test(text) ? Number.parseFloat(text) : Number.NaN
      return Number.isFinite(number) ? { value: number, text: doubleText(number) } : 'Not a number of type DOUBLE'
    }
    case 'list': {
      const elements = text === '' ? [] : [...new Set(text.split(',').map(element => element.trim()))]
      return { value: elements, text: elements.join(',') }
    }
    default:
      return { value: text, text }
  }
}

const parseInteger = (type: keyof typeof INTEGER_LIMITS, text: string): ParsedSetting | string => {
  const [least, most] = INTEGER_LIMITS[type]
  const [, sign, digits] = INTEGER.exec(text) ?? []
  const number = digits === undefined ? null : BigInt(`${sign === '-' ? sign : ''}${digits}`)
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

const reasonToRefuse = (setting: Setting, value: SettingValue): string | null => {
  if (typeof value === 'number') return outOfRange(setting, value) ?? setting.check?.(value) ?? null
  if (setting.values !== undefined && !isOneOf(setting, value as string)) return notOneOf(setting)
  return setting.check?.(value) ?? null
}

const outOfRange = ({ min, max, orElse }: Setting, value: number): string | null => {
  if (value === orElse) return null
  const tooSmall = min !== undefined && value < min
  const tooLarge = max !== undefined && value > max
  if (orElse !== undefined && (tooSmall || tooLarge)) {
    return `Value must be between ${min} and ${max} or equal to ${orElse}`
  }
  if (tooSmall) return `Value must be at least ${min}`
  return tooLarge ? `Value must be no more than ${max}` : null
}

const isOneOf = ({ values = [], ignoreCase }: Setting, text: string): boolean =>
  values.includes(ignoreCase ? text.toLowerCase() : text)

const notOneOf = ({ values = [], ignoreCase }: Setting): string =>
  ignoreCase
    ? `String must be one of (case insensitive): ${values.join(', ').toUpperCase()}`
    : `String must be one of: ${values.join(', ')}`

const checkedList = (name: string, setting: Setting, value: readonly string[]): ParsedSetting | SettingProblem => {
  if (setting.nonEmpty && value.length === 0) {
    const allowed = setting.values === undefined ? 'any non-empty value' : `[${setting.values.join(', ')}]`
    return invalidList(name, `must not be empty. Valid values include: ${allowed}`)
  }
  if (value.includes('')) return invalidList(name, 'values must not be empty.')
  const stranger = setting.values && value.find(element => !isOneOf(setting, element))
  if (stranger !== undefined) return invalidValue(name, stranger, notOneOf(setting))
  const reason = setting.check?.(value) ?? null
  if (reason !== null) return invalidValue(name, `[${value.join(', ')}]`, reason)
  return { value, text: value.join(',') }
}

const invalidList = (name: string, reason: string): SettingProblem => ({
  problem: `Configuration '${name}' ${reason}`,
  reason: `The list ${reason}`,
})

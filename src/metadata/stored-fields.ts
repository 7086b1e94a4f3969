/** A value of the store that this version cannot read: written by a newer version, or damaged. */
export class UnreadableMetadata extends Error {
  override readonly name = 'UnreadableMetadata'
  constructor(key: string, reason: string) {
    super(`the metadata store holds an unreadable value at ${key}: ${reason}`)
  }
}

/** The version of all value formats; every value carries it, and a value with another one is refused. */
const FORMAT = 1

/** The text of a value. */
export const encodeFields = (fields: object): string => JSON.stringify({ format: FORMAT, ...fields })

/** The fields of one value, checked as they are read: every method throws `UnreadableMetadata` when the field is not what it should be. */
export class StoredFields {
  readonly #key: string
  readonly #fields: Readonly<Record<string, unknown>>

  private constructor(key: string, fields: Readonly<Record<string, unknown>>) {
    this.#key = key
    this.#fields = fields
  }

  static parse(key: string, text: string): StoredFields {
    const parsed = parseJson(text)
    if (!isRecord(parsed)) throw new UnreadableMetadata(key, 'not a JSON object')
    const { format } = parsed
    if (format !== FORMAT) {
      throw new UnreadableMetadata(key, `it has format ${JSON.stringify(format)}, this version reads format ${FORMAT}`)
    }
    return new StoredFields(key, parsed)
  }

  text(name: string): string {
    return this.#read(name, isText)
  }

  textOrNull(name: string): string | null {
    return this.#read(name, isTextOrNull)
  }

  integer(name: string): number {
    return this.#read(name, isInteger)
  }

  integerOrNull(name: string): number | null {
    return this.#read(name, isIntegerOrNull)
  }

  flag(name: string): boolean {
    return this.#read(name, isFlag)
  }

  oneOf<const Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    return this.#read(name, (value): value is Choice => choices.some(choice => choice === value))
  }

  integers(name: string): readonly number[] {
    return this.#read(name, isIntegers)
  }

  integerPairs(name: string): readonly (readonly [number, number])[] {
    return this.#read(name, isPairs)
  }

  /** An object whose fields are all texts. */
  texts(name: string): Readonly<Record<string, string>> {
    return this.#read(name, isTexts)
  }

  objects(name: string): readonly StoredFields[] {
    return this.#read(name, isRecords).map(fields => new StoredFields(this.#key, fields))
  }

  #read<T>(name: string, isValid: Guard<T>): T {
    const value = this.#fields[name]
    if (!isValid(value)) throw new UnreadableMetadata(this.#key, `field '${name}' is ${JSON.stringify(value)}`)
    return value
  }
}

type Guard<T> = (value: unknown) => value is T

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const orNull =
  <T>(isValid: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || isValid(value)
const listOf =
  <T>(isValid: Guard<T>): Guard<T[]> =>
  (value): value is T[] =>
    Array.isArray(value) && value.every(isValid)

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = orNull(isText)
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)
const isIntegerOrNull = orNull(isInteger)
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isIntegers = listOf(isInteger)
const isPair = (value: unknown): value is [number, number] => isIntegers(value) && value.length === 2
const isPairs = listOf(isPair)
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isRecords = listOf(isRecord)
const isTexts = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every(isText)

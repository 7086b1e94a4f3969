/** Kafka's types of settings (ConfigDef.Type). Numbers hold no unit suffixes: sizes are bytes, times are in the unit of their name. */
export type SettingType = 'boolean' | 'int' | 'short' | 'long' | 'double' | 'string' | 'list' | 'class' | 'password'

/** One setting as data. Its name is its key in a table. */
export interface Setting {
  readonly type: SettingType
  /** Text form, as it would stand in a properties file; null: there is none. */
  readonly default: string | null
  /** What it does, with units, in one or two sentences. */
  readonly doc: string
  /** Smallest and largest allowed number, both included. */
  readonly min?: number
  readonly max?: number
  /** One more number that is allowed outside the range. */
  readonly orElse?: number
  /** Smaller numbers are accepted and count as this one. */
  readonly floor?: number
  /** The only strings allowed, or for a list its only elements. */
  readonly values?: readonly string[]
  /** `values` are meant in any case. */
  readonly ignoreCase?: boolean
  /** Lists only: must name at least one element. */
  readonly nonEmpty?: boolean
  /** What else a value must fulfil: the reason to refuse it, or null. */
  readonly check?: (value: SettingValue) => string | null
  /** May be changed while the broker runs, for one broker and for all (KIP-226: cluster-wide). Settings of topics and groups always may. */
  readonly dynamic?: boolean
  /** The same thing in coarser units: they count, in this order, while the setting itself is not given. */
  readonly fallbacks?: readonly Fallback[]
  /** The setting whose value counts while this one is not given. */
  readonly inherits?: string
  /** Settings of topics and groups: the broker's setting that holds their default. */
  readonly synonym?: string
  /** Why the setting is known and shown but changes nothing (yet). */
  readonly noEffect?: string
  /** Shown to clients only where it has been set. */
  readonly internal?: boolean
}

export type SettingValue = boolean | number | string | readonly string[] | null

export interface Fallback {
  readonly name: string
  /** How many of this setting's units are in one of the other's. */
  readonly factor: number
}

export type SettingTable = Readonly<Record<string, Setting>>

/** `log.retention.ms` -> `logRetentionMs`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

type NumericType = 'int' | 'short' | 'long' | 'double'

type ElementOf<S extends Setting> = S extends { readonly values: readonly (infer Value)[] } ? Value : string

type PlainValueOf<S extends Setting> = S['type'] extends 'boolean'
  ? boolean
  : S['type'] extends NumericType
    ? number
    : S['type'] extends 'list'
      ? readonly ElementOf<S>[]
      : ElementOf<S>

type AlwaysSet =
  | { readonly default: string }
  | { readonly fallbacks: readonly Fallback[] }
  | { readonly inherits: string }

/** The type of a value in force: null is possible only where the table names nothing to fall back on. */
export type ValueOf<S extends Setting> = S extends AlwaysSet ? PlainValueOf<S> : PlainValueOf<S> | null

/** The typed object of a table: one camelCase field per setting. */
export type ValuesOf<Table extends SettingTable> = {
  readonly [Name in keyof Table & string as CamelCase<Name>]: ValueOf<Table[Name]>
}

export const camelCase = (name: string): string =>
  name.replace(/\.([a-z])/g, (_, letter: string) => letter.toUpperCase())

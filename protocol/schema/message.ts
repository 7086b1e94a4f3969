import type { Versions } from './versions'

/** What a value of each type of the wire is in the program. */
export interface PrimitiveValues {
  bool: boolean
  int8: number
  int16: number
  uint16: number
  int32: number
  uint32: number
  int64: number
  float64: number
  string: string
  /** Kafka's text form: base64url of the 16 bytes, see `ZERO_UUID`. */
  uuid: string
  bytes: Buffer
  /** Record batches: encoded like bytes, never looked into. */
  records: Buffer
}

export type PrimitiveType = keyof PrimitiveValues

/** One field of a message in all versions; the grammar is explained in `protocol/README.md`. */
export interface FieldDefinition {
  readonly name: string
  /** A primitive type, the name of a structure with `fields`, or '[]' and one of these. */
  readonly type: string
  readonly versions: Versions
  readonly nullableVersions?: Versions
  readonly taggedVersions?: Versions
  readonly tag?: number
  /** Where the field differs from its message in the encoding of its length. */
  readonly flexibleVersions?: Versions
  /** Value of a field that is absent; without it: zero, false, empty. */
  readonly default?: number | string | boolean | null
  /** What happens to an int64 beyond ±(2^53-1). Without it: refused. */
  readonly int64?: 'saturate' | 'bigint'
  readonly fields?: readonly FieldDefinition[]
}

/** One message in all its versions. */
export interface MessageDefinition {
  readonly name: string
  readonly versions: Versions
  /** Versions with compact lengths and tagged fields (KIP-482). */
  readonly flexibleVersions: Versions
  readonly fields: readonly FieldDefinition[]
}

/** Defines a message. Its types follow from the definition: `MessageOf` and `InputOf`. */
export const message = <const Definition extends MessageDefinition>(definition: Definition): Definition => definition

/** Defines the fields of a structure that occurs in several places. */
export const fields = <const Fields extends readonly FieldDefinition[]>(definition: Fields): Fields => definition

/** Whether a value of these fields may have parts of the message that it was decoded from: `bytes` and `records` are not copied. */
export const holdsBytes = (definitions: readonly FieldDefinition[]): boolean =>
  definitions.some(({ type, fields: parts }) => type === 'bytes' || type === 'records' || (parts && holdsBytes(parts)))

/** A decoded message: all fields of all versions are there, those that its version does not have with their defaults. */
export type MessageOf<Definition extends MessageDefinition> = StructureOf<Definition['fields']>

/**
 * What a writer takes: any field may be left out and has its default then; what the version does not have is not written. `records` and
 * `bytes` may come in parts.
 */
export type InputOf<Definition extends MessageDefinition> = InputStructureOf<Definition['fields']>

type StructureOf<Fields extends readonly FieldDefinition[]> = {
  -readonly [Field in Fields[number] as Field['name']]: OrNull<Field, ValueOf<Field>>
}

type ValueOf<Field extends FieldDefinition> = Field['type'] extends `[]${infer Element}`
  ? ElementOf<Field, Element>[]
  : ElementOf<Field, Field['type']>

type ElementOf<Field extends FieldDefinition, Type extends string> = Type extends PrimitiveType
  ? PrimitiveOf<Field, PrimitiveValues[Type]>
  : Field extends { readonly fields: infer Fields extends readonly FieldDefinition[] }
    ? StructureOf<Fields>
    : unknown

type InputStructureOf<Fields extends readonly FieldDefinition[]> = {
  readonly [Field in Fields[number] as Field['name']]?: OrNull<Field, InputValueOf<Field>>
}

type InputValueOf<Field extends FieldDefinition> = Field['type'] extends `[]${infer Element}`
  ? readonly InputElementOf<Field, Element>[]
  : InputElementOf<Field, Field['type']>

type InputElementOf<Field extends FieldDefinition, Type extends string> = Type extends 'bytes' | 'records'
  ? Buffer | readonly Buffer[]
  : Type extends PrimitiveType
    ? PrimitiveOf<Field, PrimitiveValues[Type]>
    : Field extends { readonly fields: infer Fields extends readonly FieldDefinition[] }
      ? InputStructureOf<Fields>
      : unknown

type PrimitiveOf<Field extends FieldDefinition, Value> = Field extends { readonly int64: 'bigint' } ? bigint : Value

type OrNull<Field extends FieldDefinition, Value> = Field extends { readonly nullableVersions: string }
  ? Value | null
  : Value

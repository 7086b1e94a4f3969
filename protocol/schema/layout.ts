import { UUID_SIZE, ZERO_UUID } from '../wire/uuid'
import type { FieldDefinition, MessageDefinition } from './message'
import { includesVersion } from './versions'

/**
 * A definition seen at one version: all questions about versions are answered here, once, for the compiled and the interpreting codec.
 */
export interface StructureLayout {
  readonly name: string
  readonly isFlexible: boolean
  /** All fields, in the order in which the decoded value has them; those that are `inOrder` follow each other on the wire. */
  readonly fields: readonly FieldLayout[]
  /** Ascending by tag. */
  readonly taggedFields: readonly FieldLayout[]
  /** Bytes that a value takes at least. */
  readonly minimumSize: number
}

export interface FieldLayout {
  readonly name: string
  readonly type: TypeLayout
  readonly presence: 'absent' | 'inOrder' | 'tagged'
  /** -1 unless tagged. */
  readonly tag: number
  readonly isNullable: boolean
  /** Lengths are unsigned varints. */
  readonly isCompact: boolean
  readonly default: DefaultValue
}

export type TypeLayout =
  | { readonly kind: FixedKind | 'string' | 'bytes' }
  | { readonly kind: 'array'; readonly element: TypeLayout }
  | { readonly kind: 'structure'; readonly structure: StructureLayout }

/** Types of fixed size. Of int64 there are several, named after the methods of Reader and Writer. */
export type FixedKind = keyof typeof FIXED_SIZES

/** Arrays and structures have no other default than null and empty. */
export type DefaultValue = number | bigint | string | boolean | null | typeof EMPTY

export const EMPTY = Symbol('empty')

export interface LayoutOptions {
  /**
   * Every int64 that a number does not hold exactly is a bigint, in both directions: to check the codec against bytes of other
   * implementations.
   */
  readonly exactInt64?: boolean
}

const FIXED_SIZES = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  saturatedInt64: 8,
  bigInt64: 8,
  exactInt64: 8,
  float64: 8,
  uuid: UUID_SIZE,
} as const

const LONG_MAX = 0x7fff_ffff_ffff_ffffn

export const isFixed = (type: TypeLayout): type is { readonly kind: FixedKind } => type.kind in FIXED_SIZES

/** Throws Error when the definition has no such version or contradicts the grammar. */
export const layoutOf = (
  definition: MessageDefinition,
  version: number,
  options: LayoutOptions = {},
): StructureLayout => {
  if (!includesVersion(definition.versions, version)) {
    throw new Error(`${definition.name} has the versions ${definition.versions}, not ${version}`)
  }
  const isFlexible = includesVersion(definition.flexibleVersions, version)
  return new LayoutBuilder(version, isFlexible, options).structure(definition.name, definition.fields)
}

class LayoutBuilder {
  readonly #version: number
  readonly #isFlexible: boolean
  readonly #exactInt64: boolean
  /** Structures that occur in several places have one layout, so that they are compiled once. */
  readonly #structures = new Map<readonly FieldDefinition[], StructureLayout>()

  constructor(version: number, isFlexible: boolean, options: LayoutOptions) {
    this.#version = version
    this.#isFlexible = isFlexible
    this.#exactInt64 = options.exactInt64 ?? false
  }

  structure(name: string, definitions: readonly FieldDefinition[]): StructureLayout {
    const known = this.#structures.get(definitions)
    if (known !== undefined) return known
    const fields = definitions.map(definition => this.#field(definition))
    const taggedFields = fields.filter(({ presence }) => presence === 'tagged').sort((a, b) => a.tag - b.tag)
    let minimumSize = this.#isFlexible ? 1 : 0
    for (const field of fields) if (field.presence === 'inOrder') minimumSize += minimumSizeOf(field)
    const layout = { name, isFlexible: this.#isFlexible, fields, taggedFields, minimumSize }
    this.#structures.set(definitions, layout)
    return layout
  }

  #field(definition: FieldDefinition): FieldLayout {
    const { name, versions, nullableVersions, taggedVersions, flexibleVersions, tag } = definition
    const isTagged = includesVersion(taggedVersions, this.#version)
    if (isTagged && tag === undefined) throw new Error(`the tagged field ${name} has no tag`)
    const isPresent = includesVersion(versions, this.#version)
    return {
      name,
      type: this.#type(definition, definition.type),
      presence: !isPresent ? 'absent' : isTagged ? 'tagged' : 'inOrder',
      tag: isTagged ? tag! : -1,
      isNullable: includesVersion(nullableVersions, this.#version),
      isCompact:
        this.#isFlexible && (flexibleVersions === undefined || includesVersion(flexibleVersions, this.#version)),
      default: this.#default(definition),
    }
  }

  #type(definition: FieldDefinition, type: string): TypeLayout {
    if (type.startsWith('[]')) return this.#array(definition, type.slice(2))
    if (type === 'int64') return { kind: this.#int64Kind(definition) }
    if (type === 'records') return { kind: 'bytes' }
    if (type === 'string' || type === 'bytes' || type in FIXED_SIZES) return { kind: type as FixedKind }
    if (definition.fields === undefined) throw new Error(`the type ${type} of ${definition.name} has no fields`)
    return { kind: 'structure', structure: this.structure(type, definition.fields) }
  }

  #array(definition: FieldDefinition, elementType: string): TypeLayout {
    const element = this.#type(definition, elementType)
    const isPresent = includesVersion(definition.versions, this.#version)
    if (isPresent && minimumSizeOfType(element, this.#isFlexible) === 0) {
      // Otherwise a few bytes could declare an array of any length.
      throw new Error(`elements of ${definition.name} have no bytes in version ${this.#version}`)
    }
    return { kind: 'array', element }
  }

  #int64Kind({ int64 }: FieldDefinition): FixedKind {
    if (int64 === 'bigint') return 'bigInt64'
    if (this.#exactInt64) return 'exactInt64'
    return int64 === 'saturate' ? 'saturatedInt64' : 'int64'
  }

  #default(definition: FieldDefinition): DefaultValue {
    const { type, int64 } = definition
    const value = definition.default
    if (value === undefined) return defaultOfType(definition)
    if (int64 === 'bigint' && typeof value === 'number') return BigInt(value)
    if (this.#exactInt64 && int64 === 'saturate' && value === Number.MAX_SAFE_INTEGER) return LONG_MAX
    if (value === null || type in FIXED_SIZES || type === 'string') return value
    throw new Error(`${definition.name} can only have the default null`)
  }
}

const defaultOfType = ({ type, int64, nullableVersions }: FieldDefinition): DefaultValue => {
  if (type === 'string') return ''
  if (type === 'uuid') return ZERO_UUID
  if (type === 'bool') return false
  if (type === 'int64' && int64 === 'bigint') return 0n
  if (type === 'records') return nullableVersions === undefined ? EMPTY : null
  return type in FIXED_SIZES ? 0 : EMPTY
}

const minimumSizeOf = ({ type, isNullable, isCompact }: FieldLayout): number =>
  isNullable && type.kind === 'structure' ? 1 : minimumSizeOfType(type, isCompact)

/** Bytes that a value of the type takes at least. */
export const minimumSizeOfType = (type: TypeLayout, isCompact: boolean): number => {
  if (isFixed(type)) return FIXED_SIZES[type.kind]
  if (type.kind === 'structure') return type.structure.minimumSize
  if (isCompact) return 1
  return type.kind === 'string' ? 2 : 4
}

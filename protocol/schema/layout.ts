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
  | ElementLayout
  | { readonly kind: 'array'; readonly element: ElementLayout; readonly minimumSize: number }

/** Arrays have no arrays as elements. */
export type ElementLayout =
  | { readonly kind: 'primitive'; readonly method: PrimitiveMethod; readonly minimumSize: number }
  | { readonly kind: 'structure'; readonly structure: StructureLayout; readonly minimumSize: number }

/** The method of Reader and of Writer for a type without parts. There are several for int64, and for what has a length in front. */
export type PrimitiveMethod = FixedMethod | SizedMethod<'string'> | SizedMethod<'bytes'>

type FixedMethod = keyof typeof FIXED_SIZES
type SizedMethod<Base extends string> =
  | Base
  | `nullable${Capitalize<Base>}`
  | `compact${Capitalize<Base>}`
  | `compactNullable${Capitalize<Base>}`

/** The default of arrays, structures and bytes that are not null by default. */
export const EMPTY = Symbol('empty')

export type DefaultValue = number | bigint | string | boolean | null | typeof EMPTY

export const EMPTY_BYTES = Buffer.alloc(0)

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
    for (const { presence, type } of fields) if (presence === 'inOrder') minimumSize += type.minimumSize
    const layout = { name, isFlexible: this.#isFlexible, fields, taggedFields, minimumSize }
    this.#structures.set(definitions, layout)
    return layout
  }

  #field(definition: FieldDefinition): FieldLayout {
    const { name, versions, nullableVersions, taggedVersions, flexibleVersions, tag } = definition
    const isTagged = includesVersion(taggedVersions, this.#version)
    if (isTagged && tag === undefined) throw new Error(`the tagged field ${name} has no tag`)
    const isPresent = includesVersion(versions, this.#version)
    const isNullable = includesVersion(nullableVersions, this.#version)
    const isCompact =
      this.#isFlexible && (flexibleVersions === undefined || includesVersion(flexibleVersions, this.#version))
    return {
      name,
      type: this.#type(definition, isCompact, isNullable),
      presence: !isPresent ? 'absent' : isTagged ? 'tagged' : 'inOrder',
      tag: isTagged ? tag! : -1,
      isNullable,
      isCompact,
      default: this.#default(definition),
    }
  }

  #type(definition: FieldDefinition, isCompact: boolean, isNullable: boolean): TypeLayout {
    const { type } = definition
    if (!type.startsWith('[]')) return this.#element(definition, type, isCompact, isNullable)
    const element = this.#element(definition, type.slice(2), isCompact, false)
    this.#refuseFreeElements(definition, element)
    return { kind: 'array', element, minimumSize: isCompact ? 1 : 4 }
  }

  #element(definition: FieldDefinition, type: string, isCompact: boolean, isNullable: boolean): ElementLayout {
    if (isFixed(type)) {
      const method = type === 'int64' ? this.#int64Method(definition) : type
      return { kind: 'primitive', method, minimumSize: FIXED_SIZES[type] }
    }
    if (type === 'string') {
      return { kind: 'primitive', method: sizedMethod(type, isCompact, isNullable), minimumSize: isCompact ? 1 : 2 }
    }
    if (type === 'bytes' || type === 'records') {
      return { kind: 'primitive', method: sizedMethod('bytes', isCompact, isNullable), minimumSize: isCompact ? 1 : 4 }
    }
    if (definition.fields === undefined) throw new Error(`the type ${type} of ${definition.name} has no fields`)
    const structure = this.structure(type, definition.fields)
    return { kind: 'structure', structure, minimumSize: isNullable ? 1 : structure.minimumSize }
  }

  /** Elements without bytes would let a few bytes declare an array of any length. */
  #refuseFreeElements({ name, versions }: FieldDefinition, { minimumSize }: ElementLayout): void {
    if (minimumSize > 0 || !includesVersion(versions, this.#version)) return
    throw new Error(`elements of ${name} have no bytes in version ${this.#version}`)
  }

  #int64Method({ int64 }: FieldDefinition): FixedMethod {
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
    if (value === null || isFixed(type) || type === 'string') return value
    throw new Error(`${definition.name} can only have the default null`)
  }
}

const defaultOfType = ({ type, int64, nullableVersions }: FieldDefinition): DefaultValue => {
  if (type === 'string') return ''
  if (type === 'uuid') return ZERO_UUID
  if (type === 'bool') return false
  if (type === 'int64' && int64 === 'bigint') return 0n
  if (type === 'records') return nullableVersions === undefined ? EMPTY : null
  return isFixed(type) ? 0 : EMPTY
}

const isFixed = (type: string): type is FixedMethod => Object.hasOwn(FIXED_SIZES, type)

/** The name of the method for what has a length in front: `string`, `nullableString`, `compactString`, `compactNullableString`. */
export const sizedMethod = <Base extends 'string' | 'bytes' | 'arrayLength'>(
  base: Base,
  isCompact: boolean,
  isNullable: boolean,
): SizedMethod<Base> => {
  const capitalized = `${base[0]!.toUpperCase()}${base.slice(1)}` as Capitalize<Base>
  if (isCompact) return isNullable ? `compactNullable${capitalized}` : `compact${capitalized}`
  return isNullable ? `nullable${capitalized}` : base
}

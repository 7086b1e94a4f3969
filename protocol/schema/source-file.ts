import { EMPTY, type FieldLayout, type StructureLayout, type TypeLayout } from './layout'

export const EMPTY_BYTES = Buffer.alloc(0)

/** JavaScript in the making: functions, at most one for each structure and purpose. */
export class SourceFile {
  readonly #functions: string[] = []
  readonly #names = new Map<string, Map<StructureLayout, string>>()
  #count = 0

  /** The name of the function that does `purpose` for `structure`; `body` is called for its lines when it is not there yet. */
  functionFor(purpose: string, structure: StructureLayout, body: (name: string) => readonly string[]): string {
    const names = this.#names.get(purpose) ?? new Map<StructureLayout, string>()
    this.#names.set(purpose, names)
    const known = names.get(structure)
    if (known !== undefined) return known
    const name = `${purpose}${structure.name}${++this.#count}`
    names.set(structure, name)
    this.#functions.push(body(name).join('\n'))
    return name
  }

  /** Evaluates the file and returns its function `name`. Throws EvalError where code generation from strings is disallowed. */
  load(name: string): unknown {
    const source = `'use strict'\n${this.#functions.join('\n')}\nreturn ${name}`
    return new Function('EMPTY_BYTES', source)(EMPTY_BYTES)
  }
}

/** An expression for the default of `field`; `structure` gives the one for an empty structure. */
export const defaultLiteral = (field: FieldLayout, structure: (layout: StructureLayout) => string): string => {
  const value = field.default
  if (typeof value === 'bigint') return `${value}n`
  if (value !== EMPTY) return JSON.stringify(value)
  switch (field.type.kind) {
    case 'structure':
      return structure(field.type.structure)
    case 'array':
      return '[]'
    default:
      return 'EMPTY_BYTES'
  }
}

/** The method of Reader and Writer for a type whose encoding depends on the field: `string`, `nullableString`, `compactNullableString` ... */
export const methodFor = (base: string, isCompact: boolean, isNullable: boolean): string => {
  const words = [isCompact ? 'compact' : '', isNullable ? 'nullable' : '', base].filter(word => word !== '')
  return words.map((word, index) => (index === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join('')
}

/** The method for any type that is neither an array nor a structure. */
export const primitiveMethod = ({ kind }: TypeLayout, isCompact: boolean, isNullable: boolean): string =>
  kind === 'string' || kind === 'bytes' ? methodFor(kind, isCompact, isNullable) : kind

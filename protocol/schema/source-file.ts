import { EMPTY, EMPTY_BYTES, type FieldLayout, type StructureLayout } from './layout'

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

import type { Reader } from '../wire/reader'
import { type FieldLayout, minimumSizeOfType, type StructureLayout } from './layout'
import { defaultLiteral, methodFor, primitiveMethod, SourceFile } from './source-file'

/**
 * Compiles a function that reads messages of this layout: straight-line code without a question about versions, one function for each
 * structure. Throws EvalError where code generation from strings is disallowed.
 */
export const compileReader = (layout: StructureLayout): ((reader: Reader) => unknown) => {
  const file = new SourceFile()
  return file.load(readFunction(file, layout)) as (reader: Reader) => unknown
}

/** The name of the function that reads `structure`. */
const readFunction = (file: SourceFile, structure: StructureLayout): string =>
  file.functionFor('read', structure, name => [
    `function ${name}(r) {`,
    ...structure.fields.flatMap(field => readField(file, field)),
    ...(structure.isFlexible ? readTaggedFields(file, structure) : []),
    // The same properties in the same order in every version: values of all versions have one hidden class.
    `return { ${structure.fields.map(field => `${field.name}: ${resultOf(field)}`).join(', ')} }`,
    '}',
  ])

const resultOf = (field: FieldLayout): string =>
  field.presence === 'absent' ? defaultLiteral(field, objectLiteral) : `$${field.name}`

/** A structure with nothing but defaults. */
const objectLiteral = (structure: StructureLayout): string =>
  `{ ${structure.fields.map(field => `${field.name}: ${defaultLiteral(field, objectLiteral)}`).join(', ')} }`

const readField = (file: SourceFile, field: FieldLayout): string[] => {
  switch (field.presence) {
    case 'absent':
      return []
    case 'tagged':
      return [`let $${field.name} = ${defaultLiteral(field, objectLiteral)}`]
    case 'inOrder':
      return [`let $${field.name}`, ...readInto(file, field, 'r.int8() >= 0')]
  }
}

const readTaggedFields = (file: SourceFile, { taggedFields }: StructureLayout): string[] => {
  if (taggedFields.length === 0) return ['r.skipTaggedFields()']
  return [
    'for (let tags = r.unsignedVarint(); tags > 0; tags--) {',
    'const tag = r.unsignedVarint()',
    'const size = r.unsignedVarint()',
    'switch (tag) {',
    ...taggedFields.flatMap(field => [
      `case ${field.tag}: {`,
      ...readInto(file, field, 'r.unsignedVarint() > 0'),
      'break',
      '}',
    ]),
    'default: r.skip(size)',
    '}',
    '}',
  ]
}

/** Assigns what is read to the variable of `field`. `isPresent` reads the mark in front of a structure that may be null. */
const readInto = (file: SourceFile, field: FieldLayout, isPresent: string): string[] => {
  const { name, type, isNullable, isCompact } = field
  if (type.kind === 'structure') {
    const value = `${readFunction(file, type.structure)}(r)`
    return [`$${name} = ${isNullable ? `${isPresent} ? ${value} : null` : value}`]
  }
  if (type.kind !== 'array') return [`$${name} = r.${primitiveMethod(type, isCompact, isNullable)}()`]
  const { element } = type
  const length = methodFor('arrayLength', isCompact, isNullable)
  const item =
    element.kind === 'structure'
      ? `${readFunction(file, element.structure)}(r)`
      : `r.${primitiveMethod(element, isCompact, false)}()`
  return [
    '{',
    `const length = r.${length}(${minimumSizeOfType(element, isCompact)})`,
    `$${name} = ${isNullable ? 'length < 0 ? null : []' : '[]'}`,
    `for (let i = 0; i < length; i++) $${name}.push(${item})`,
    '}',
  ]
}

import type { Reader } from '../wire/reader'
import { type ElementLayout, type FieldLayout, type StructureLayout, sizedMethod } from './layout'
import { defaultLiteral, SourceFile } from './source-file'

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
const readInto = (
  file: SourceFile,
  { name, type, isNullable, isCompact }: FieldLayout,
  isPresent: string,
): string[] => {
  if (type.kind === 'array') {
    const { element } = type
    return [
      '{',
      `const length = r.${sizedMethod('arrayLength', isCompact, isNullable)}(${element.minimumSize})`,
      `$${name} = ${isNullable ? 'length < 0 ? null : []' : '[]'}`,
      `for (let i = 0; i < length; i++) $${name}.push(${readExpression(file, element)})`,
      '}',
    ]
  }
  const value = readExpression(file, type)
  return [`$${name} = ${type.kind === 'structure' && isNullable ? `${isPresent} ? ${value} : null` : value}`]
}

const readExpression = (file: SourceFile, type: ElementLayout): string =>
  type.kind === 'structure' ? `${readFunction(file, type.structure)}(r)` : `r.${type.method}()`

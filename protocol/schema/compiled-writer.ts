import type { Writer } from '../wire/writer'
import { type ElementLayout, EMPTY, type FieldLayout, type StructureLayout } from './layout'
import { defaultLiteral, SourceFile } from './source-file'

/**
 * Compiles a function that writes messages of this layout: straight-line code without a question about versions, one function for each
 * structure. Throws EvalError where code generation from strings is disallowed.
 */
export const compileWriter = (layout: StructureLayout): ((writer: Writer, value: unknown) => void) => {
  const file = new SourceFile()
  return file.load(writeFunction(file, layout)) as (writer: Writer, value: unknown) => void
}

/** The name of the function that writes `structure`. */
const writeFunction = (file: SourceFile, structure: StructureLayout): string =>
  file.functionFor('write', structure, name => [
    `function ${name}(w, value) {`,
    ...structure.fields.flatMap(field =>
      field.presence === 'inOrder' ? [...loadField(field), ...writeValue(file, field, 'w.int8(-1)', 'w.int8(1)')] : [],
    ),
    ...(structure.isFlexible ? writeTaggedFields(file, structure) : []),
    '}',
  ])

/** Puts the value of the field, or its default, into a variable. */
const loadField = (field: FieldLayout): string[] => [
  `let $${field.name} = value.${field.name}`,
  `if ($${field.name} === undefined) $${field.name} = ${defaultLiteral(field, () => '{}')}`,
]

const writeTaggedFields = (file: SourceFile, { taggedFields }: StructureLayout): string[] => [
  ...taggedFields.flatMap(field => [
    ...loadField(field),
    `const $${field.name}IsSet = !(${isDefault(file, field, `$${field.name}`)})`,
  ]),
  `w.unsignedVarint(${['0', ...taggedFields.map(({ name }) => `$${name}IsSet`)].join(' + ')})`,
  ...taggedFields.flatMap(field => [
    `if ($${field.name}IsSet) {`,
    `w.unsignedVarint(${field.tag})`,
    'const section = w.startSized()',
    ...writeValue(file, field, 'w.unsignedVarint(0)', 'w.unsignedVarint(1)'),
    'w.endSized(section)',
    '}',
  ]),
]

/** Writes the variable of `field`. `markNull` and `markPresent` write what stands in front of a structure that may be null. */
const writeValue = (file: SourceFile, field: FieldLayout, markNull: string, markPresent: string): string[] => {
  const { name, type, isNullable, isCompact } = field
  if (type.kind === 'array') {
    const writeLength = isCompact ? 'w.compactArrayLength' : 'w.arrayLength'
    const write = [
      `${writeLength}($${name}.length)`,
      `for (let i = 0; i < $${name}.length; i++) ${writeElement(file, type.element, `$${name}[i]`)}`,
    ]
    return isNullable ? [`if ($${name} === null) ${writeLength}(-1)`, 'else {', ...write, '}'] : write
  }
  const write = writeElement(file, type, `$${name}`)
  if (type.kind !== 'structure' || !isNullable) return [write]
  return [`if ($${name} === null) ${markNull}`, `else { ${markPresent}; ${write} }`]
}

const writeElement = (file: SourceFile, type: ElementLayout, value: string): string =>
  type.kind === 'structure' ? `${writeFunction(file, type.structure)}(w, ${value})` : `w.${type.method}(${value})`

/** An expression that tells whether `value` is the default of `field`: such a tagged field is not written. */
const isDefault = (file: SourceFile, field: FieldLayout, value: string): string => {
  if (field.default !== EMPTY) return `${value} === ${defaultLiteral(field, () => '')}`
  const { type } = field
  const isEmpty =
    type.kind === 'structure' ? `${isEmptyFunction(file, type.structure)}(${value})` : `${value}.length === 0`
  return `${value} !== null && ${isEmpty}`
}

/** The name of the function that tells whether all fields of `structure` have their defaults, those of other versions too, as in Kafka. */
const isEmptyFunction = (file: SourceFile, structure: StructureLayout): string =>
  file.functionFor('isEmpty', structure, name => [
    `function ${name}(value) {`,
    `return ${structure.fields
      .map(field => `(value.${field.name} === undefined || ${isDefault(file, field, `value.${field.name}`)})`)
      .join(' && ')}`,
    '}',
  ])

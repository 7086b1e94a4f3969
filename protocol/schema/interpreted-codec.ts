import type { Reader } from '../wire/reader'
import type { Writer } from '../wire/writer'
import {
  type ElementLayout,
  EMPTY,
  EMPTY_BYTES,
  type FieldLayout,
  type StructureLayout,
  sizedMethod,
  type TypeLayout,
} from './layout'

type Structure = Record<string, unknown>

/** Reads messages of this layout by walking it: what the compiled reader is held against, and its substitute. */
export const interpretReader =
  (layout: StructureLayout): ((reader: Reader) => unknown) =>
  reader =>
    readStructure(reader, layout)

/** Writes messages of this layout by walking it: what the compiled writer is held against, and its substitute. */
export const interpretWriter =
  (layout: StructureLayout): ((writer: Writer, value: unknown) => void) =>
  (writer, value) =>
    writeStructure(writer, layout, value as Structure)

const readStructure = (reader: Reader, layout: StructureLayout): Structure => {
  const structure: Structure = {}
  for (const field of layout.fields) {
    structure[field.name] = field.presence === 'inOrder' ? readField(reader, field) : defaultOf(field)
  }
  if (layout.isFlexible) readTaggedFields(reader, layout, structure)
  return structure
}

const readTaggedFields = (reader: Reader, { taggedFields }: StructureLayout, structure: Structure): void => {
  for (let count = reader.unsignedVarint(); count > 0; count--) {
    const tag = reader.unsignedVarint()
    const size = reader.unsignedVarint()
    const field = taggedFields.find(candidate => candidate.tag === tag)
    if (field === undefined) reader.skip(size)
    else structure[field.name] = readField(reader, field)
  }
}

const readField = (reader: Reader, { type, isNullable, isCompact, presence }: FieldLayout): unknown => {
  if (type.kind === 'array') {
    const length = reader[sizedMethod('arrayLength', isCompact, isNullable)](type.element.minimumSize)
    if (length < 0) return null
    const array: unknown[] = []
    while (array.length < length) array.push(readElement(reader, type.element))
    return array
  }
  if (type.kind === 'structure' && isNullable) {
    const isPresent = presence === 'tagged' ? reader.unsignedVarint() > 0 : reader.int8() >= 0
    if (!isPresent) return null
  }
  return readElement(reader, type)
}

const readElement = (reader: Reader, type: ElementLayout): unknown =>
  type.kind === 'structure' ? readStructure(reader, type.structure) : reader[type.method]()

const defaultOf = (field: FieldLayout): unknown => (field.default === EMPTY ? emptyOf(field.type) : field.default)

const emptyOf = (type: TypeLayout): unknown => {
  if (type.kind === 'array') return []
  if (type.kind === 'primitive') return EMPTY_BYTES
  return Object.fromEntries(type.structure.fields.map(field => [field.name, defaultOf(field)]))
}

const writeStructure = (writer: Writer, layout: StructureLayout, structure: Structure): void => {
  for (const field of layout.fields) {
    if (field.presence === 'inOrder') writeField(writer, field, fieldOf(structure, field))
  }
  if (layout.isFlexible) writeTaggedFields(writer, layout, structure)
}

const writeTaggedFields = (writer: Writer, { taggedFields }: StructureLayout, structure: Structure): void => {
  const set = taggedFields.filter(field => !isDefault(field, fieldOf(structure, field)))
  writer.unsignedVarint(set.length)
  for (const field of set) {
    writer.unsignedVarint(field.tag)
    const section = writer.startSized()
    writeField(writer, field, fieldOf(structure, field))
    writer.endSized(section)
  }
}

const fieldOf = (structure: Structure, field: FieldLayout): unknown => {
  const value = structure[field.name]
  return value === undefined ? defaultOf(field) : value
}

const writeField = (writer: Writer, { type, isNullable, isCompact, presence }: FieldLayout, value: unknown): void => {
  if (type.kind === 'array') {
    const array = value as readonly unknown[] | null
    const length = array === null && isNullable ? -1 : array!.length
    if (isCompact) writer.compactArrayLength(length)
    else writer.arrayLength(length)
    for (let i = 0; i < length; i++) writeElement(writer, type.element, array![i])
    return
  }
  if (type.kind === 'structure' && isNullable) {
    if (presence === 'tagged') writer.unsignedVarint(value === null ? 0 : 1)
    else writer.int8(value === null ? -1 : 1)
    if (value === null) return
  }
  writeElement(writer, type, value)
}

const writeElement = (writer: Writer, type: ElementLayout, value: unknown): void => {
  if (type.kind === 'structure') writeStructure(writer, type.structure, value as Structure)
  else (writer[type.method] as (this: Writer, value: unknown) => void).call(writer, value)
}

const isDefault = (field: FieldLayout, value: unknown): boolean => {
  if (field.default !== EMPTY) return value === field.default
  if (value === null) return false
  const { type } = field
  if (type.kind !== 'structure') return (value as { readonly length: number }).length === 0
  return type.structure.fields.every(part => isDefault(part, fieldOf(value as Structure, part)))
}

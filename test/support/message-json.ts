import { isDeepStrictEqual } from 'node:util'
import {
  EMPTY,
  EMPTY_BYTES,
  type FieldLayout,
  type StructureLayout,
  type TypeLayout,
} from '../../protocol/schema/layout'
import type { GoldenObject } from './golden-messages'

/**
 * A decoded message in the notation of the golden vectors. Throws when a field that the version does not have is anything else than its
 * default.
 */
export const jsonOf = (layout: StructureLayout, message: unknown): GoldenObject => {
  const json: Record<string, unknown> = {}
  const names = Object.keys(message as object).join()
  if (names !== layout.fields.map(({ name }) => name).join()) throw new Error(`${layout.name} has the fields ${names}`)
  for (const field of layout.fields) {
    const value = (message as Record<string, unknown>)[field.name]
    const isDefault = isDeepStrictEqual(value, defaultOf(field))
    if (field.presence === 'absent' && !isDefault) throw new Error(`${layout.name}.${field.name} should be absent`)
    if (field.presence === 'inOrder' || (field.presence === 'tagged' && !isDefault)) {
      json[field.name] = jsonOfValue(field.type, value)
    }
  }
  return json
}

const jsonOfValue = (type: TypeLayout, value: unknown): unknown => {
  if (value === null) return null
  if (type.kind === 'array') return (value as unknown[]).map(element => jsonOfValue(type.element, element))
  if (type.kind === 'structure') return jsonOf(type.structure, value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`
  return Buffer.isBuffer(value) ? value.toString('base64') : value
}

/** The default of a field as decoded. */
export const defaultOf = (field: FieldLayout): unknown => {
  if (field.default !== EMPTY) return field.default
  if (field.type.kind === 'array') return []
  if (field.type.kind === 'primitive') return EMPTY_BYTES
  return Object.fromEntries(field.type.structure.fields.map(part => [part.name, defaultOf(part)]))
}

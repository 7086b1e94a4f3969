import fc, { type Arbitrary } from 'fast-check'
import type { FieldLayout, PrimitiveMethod, StructureLayout, TypeLayout } from '../../protocol/schema/layout'
import { defaultOf } from './message-json'

const ELEMENTS_MAX = 3

/** Messages of this layout as a reader gives them: what the version does not have is at its default. */
export const messageArbitrary = (layout: StructureLayout): Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(layout.fields.map(field => [field.name, fieldArbitrary(field)])), {
    noNullPrototype: true,
  })

const fieldArbitrary = (field: FieldLayout): Arbitrary<unknown> => {
  if (field.presence === 'absent') return fc.constant(null).map(() => defaultOf(field))
  const value = valueArbitrary(field.type)
  const withNull = field.isNullable ? fc.option(value, { freq: 4 }) : value
  return field.presence === 'tagged'
    ? fc.oneof(
        withNull,
        fc.constant(null).map(() => defaultOf(field)),
      )
    : withNull
}

const valueArbitrary = (type: TypeLayout): Arbitrary<unknown> => {
  if (type.kind === 'array') return fc.array(valueArbitrary(type.element), { maxLength: ELEMENTS_MAX })
  return type.kind === 'structure' ? messageArbitrary(type.structure) : primitiveArbitrary(type.method)
}

const integer = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })

const primitiveArbitrary = (method: PrimitiveMethod): Arbitrary<unknown> => {
  switch (method) {
    case 'bool':
      return fc.boolean()
    case 'int8':
      return integer(8)
    case 'int16':
      return integer(16)
    case 'uint16':
      return fc.nat({ max: 0xffff })
    case 'int32':
      return integer(32)
    case 'uint32':
      return fc.nat({ max: 0xffff_ffff })
    case 'int64':
    case 'saturatedInt64':
      return fc.maxSafeInteger()
    case 'bigInt64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'float64':
      return fc.double({ noNaN: true })
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => Buffer.from(bytes).toString('base64url'))
    case 'bytes':
    case 'nullableBytes':
    case 'compactBytes':
    case 'compactNullableBytes':
      return fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes))
    default:
      return fc.string({ unit: 'binary', maxLength: 50 })
  }
}

import { EMPTY, layoutOf } from '../../../protocol/schema/layout'
import { type FieldDefinition, fields, message } from '../../../protocol/schema/message'

const definitionOf = (...list: readonly FieldDefinition[]) =>
  message({ name: 'Example', versions: '0-3', flexibleVersions: '2+', fields: list })

describe('a layout', () => {
  it('tells for each field where it is in this version', () => {
    const definition = definitionOf(
      { name: 'always', type: 'int32', versions: '0+' },
      { name: 'late', type: 'int32', versions: '1+' },
      { name: 'tagged', type: 'int32', versions: '2+', taggedVersions: '3+', tag: 0 },
    )
    const presences = [0, 1, 2, 3].map(version => layoutOf(definition, version).fields.map(({ presence }) => presence))
    expect(presences).toEqual([
      ['inOrder', 'absent', 'absent'],
      ['inOrder', 'inOrder', 'absent'],
      ['inOrder', 'inOrder', 'inOrder'],
      ['inOrder', 'inOrder', 'tagged'],
    ])
  })

  it('has compact lengths in flexible versions, except where the field says otherwise', () => {
    const definition = definitionOf(
      { name: 'compact', type: 'string', versions: '0+' },
      { name: 'fixed', type: 'string', versions: '0+', nullableVersions: '0+', flexibleVersions: 'none' },
    )
    const methods = (version: number) =>
      layoutOf(definition, version).fields.map(({ type }) => (type.kind === 'primitive' ? type.method : ''))
    expect(methods(1)).toEqual(['string', 'nullableString'])
    expect(methods(2)).toEqual(['compactString', 'nullableString'])
  })

  it('sorts tagged fields by their tags', () => {
    const definition = definitionOf(
      { name: 'second', type: 'int8', versions: '2+', taggedVersions: '2+', tag: 7 },
      { name: 'first', type: 'int8', versions: '2+', taggedVersions: '2+', tag: 1 },
    )
    expect(layoutOf(definition, 2).taggedFields.map(({ name }) => name)).toEqual(['first', 'second'])
  })

  it('adds up the bytes that a value takes at least', () => {
    const definition = definitionOf(
      { name: 'id', type: 'uuid', versions: '0+' },
      { name: 'text', type: 'string', versions: '0+' },
      { name: 'list', type: '[]int64', versions: '0+' },
      { name: 'late', type: 'int64', versions: '3+' },
      {
        name: 'optional',
        type: 'Part',
        versions: '0+',
        nullableVersions: '1+',
        fields: [{ name: 'number', type: 'int32', versions: '0+' }],
      },
    )
    const sizes = [0, 1, 2, 3].map(version => layoutOf(definition, version).minimumSize)
    expect(sizes).toEqual([16 + 2 + 4 + 4, 16 + 2 + 4 + 1, 16 + 1 + 1 + 1 + 1, 16 + 1 + 1 + 8 + 1 + 1])
  })

  it('is the same object for a structure wherever it occurs', () => {
    const part = fields([{ name: 'number', type: 'int32', versions: '0+' }])
    const definition = definitionOf(
      { name: 'one', type: 'Part', versions: '0+', fields: part },
      { name: 'many', type: '[]Part', versions: '0+', fields: part },
    )
    const [one, many] = layoutOf(definition, 0).fields.map(({ type }) => (type.kind === 'array' ? type.element : type))
    expect(one).toMatchObject({ kind: 'structure' })
    expect(one?.kind === 'structure' && one.structure).toBe(many?.kind === 'structure' && many.structure)
  })

  it('knows the default of every type', () => {
    const types = ['bool', 'int8', 'int64', 'float64', 'string', 'uuid', 'bytes', '[]int32', 'records']
    const definition = definitionOf(...types.map(type => ({ name: type, type, versions: '0+' }) as const))
    const defaults = layoutOf(definition, 0).fields.map(field => field.default)
    expect(defaults).toEqual([false, 0, 0, 0, '', 'AAAAAAAAAAAAAAAAAAAAAA', EMPTY, EMPTY, EMPTY])
  })

  it('takes null for the default of records that may be null', () => {
    const definition = definitionOf({ name: 'records', type: 'records', versions: '0+', nullableVersions: '0+' })
    expect(layoutOf(definition, 0).fields[0]?.default).toBeNull()
  })

  it('keeps the end of int64 as a default, where an int64 saturates and where it is exact', () => {
    const definition = definitionOf({
      name: 'limit',
      type: 'int64',
      versions: '0+',
      int64: 'saturate',
      default: Number.MAX_SAFE_INTEGER,
    })
    expect(layoutOf(definition, 0).fields[0]?.default).toBe(Number.MAX_SAFE_INTEGER)
    expect(layoutOf(definition, 0, { exactInt64: true }).fields[0]?.default).toBe(9223372036854775807n)
  })

  it('is refused for a version that the definition does not have', () => {
    expect(() => layoutOf(definitionOf(), 4)).toThrow('Example has the versions 0-3, not 4')
  })

  it('is refused when elements of an array have no bytes, since a few bytes could declare any number of them', () => {
    const definition = definitionOf({
      name: 'list',
      type: '[]Part',
      versions: '0+',
      fields: [{ name: 'late', type: 'int32', versions: '1+' }],
    })
    expect(() => layoutOf(definition, 0)).toThrow('elements of list have no bytes in version 0')
    expect(layoutOf(definition, 1).minimumSize).toBe(4)
  })

  it('is refused for what contradicts the grammar', () => {
    expect(() => layoutOf(definitionOf({ name: 'a', type: 'int23', versions: '0+' }), 0)).toThrow('has no fields')
    expect(() => layoutOf(definitionOf({ name: 'a', type: 'int8', versions: '2+', taggedVersions: '2+' }), 2)).toThrow(
      'has no tag',
    )
    expect(() => layoutOf(definitionOf({ name: 'a', type: '[]int8', versions: '0+', default: 1 }), 0)).toThrow(
      'can only have the default null',
    )
  })
})

import fc from 'fast-check'
import { PropertiesSyntaxError, parseProperties } from '../../src/config/properties-file'
import javaExamples from '../golden/config/java-properties.json'

/** Name -> value, the last one counting. */
const read = (text: string): Record<string, string> =>
  Object.fromEntries(parseProperties(text).map(({ name, value }) => [name, value]))

describe('a properties file', () => {
  test.each([
    ['a=1', { a: '1' }],
    ['a:1\nb 2\nc\t3', { a: '1', b: '2', c: '3' }],
    ['  a  =  1  ', { a: '1  ' }],
    ['# a=1\n! b=2\n   # c=3', {}],
    ['a=1\n\n\r\nb=2', { a: '1', b: '2' }],
    ['a=1,\\\n   2,\\\r\n   3', { a: '1,2,3' }],
    ['a=1\\\\\nb=2', { a: '1\\', b: '2' }],
    ['a=x\\\n# not a comment', { a: 'x# not a comment' }],
    ['# a comment is not continued \\\na=1', { a: '1' }],
    ['a\\ b\\=c=1', { 'a b=c': '1' }],
    ['a=\\t\\n\\u00e9\\z', { a: '\t\né' + 'z' }],
    ['a', { a: '' }],
    ['listeners=PLAINTEXT://:9092', { listeners: 'PLAINTEXT://:9092' }],
    ['', {}],
  ])('%j reads as %j', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it('names the line on which a setting begins', () => {
    expect(parseProperties('# first\na=1,\\\n2\n\nb=3').map(({ name, line }) => [name, line])).toEqual([
      ['a', 2],
      ['b', 5],
    ])
  })

  it('keeps every occurrence of a name, in order', () => {
    expect(parseProperties('a=1\na=2').map(({ value }) => value)).toEqual(['1', '2'])
  })

  it('refuses an incomplete unicode escaped with its line', () => {
    expect(() => parseProperties('a=1\nb=\\u12')).toThrow(PropertiesSyntaxError)
    expect(() => parseProperties('a=1\nb=\\u12')).toThrow(expect.objectContaining({ line: 2 }))
  })

  it('reads what java.util.Properties reads', () => {
    const differences = (javaExamples as unknown as readonly [string, Record<string, string>][]).filter(
      ([text, expected]) => JSON.stringify(sorted(read(text))) !== JSON.stringify(sorted(expected)),
    )
    expect(differences).toEqual([])
  })

  it('returns any name and value that has been escaped', () => {
    const escaped = (text: string): string =>
      text.replace(/[^a-z]/gs, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), {
          noNullPrototype: true,
        }),
        settings => {
          const text = Object.entries(settings)
            .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
            .join('\n')
          expect(sorted(read(text))).toEqual(sorted(settings))
        },
      ),
    )
  })

  it('reads any text to settings or to a syntax error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\\', 'u', '0', '=', ' ', '\n', '#') }), text => {
        try {
          expect(parseProperties(text).length).toBeLessThanOrEqual(text.split('\n').length)
        } catch (error) {
          expect(error).toBeInstanceOf(PropertiesSyntaxError)
        }
      }),
    )
  })
})

/** Without the empty name: Java makes one of a continued line that is empty in the end. */
const sorted = (settings: Record<string, string>): [string, string][] =>
  Object.entries(settings)
    .filter(([name]) => name !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))

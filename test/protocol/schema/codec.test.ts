import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readerOf, writerOf } from '../../../protocol/schema/codec'
import { layoutOf } from '../../../protocol/schema/layout'
import { message } from '../../../protocol/schema/message'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'
import { compiled, decodeAll, encode, interpreted } from '../../support/codecs'

const Example = message({
  name: 'Example',
  versions: '0-2',
  flexibleVersions: '1+',
  fields: [
    { name: 'text', type: 'string', versions: '0+', nullableVersions: '1+' },
    { name: 'late', type: 'int32', versions: '2+', default: -1 },
    { name: 'tagged', type: 'int16', versions: '1+', taggedVersions: '1+', tag: 0, default: 5 },
    { name: 'list', type: '[]int8', versions: '1+', nullableVersions: '1+', taggedVersions: '1+', tag: 2 },
    {
      name: 'part',
      type: 'Part',
      versions: '1+',
      nullableVersions: '1+',
      taggedVersions: '1+',
      tag: 3,
      fields: [{ name: 'number', type: 'int32', versions: '0+', default: -1 }],
    },
    {
      name: 'optional',
      type: 'Optional',
      versions: '0+',
      nullableVersions: '0+',
      default: null,
      fields: [{ name: 'byte', type: 'int8', versions: '0+' }],
    },
  ],
})

const DEFAULTS = { text: '', late: -1, tagged: 5, list: [], part: { number: -1 }, optional: null }

describe.each([compiled, interpreted])('the $name codec', codec => {
  const read = (version: number, hex: string): unknown =>
    decodeAll(codec.reader(layoutOf(Example, version)), Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  const write = (version: number, value: object): string =>
    encode(codec.writer(layoutOf(Example, version)), value).toString('hex')

  it('gives every field in the order of the definition, those of other versions with their defaults', () => {
    expect(read(0, '0001 61 ff')).toEqual({ ...DEFAULTS, text: 'a' })
    for (const [version, hex] of [
      [0, '0000 ff'],
      [1, '01 ff 00'],
      [2, '01 ffffffff ff 00'],
    ] as const) {
      expect(Object.keys(read(version, hex) as object)).toEqual(Object.keys(DEFAULTS))
    }
  })

  it('gives every message defaults of its own', () => {
    const readOne = codec.reader(layoutOf(Example, 0))
    const [first, second] = [0, 1].map(() => decodeAll(readOne, Buffer.from('0000ff', 'hex')) as typeof DEFAULTS)
    first?.list.push(1 as never)
    expect(second?.list).toEqual([])
    expect(second?.part).not.toBe(first?.part)
  })

  it('marks a structure that may be null with an int8', () => {
    expect(read(0, '0000 01 07')).toEqual({ ...DEFAULTS, optional: { byte: 7 } })
    expect(read(0, '0000 ff')).toEqual(DEFAULTS)
    expect(write(0, { optional: { byte: 7 } })).toBe('00000107')
    expect(write(0, { optional: null })).toBe('0000ff')
  })

  it('marks it with a varint inside of a tagged field', () => {
    expect(read(1, '01 ff 01 03 06 01 00000009 00')).toEqual({ ...DEFAULTS, part: { number: 9 } })
    expect(read(1, '01 ff 01 03 01 00')).toEqual({ ...DEFAULTS, part: null })
    expect(write(1, { part: { number: 9 } })).toBe('01ff010306010000000900')
    expect(write(1, { part: null })).toBe('01ff01030100')
  })

  it('does not write tagged fields that have their defaults, whether given or left out', () => {
    expect(write(1, {})).toBe('01ff00')
    expect(write(1, DEFAULTS)).toBe('01ff00')
    expect(write(1, { part: {} })).toBe('01ff00')
  })

  it('writes null into a tagged field whose default is not null', () => {
    expect(write(1, { list: null })).toBe('01ff01020100')
    expect(read(1, '01 ff 01 02 01 00')).toEqual({ ...DEFAULTS, list: null })
  })

  it('does not write what the version does not have', () => {
    expect(write(0, { text: 'a', late: 3, tagged: 4, list: [1] })).toBe('000161ff')
  })

  it('passes over tags that it does not know', () => {
    expect(read(1, '01 ff 02 01 03 aabbcc 63 00')).toEqual(DEFAULTS)
  })

  // Kafka's own readers take tags in any order, believe the last of several, and measure a known field by its content.
  it('takes tagged fields in any order and the last one of several', () => {
    expect(read(1, '01 ff 03 02 03 03 0102 00 02 0007 00 02 0008')).toEqual({ ...DEFAULTS, tagged: 8, list: [1, 2] })
  })

  it('measures a tagged field that it knows by its content', () => {
    expect(read(1, '01 ff 01 00 63 0007')).toEqual({ ...DEFAULTS, tagged: 7 })
  })

  it('refuses null where the version has none', () => {
    expect(() => read(0, 'ffff ff')).toThrow(MalformedMessage)
    expect(read(1, '00 ff 00')).toEqual({ ...DEFAULTS, text: null })
    expect(() => write(0, { text: null })).toThrow(TypeError)
  })

  it('refuses to write a value of another type', () => {
    expect(() => write(2, { late: 2 ** 40 })).toThrow(RangeError)
    expect(() => write(2, { late: null })).toThrow(RangeError)
    expect(() => write(2, { late: 'text' })).toThrow(RangeError)
    expect(() => write(2, { list: 7 })).toThrow()
  })
})

describe('codecs', () => {
  it('are made once for each definition and version', () => {
    expect(readerOf(Example, 1)).toBe(readerOf(Example, 1))
    expect(readerOf(Example, 2)).not.toBe(readerOf(Example, 1))
    expect(writerOf(Example, 1)).toBe(writerOf(Example, 1))
  })

  it('are compiled to code that asks nothing about versions', () => {
    expect(`${readerOf(Example, 1)}${writerOf(Example, 1)}`).not.toContain('version')
    expect(`${readerOf(Example, 0)}`).toContain('late: -1')
  })

  it('do not exist for versions that the message does not have', () => {
    expect(() => readerOf(Example, 3)).toThrow('Example has the versions 0-2, not 3')
    expect(() => writerOf(Example, -1)).toThrow('Example has the versions 0-2, not -1')
  })

  it('work without code generation where it is disallowed', () => {
    const support = join(__dirname, '../../support')
    const program = join(__dirname, 'disallowed-code-generation.ts')
    const run = (...options: string[]) => {
      const args = [...options, '--require', join(support, 'typescript-hook.cjs'), program]
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout)
    }
    const { canGenerateCode, ...result } = run('--disallow-code-generation-from-strings')
    const usual = run()
    expect([canGenerateCode, usual.canGenerateCode]).toEqual([false, true])
    expect(result).toEqual({ bytes: usual.bytes, message: usual.message })
    expect(result.message.nextCursor).toEqual({ topicName: 'next', partitionIndex: 3 })
  })
})

import * as fc from 'fast-check'
import { readSnappyBlock, snappyContentLength } from '../../../protocol/compression/snappy-block'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const block = (...parts: (readonly number[] | string)[]): Buffer =>
  Buffer.concat(parts.map(part => Buffer.from(part as string)))

const read = (bytes: Buffer): string => {
  const output = Buffer.alloc(snappyContentLength(bytes))
  expect(readSnappyBlock(bytes, output, 0)).toBe(output.length)
  return output.toString()
}

const copy2 = (length: number, distance: number) => [((length - 1) << 2) | 2, distance & 0xff, distance >>> 8]

test.each([
  ['a literal', block([3], [2 << 2], 'abc'), 'abc'],
  ['a literal with its length in one byte', block([70], [60 << 2, 69], 'x'.repeat(70)), 'x'.repeat(70)],
  ['a literal with its length in two bytes', block([0xac, 0x02], [61 << 2, 0x2b, 1], 'y'.repeat(300)), 'y'.repeat(300)],
  ['a literal with its length in three bytes', block([4], [62 << 2, 3, 0, 0], 'abcd'), 'abcd'],
  ['a literal with its length in four bytes', block([4], [63 << 2, 3, 0, 0, 0], 'abcd'), 'abcd'],
  ['a copy with its distance in 11 bits', block([7], [2 << 2], 'abc', [1, 3]), 'abcabca'],
  ['a copy with its distance in two bytes', block([5], [2 << 2], 'abc', copy2(2, 3)), 'abcab'],
  ['a copy with its distance in four bytes', block([5], [2 << 2], 'abc', [(1 << 2) | 3, 2, 0, 0, 0]), 'abcbc'],
  ['a copy that repeats what it writes', block([65], [0], 'z', copy2(64, 1)), 'z'.repeat(65)],
  ['nothing', block([0]), ''],
])('reads %s', (_, bytes, content) => {
  expect(read(bytes)).toBe(content)
})

test('reads a copy with a distance above 255 in 11 bits', () => {
  const literal = Array.from({ length: 300 }, (_, n) => String.fromCharCode(97 + (n % 26))).join('')
  expect(read(block([0xb0, 0x02], [61 << 2, 0x2b, 1], literal, [(1 << 5) | 1, 0x2c]))).toBe(
    literal + literal.slice(0, 4),
  )
})

test('writes where it is told, and copies from nothing before that', () => {
  const output = Buffer.from('.......')
  expect(readSnappyBlock(block([4], [1 << 2], 'ab', copy2(2, 2)), output, 2)).toBe(6)
  expect(output.toString()).toBe('..abab.')
  expect(() => readSnappyBlock(block([4], [1 << 2], 'ab', copy2(2, 3)), output, 2)).toThrow(MalformedMessage)
})

test.each([
  ['no length', block()],
  ['a length that never ends', block([0x80, 0x80, 0x80, 0x80, 0x80, 1])],
  ['a literal beyond the block', block([4], [3 << 2], 'abc')],
  ['a literal beyond the declared content', block([2], [2 << 2], 'abc')],
  ['a literal of 2^31 bytes', block([100], [63 << 2, 0, 0, 0, 0x80], 'abcdef')],
  ['a literal of 2^32 bytes', block([100], [63 << 2, 0xff, 0xff, 0xff, 0xff], 'abcdef')],
  ['a length of a literal cut off', block([4], [61 << 2, 3])],
  ['a distance of 0', block([5], [2 << 2], 'abc', copy2(2, 0))],
  ['a distance before the beginning', block([5], [2 << 2], 'abc', copy2(2, 4))],
  ['a distance of 2^31', block([5], [2 << 2], 'abc', [(1 << 2) | 3, 0, 0, 0, 0x80])],
  ['a copy beyond the declared content', block([4], [2 << 2], 'abc', copy2(2, 3))],
  ['a distance cut off', block([5], [2 << 2], 'abc', copy2(2, 3).slice(0, 2))],
  ['less than the declared content', block([4], [2 << 2], 'abc')],
  ['more than any block can hold', block([0x80, 0x80, 0x80, 0x80, 0x04], [2 << 2], 'abc')],
])('refuses a block with %s', (_, bytes) => {
  expect(() => read(bytes)).toThrow(MalformedMessage)
})

test('reads any bytes, or refuses them, without leaving its part of the output', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 127 }), (bytes, length) => {
      const input = Buffer.concat([Buffer.from([length]), bytes])
      const output = Buffer.alloc(length + 20, 0xee)
      try {
        expect(readSnappyBlock(input, output, 10)).toBe(10 + length)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage)
      }
      expect([...output.subarray(0, 10), ...output.subarray(-10)]).toEqual(Array(20).fill(0xee))
    }),
    { numRuns: 2000 },
  )
})

import * as fc from 'fast-check'
import { CompressionType, codecOf } from '../../../protocol/compression/codec'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const compressing = Object.entries(CompressionType).filter(([name]) => name !== 'none')

/** Content with and without repetition, from nothing to several blocks of every codec. */
const anyContent = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 0, max: 1500 }))
  .map(([bytes, times]) => Buffer.concat(Array<Uint8Array>(times).fill(bytes)))

/** Bytes that no codec can shorten. */
const noise = (length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    bytes[at] = state >>> 16
  }
  return bytes
}

const sample = Buffer.concat([Buffer.from('the quick brown fox '.repeat(30)), noise(200)])

test.each(Object.entries(CompressionType))('%s goes by the number of the protocol guide, %i', (name, id) => {
  expect(codecOf(id).name).toBe(name)
})

test.each([-1, 5, 6, 7])('the number %i belongs to no codec', id => {
  expect(() => codecOf(id)).toThrow(MalformedMessage)
})

test('none leaves the bytes as they are, and is limited as the others', () => {
  const none = codecOf(CompressionType.none)
  expect(none.compress(sample)).toBe(sample)
  expect(none.decompress(sample, sample.length)).toBe(sample)
  expect(() => none.decompress(sample, sample.length - 1)).toThrow(MalformedMessage)
})

describe.each(compressing)('%s', (_, id) => {
  const codec = codecOf(id)

  test('gives back any content', () => {
    fc.assert(
      fc.property(anyContent, content => {
        expect(codec.decompress(codec.compress(content), content.length + 1).equals(content)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test.each([0, 1, 32_767, 32_768, 32_769, 65_536, 131_073, 1_000_000])('gives back %i bytes of noise', length => {
    const content = noise(length)
    expect(codec.decompress(codec.compress(content), length + 1).equals(content)).toBe(true)
  })

  test('makes repetition short', () => {
    expect(codec.compress(Buffer.alloc(100_000, 'abc')).length).toBeLessThan(10_000)
  })

  test('allows content of exactly the limit and not a byte more', () => {
    for (const length of [1, 1000, 40_000, 300_000]) {
      const compressed = codec.compress(Buffer.alloc(length, 'ab'))
      expect(codec.decompress(compressed, length)).toHaveLength(length)
      expect(() => codec.decompress(compressed, length - 1)).toThrow(MalformedMessage)
    }
  })

  test('cut off at any byte, gives less or is refused', () => {
    const compressed = codec.compress(sample)
    for (let length = 0; length < compressed.length; length++) {
      let content: Buffer | null = null
      try {
        content = codec.decompress(compressed.subarray(0, length), 10_000)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage)
      }
      if (content !== null) expect(content.length).toBeLessThan(sample.length)
    }
  })

  test('with any byte changed, gives no more than allowed or is refused', () => {
    const compressed = codec.compress(sample)
    for (let at = 0; at < compressed.length; at++) {
      for (const change of [0x01, 0x10, 0x80, 0xff]) {
        const changed = Buffer.from(compressed)
        changed[at]! ^= change
        try {
          expect(codec.decompress(changed, 10_000).length).toBeLessThanOrEqual(10_000)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage)
        }
      }
    }
  })

  test('refuses what is none of its own', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), noise(100), Buffer.alloc(100, 0xff)]) {
      expect(() => codec.decompress(bytes, 10_000)).toThrow(MalformedMessage)
    }
  })
})

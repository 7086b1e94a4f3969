import fc from 'fast-check'
import { Reader } from '../../../protocol/wire/reader'
import { ZERO_UUID } from '../../../protocol/wire/uuid'
import { Writer } from '../../../protocol/wire/writer'

const hexOf = (write: (writer: Writer) => void, capacity?: number): string => {
  const writer = new Writer(capacity)
  write(writer)
  return Buffer.concat(writer.finish()).toString('hex')
}

describe('a writer', () => {
  it('writes numbers of every size, big end first', () => {
    expect(hexOf(w => w.int8(-128))).toBe('80')
    expect(hexOf(w => w.int16(-2))).toBe('fffe')
    expect(hexOf(w => w.uint16(65535))).toBe('ffff')
    expect(hexOf(w => w.int32(-2147483648))).toBe('80000000')
    expect(hexOf(w => w.uint32(4294967295))).toBe('ffffffff')
    expect(hexOf(w => w.int64(Number.MIN_SAFE_INTEGER))).toBe('ffe0000000000001')
    expect(hexOf(w => w.float64(1.5))).toBe('3ff8000000000000')
    expect(hexOf(w => w.bool(true))).toBe('01')
  })

  it('writes the ends of the safe integers as the ends of int64 where it was asked to', () => {
    expect(hexOf(w => w.saturatedInt64(Number.MAX_SAFE_INTEGER))).toBe('7fffffffffffffff')
    expect(hexOf(w => w.saturatedInt64(Number.MIN_SAFE_INTEGER))).toBe('8000000000000000')
    expect(hexOf(w => w.saturatedInt64(-1))).toBe('ffffffffffffffff')
  })

  it('writes any int64 from a bigint', () => {
    expect(hexOf(w => w.bigInt64(-(2n ** 63n)))).toBe('8000000000000000')
    expect(hexOf(w => w.exactInt64(1))).toBe('0000000000000001')
    expect(hexOf(w => w.exactInt64(2n ** 53n + 1n))).toBe('0020000000000001')
  })

  it('refuses a number that its type cannot hold', () => {
    const writer = new Writer()
    expect(() => writer.int8(128)).toThrow(RangeError)
    expect(() => writer.int16(-32769)).toThrow(RangeError)
    expect(() => writer.uint16(-1)).toThrow(RangeError)
    expect(() => writer.int32(2 ** 31)).toThrow(RangeError)
    expect(() => writer.int32(0.5)).toThrow(RangeError)
    expect(() => writer.uint32(2 ** 32)).toThrow(RangeError)
    expect(() => writer.int64(2 ** 53)).toThrow(RangeError)
    expect(() => writer.int64(Number.NaN)).toThrow(RangeError)
    expect(writer.size).toBe(0)
  })

  it('writes an id from its text form and refuses what is none', () => {
    expect(hexOf(w => w.uuid(ZERO_UUID))).toBe('00'.repeat(16))
    expect(hexOf(w => w.uuid('AAAAAAAAAAAAAAAAAAAAAQ'))).toBe(`${'00'.repeat(15)}01`)
    for (const text of ['', 'AAAA', '!!!!!!!!!!!!!!!!!!!!!!']) {
      expect(() => new Writer().uuid(text)).toThrow(RangeError)
    }
  })

  it('writes strings so that a reader reads the same', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'binary-ascii', maxLength: 200 }),
      fc.constantFrom(31, 32, 33, 126, 127, 128, 16382, 16383, 16384, 32767).map(length => 'x'.repeat(length)),
      fc.constantFrom(31, 32, 33, 42, 43, 63, 64, 5461, 10922).map(length => '€'.repeat(length)),
    )
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 300 }), (value, capacity) => {
        const writer = new Writer(capacity)
        writer.string(value)
        writer.compactString(value)
        writer.nullableString(value)
        writer.compactNullableString(value)
        const reader = new Reader(Buffer.concat(writer.finish()))
        const read = [reader.string(), reader.compactString(), reader.nullableString(), reader.compactNullableString()]
        expect(read).toEqual([value, value, value, value])
        expect(reader.remaining).toBe(0)
      }),
    )
  })

  it('refuses a string that is longer than Kafka allows', () => {
    for (const value of ['x'.repeat(32768), '€'.repeat(10923)]) {
      expect(() => new Writer().string(value)).toThrow(RangeError)
      expect(() => new Writer().compactString(value)).toThrow(RangeError)
    }
  })

  it('writes null for every type that has it', () => {
    expect(hexOf(w => w.nullableString(null))).toBe('ffff')
    expect(hexOf(w => w.compactNullableString(null))).toBe('00')
    expect(hexOf(w => w.nullableBytes(null))).toBe('ffffffff')
    expect(hexOf(w => w.compactNullableBytes(null))).toBe('00')
    expect(hexOf(w => w.arrayLength(-1))).toBe('ffffffff')
    expect(hexOf(w => w.compactArrayLength(-1))).toBe('00')
  })

  it('takes bytes in parts', () => {
    const large = Buffer.alloc(2000, 7)
    const writer = new Writer()
    writer.compactBytes([Buffer.of(1), large, Buffer.of(2)])
    const chunks = writer.finish()
    expect(chunks[1]).toBe(large)
    expect(new Reader(Buffer.concat(chunks)).compactBytes()).toEqual(Buffer.concat([Buffer.of(1), large, Buffer.of(2)]))
    expect(hexOf(w => w.bytes([]))).toBe('00000000')
  })
})

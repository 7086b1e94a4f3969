import { MalformedMessage } from '../../../protocol/wire/malformed-message'
import { Reader } from '../../../protocol/wire/reader'
import { ZERO_UUID } from '../../../protocol/wire/uuid'

const read = (hex: string): Reader => new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('a reader', () => {
  it('reads numbers of every size, big end first', () => {
    expect(read('80').int8()).toBe(-128)
    expect(read('8000').int16()).toBe(-32768)
    expect(read('ffff').uint16()).toBe(65535)
    expect(read('80000000').int32()).toBe(-2147483648)
    expect(read('ffffffff').uint32()).toBe(4294967295)
    expect(read('3ff8000000000000').float64()).toBe(1.5)
  })

  it('takes every byte but zero for true', () => {
    expect([read('00').bool(), read('01').bool(), read('ff').bool()]).toEqual([false, true, true])
  })

  it('reads an int64 that a number holds and refuses all others', () => {
    expect(read('ffffffffffffffff').int64()).toBe(-1)
    expect(read('001fffffffffffff').int64()).toBe(Number.MAX_SAFE_INTEGER)
    expect(read('ffe0000000000001').int64()).toBe(Number.MIN_SAFE_INTEGER)
    for (const hex of ['0020000000000000', 'ffe0000000000000', '7fffffffffffffff', '8000000000000000']) {
      expect(() => read(hex).int64()).toThrow(MalformedMessage)
    }
  })

  it('saturates an int64 where it was asked to', () => {
    expect(read('0000000000000005').saturatedInt64()).toBe(5)
    expect(read('fffffffffffffffe').saturatedInt64()).toBe(-2)
    expect(read('0020000000000000').saturatedInt64()).toBe(Number.MAX_SAFE_INTEGER)
    expect(read('7fffffffffffffff').saturatedInt64()).toBe(Number.MAX_SAFE_INTEGER)
    expect(read('8000000000000000').saturatedInt64()).toBe(Number.MIN_SAFE_INTEGER)
  })

  it('reads any int64 exactly where it was asked to, as a number whenever that is enough', () => {
    expect(read('7fffffffffffffff').exactInt64()).toBe(9223372036854775807n)
    expect(read('001fffffffffffff').exactInt64()).toBe(Number.MAX_SAFE_INTEGER)
    expect(read('0020000000000001').exactInt64()).toBe(9007199254740993n)
    expect(read('0000000000000001').bigInt64()).toBe(1n)
  })

  it('reads an id in its text form', () => {
    expect(read('00'.repeat(16)).uuid()).toBe(ZERO_UUID)
    expect(read(`${'00'.repeat(15)}01`).uuid()).toBe('AAAAAAAAAAAAAAAAAAAAAQ')
    // Zero wherever the test for a zero id looks first.
    expect(read(`00ff${'00'.repeat(14)}`).uuid()).toBe('AP8AAAAAAAAAAAAAAAAAAA')
  })

  it('reads unsigned varints of up to 32 bits', () => {
    const values = ['00', '7f', '8001', 'ff7f', '808001', '80808001', 'ffffffff0f'].map(hex =>
      read(hex).unsignedVarint(),
    )
    expect(values).toEqual([0, 127, 128, 16383, 16384, 2097152, 4294967295])
  })

  it('refuses varints that are longer than that, and those that never end', () => {
    for (const hex of ['ffffffff1f', '808080808001', '8080808080', '80']) {
      expect(() => read(hex).unsignedVarint()).toThrow(MalformedMessage)
    }
  })

  it('reads strings as UTF-8, with and without null', () => {
    expect(read('0003 e282ac').string()).toBe('€')
    expect(read('0000').string()).toBe('')
    expect(read('04 e282ac').compactString()).toBe('€')
    expect(read('01').compactString()).toBe('')
    expect([read('ffff').nullableString(), read('0001 61').nullableString()]).toEqual([null, 'a'])
    expect([read('00').compactNullableString(), read('02 61').compactNullableString()]).toEqual([null, 'a'])
  })

  it('refuses null where a value is required', () => {
    expect(() => read('ffff').string()).toThrow(MalformedMessage)
    expect(() => read('00').compactString()).toThrow(MalformedMessage)
    expect(() => read('ffffffff').bytes()).toThrow(MalformedMessage)
    expect(() => read('00').compactBytes()).toThrow(MalformedMessage)
    expect(() => read('ffffffff').arrayLength(1)).toThrow(MalformedMessage)
    expect(() => read('00').compactArrayLength(1)).toThrow(MalformedMessage)
  })

  it('refuses a compact string that is longer than Kafka allows', () => {
    const text = (length: number) => {
      const prefix = Buffer.from([(length + 1) | 0x80, ((length + 1) >> 7) | 0x80, (length + 1) >> 14])
      return new Reader(Buffer.concat([prefix, Buffer.alloc(length, 'a')]))
    }
    expect(text(32767).compactString()).toHaveLength(32767)
    expect(() => text(32768).compactString()).toThrow(MalformedMessage)
  })

  it('returns bytes as parts of its buffer', () => {
    const buffer = Buffer.from('00000002aabb', 'hex')
    const bytes = new Reader(buffer).bytes()
    buffer[4] = 0xcc
    expect(bytes.toString('hex')).toBe('ccbb')
    expect(read('03aabb').compactBytes().toString('hex')).toBe('aabb')
    expect([read('ffffffff').nullableBytes(), read('00').compactNullableBytes()]).toEqual([null, null])
    expect(read('0000000101').nullableBytes()).toEqual(Buffer.of(1))
    expect(read('0201').compactNullableBytes()).toEqual(Buffer.of(1))
  })

  it('believes the length of an array only as far as bytes are left for its elements', () => {
    expect(read('00000002 aabbccdd').arrayLength(2)).toBe(2)
    expect(() => read('00000003 aabbccdd').arrayLength(2)).toThrow(MalformedMessage)
    expect(() => read('7fffffff aabbccdd').nullableArrayLength(1)).toThrow(MalformedMessage)
    expect(() => read('ffffffff0f aabbccdd').compactArrayLength(1)).toThrow(MalformedMessage)
    expect(() => read('06 aabbccdd').compactNullableArrayLength(1)).toThrow(MalformedMessage)
    expect([read('ffffffff').nullableArrayLength(1), read('00').compactNullableArrayLength(1)]).toEqual([-1, -1])
  })

  it('passes over tagged fields', () => {
    const reader = read('02 05 02 aabb 8a01 00 77')
    reader.skipTaggedFields()
    expect(reader.int8()).toBe(0x77)
  })

  it('refuses tagged fields that reach behind the end', () => {
    expect(() => read('01 05 02 aa').skipTaggedFields()).toThrow(MalformedMessage)
    expect(() => read('ffffffff0f').skipTaggedFields()).toThrow(MalformedMessage)
  })

  it('stays between its start and its end', () => {
    const reader = new Reader(Buffer.from('00112233', 'hex'), 1, 3)
    expect([reader.remaining, reader.int16(), reader.remaining]).toEqual([2, 0x1122, 0])
    expect(() => reader.int8()).toThrow(MalformedMessage)
  })

  it.each([
    ['int8', 0],
    ['bool', 0],
    ['int16', 1],
    ['uint16', 1],
    ['int32', 3],
    ['uint32', 3],
    ['int64', 7],
    ['saturatedInt64', 7],
    ['bigInt64', 7],
    ['exactInt64', 7],
    ['float64', 7],
    ['uuid', 15],
    ['string', 1],
    ['nullableString', 1],
    ['bytes', 3],
  ] as const)('refuses %s in fewer bytes than it takes', (method, length) => {
    expect(() => new Reader(Buffer.alloc(length))[method]()).toThrow(MalformedMessage)
  })
})

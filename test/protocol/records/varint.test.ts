import * as fc from 'fast-check'
import { varintSize, writeVarint } from '../../../protocol/records/varint'

const write = (value: number): Buffer => {
  const buffer = Buffer.alloc(12, 0xee)
  const end = writeVarint(buffer, 1, value)
  expect(end).toBe(1 + varintSize(value))
  expect([buffer[0], buffer[end]]).toEqual([0xee, 0xee])
  return buffer.subarray(1, end)
}

/** Zigzag and base 128 as the protocol guide defines them, in whole numbers of any size. */
const read = (bytes: Buffer): number => {
  const zigzag = bytes.reduce((sum, byte, n) => sum + (BigInt(byte & 0x7f) << BigInt(7 * n)), 0n)
  expect([...bytes].map(byte => byte >= 0x80)).toEqual([...bytes].map((_, n) => n < bytes.length - 1))
  return Number((zigzag >> 1n) ^ -(zigzag & 1n))
}

test.each([
  [0, '00'],
  [-1, '01'],
  [1, '02'],
  [-64, '7f'],
  [64, '8001'],
  [2 ** 31 - 1, 'feffffff0f'],
  [-(2 ** 31), 'ffffffff0f'],
  [2 ** 31, '8080808010'],
  [2 ** 53 - 1, 'feffffffffffff1f'],
  [1 - 2 ** 53, 'fdffffffffffff1f'],
])('%i has the bytes %s', (value, hex) => {
  expect(write(value).toString('hex')).toBe(hex)
})

test('a value takes one byte more from every 7 bits on', () => {
  for (let size = 1; size < 8; size++) {
    const boundary = 2 ** (7 * size - 1)
    expect([boundary - 1, boundary, -boundary, -boundary - 1].map(varintSize)).toEqual([size, size + 1, size, size + 1])
  }
})

test('any safe integer reads back as it was written', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.maxSafeInteger()), value => {
      expect(read(write(value))).toBe(value)
    }),
  )
})

import * as fc from 'fast-check'
import { crc32, crc32c, crc32cOf } from '../../../protocol/wire/crc32c'

const CHECK_INPUT = Buffer.from('123456789')

test('the checksums of the customary check input are those of the polynomials', () => {
  expect(crc32c(CHECK_INPUT)).toBe(0xe3069283)
  expect(crc32(CHECK_INPUT)).toBe(0xcbf43926)
})

test('the checksum of nothing is 0', () => {
  expect(crc32c(Buffer.alloc(0))).toBe(0)
  expect(crc32cOf([])).toBe(0)
})

test('a checksum goes on over several buffers as if they were one, and is unsigned', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), chunks => {
      const whole = crc32c(Buffer.concat(chunks))
      expect(crc32cOf(chunks)).toBe(whole)
      expect(whole).toBeGreaterThanOrEqual(0)
    }),
  )
})

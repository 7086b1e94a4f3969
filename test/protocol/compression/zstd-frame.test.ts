import { ZSTD_BLOCK_SIZE_MAX, zstdContentSizeMax } from '../../../protocol/compression/zstd-frame'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd]
/** No content size, no checksum; a window of 1 MiB. */
const HEADER = [...MAGIC, 0x00, 0x50]

const RAW = 0
const RLE = 1
const COMPRESSED = 2
const RESERVED = 3

const block = (type: number, size: number, content: readonly number[], isLast = false): number[] => {
  const header = (size << 3) | (type << 1) | (isLast ? 1 : 0)
  return [header & 0xff, (header >>> 8) & 0xff, header >>> 16, ...content]
}
const bytes = (...parts: (readonly number[])[]): Buffer => Buffer.from(parts.flat())
const LAST = block(RAW, 2, [1, 2], true)

test('raw and repeated bytes count as they are, compressed blocks as full', () => {
  expect(zstdContentSizeMax(bytes(HEADER, LAST))).toBe(2)
  expect(zstdContentSizeMax(bytes(HEADER, block(RLE, 100_000, [7]), LAST))).toBe(100_002)
  expect(zstdContentSizeMax(bytes(HEADER, block(COMPRESSED, 3, [0, 0, 0]), LAST))).toBe(ZSTD_BLOCK_SIZE_MAX + 2)
})

test.each([
  ['the least', [0x20, 2]],
  ['a window and a dictionary of one byte', [0x01, 0x50, 9]],
  ['a window and a dictionary of four bytes', [0x03, 0x50, 9, 9, 9, 9]],
  ['a content size of two bytes', [0x40, 0x50, 0, 0]],
  ['a content size of four bytes', [0x80, 0x50, 2, 0, 0, 0]],
  ['a content size of eight bytes and no window', [0xe0, 2, 0, 0, 0, 0, 0, 0, 0]],
])('the first block is found behind a header with %s', (_, fields) => {
  expect(zstdContentSizeMax(bytes(MAGIC, fields, LAST))).toBe(2)
})

test('a checksum belongs to the frame', () => {
  const header = [...MAGIC, 0x04, 0x50]
  expect(zstdContentSizeMax(bytes(header, LAST, [1, 2, 3, 4]))).toBe(2)
  expect(() => zstdContentSizeMax(bytes(header, LAST, [1, 2, 3]))).toThrow(MalformedMessage)
})

test.each([
  ['another magic', bytes([0x28, 0xb5, 0x2f, 0xfe], HEADER.slice(4), LAST)],
  ['a block of the reserved type', bytes(HEADER, block(RESERVED, 0, [], true))],
  ['a block above 128 KiB', bytes(HEADER, block(RLE, ZSTD_BLOCK_SIZE_MAX + 1, [0], true))],
  ['no last block', bytes(HEADER, block(RAW, 2, [1, 2]))],
  ['something behind the frame', bytes(HEADER, LAST, [0])],
  ['a second frame', bytes(HEADER, LAST, HEADER, LAST)],
])('refuses %s', (_, data) => {
  expect(() => zstdContentSizeMax(data)).toThrow(MalformedMessage)
})

test('cut off anywhere, a frame is refused', () => {
  const whole = bytes(HEADER, block(COMPRESSED, 3, [0, 0, 0]), LAST)
  for (let length = 0; length < whole.length; length++) {
    expect(() => zstdContentSizeMax(whole.subarray(0, length))).toThrow(MalformedMessage)
  }
})

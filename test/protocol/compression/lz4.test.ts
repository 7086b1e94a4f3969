import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import { lz4 } from '../../../protocol/compression/lz4'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const content = Buffer.from(Array.from({ length: 40_000 }, (_, n) => `line ${n * 7919}`).join('\n'))

/** Version 1, independent blocks, 64 KiB; a header checksum that nobody reads. */
const HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x00]
const END = [0, 0, 0, 0]
const rawBlock = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE((bytes.length | 0x8000_0000) >>> 0)
  return Buffer.concat([length, bytes])
}
const frame = (...parts: (readonly number[] | Buffer)[]): Buffer => Buffer.concat(parts.map(part => Buffer.from(part)))
const withHeaderByte = (at: number, value: number): Buffer => {
  const bytes = frame(HEADER, rawBlock(Buffer.from('abc')), END)
  bytes[at] = value
  return bytes
}

test('writes frames of version 1 with independent blocks, as the Java client demands', () => {
  const compressed = lz4.compress(content)
  expect(compressed.readUInt32LE(0)).toBe(0x184d2204)
  expect(compressed[4]! & 0b1110_0011).toBe(0b0110_0000)
  expect(decompressFrameSync(compressed).equals(content)).toBe(true)
})

test.each([
  ['no checksums', {}],
  ['a checksum of the content', { contentChecksum: true }],
  ['checksums of the blocks', { blockChecksums: true }],
  ['all checksums', { contentChecksum: true, blockChecksums: true }],
])('reads frames of several blocks with %s', (_, options) => {
  const compressed = compressFrameSync(content, options)
  expect(lz4.decompress(compressed, content.length).equals(content)).toBe(true)
})

test('reads frames that state the size of their content', () => {
  const sized = frame(
    [...HEADER.slice(0, 4), 0x68, 0x40, 3, 0, 0, 0, 0, 0, 0, 0, 0xff],
    rawBlock(Buffer.from('abc')),
    END,
  )
  expect(lz4.decompress(sized, 3).toString()).toBe('abc')
})

test('reads raw blocks, empty ones among them, and ignores what follows the end', () => {
  const blocks = ['a', '', 'bc'].map(text => rawBlock(Buffer.from(text)))
  expect(lz4.decompress(frame(HEADER, ...blocks, END, Buffer.from('more')), 3).toString()).toBe('abc')
  expect(lz4.decompress(frame(HEADER, END), 0)).toHaveLength(0)
})

test.each([0x40, 0x50, 0x60, 0x70])('reads the block size %i', size => {
  expect(lz4.decompress(withHeaderByte(5, size), 3).toString()).toBe('abc')
})

test.each([
  ['another version', 4, 0xa0, 'unknown version'],
  ['dependent blocks', 4, 0x40, 'dependent blocks'],
  ['a dictionary', 4, 0x61, 'dictionaries'],
  ['an unknown block size', 5, 0x30, 'unknown block size'],
  ['another magic', 0, 0x05, 'no frame'],
])('refuses %s', (_, at, value, message) => {
  expect(() => lz4.decompress(withHeaderByte(at, value), 100)).toThrow(MalformedMessage)
  expect(() => lz4.decompress(withHeaderByte(at, value), 100)).toThrow(message)
})

test('refuses a block larger than the frame says blocks are', () => {
  expect(() => lz4.decompress(frame(HEADER, rawBlock(Buffer.alloc(65_537)), END), 1_000_000)).toThrow(MalformedMessage)
  const block = compressFrameSync(Buffer.alloc(200_000)).subarray(7)
  expect(() => lz4.decompress(frame(HEADER, block), 1_000_000)).toThrow(MalformedMessage)
})

test('refuses 4 GB in 17 MB as soon as the limit is reached', () => {
  const small = compressFrameSync(Buffer.alloc(4 * 2 ** 20))
  const header = frame(HEADER.slice(0, 5), [0x70, 0])
  const bomb = frame(header, ...Array<Buffer>(1000).fill(small.subarray(7, -4)), END)
  expect(() => lz4.decompress(bomb, 10_000_000)).toThrow(MalformedMessage)
  expect(lz4.decompress(frame(header, small.subarray(7)), 4 * 2 ** 20)).toHaveLength(4 * 2 ** 20)
})

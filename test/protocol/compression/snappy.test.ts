import * as fc from 'fast-check'
import * as snappyjs from 'snappyjs'
import { snappy } from '../../../protocol/compression/snappy'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const { uncompress } = snappyjs as unknown as { uncompress(block: Buffer): Buffer }

const HEADER = '82534e41505059000000000100000001'
const framed = (...blocks: readonly Buffer[]): Buffer => {
  const parts: Buffer[] = [Buffer.from(HEADER, 'hex')]
  for (const block of blocks) {
    const length = Buffer.alloc(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

test('writes the header of the Java client and blocks of 32 KiB', () => {
  const content = Buffer.alloc(70_000, 'abcdefg')
  const compressed = snappy.compress(content)
  expect(compressed.subarray(0, 16).toString('hex')).toBe(HEADER)
  const sizes: number[] = []
  let at = 16
  while (at < compressed.length) {
    const length = compressed.readInt32BE(at)
    sizes.push(uncompress(compressed.subarray(at + 4, at + 4 + length)).length)
    at += 4 + length
  }
  expect(at).toBe(compressed.length)
  expect(sizes).toEqual([32_768, 32_768, 4464])
})

test('reads a block without frame as other clients send it, and agrees with snappyjs about it', () => {
  const anyContent = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.integer({ min: 1, max: 800 }))
    .map(([bytes, times]) => Buffer.concat(Array<Uint8Array>(times).fill(bytes)))
  fc.assert(
    fc.property(anyContent, content => {
      const block = snappyjs.compress(content)
      const read = snappy.decompress(block, content.length)
      expect(read.equals(content)).toBe(true)
      expect(uncompress(block).equals(read)).toBe(true)
    }),
  )
})

test('reads frames with any number of blocks', () => {
  const blocks = ['a', '', 'bc'].map(content => snappyjs.compress(Buffer.from(content)))
  expect(snappy.decompress(framed(...blocks), 3).toString()).toBe('abc')
  expect(snappy.decompress(framed(), 0)).toHaveLength(0)
})

test('refuses frames that end within a block or its length', () => {
  const bytes = framed(snappyjs.compress(Buffer.from('abc')))
  for (let length = 17; length < bytes.length; length++) {
    expect(() => snappy.decompress(bytes.subarray(0, length), 100)).toThrow(MalformedMessage)
  }
  const negative = Buffer.from(bytes)
  negative.writeInt32BE(-1, 16)
  expect(() => snappy.decompress(negative, 100)).toThrow(MalformedMessage)
})

test('weighs what all blocks declare before it makes room for any', () => {
  const mebibyte = snappyjs.compress(Buffer.alloc(2 ** 20))
  const bomb = framed(...Array<Buffer>(500).fill(mebibyte))
  expect(() => snappy.decompress(bomb, 1_000_000)).toThrow(`${500 * 2 ** 20} bytes where 1000000 are allowed`)
})

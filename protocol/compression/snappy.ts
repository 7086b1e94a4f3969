/**
 * snappy in the framing of the Java client (snappy-java's SnappyOutputStream): a header, then blocks of raw snappy, each
 * behind its length. Other clients send a single raw block without any framing; both are read, the framed form is
 * written.
 */
import { compress } from 'snappyjs'
import { MalformedMessage } from '../wire/malformed-message'
import type { Codec } from './compression-type'
import { readSnappyBlock, snappyContentLength } from './snappy-block'

const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** Version 1, readable by version 1 and later. */
const HEADER = Buffer.concat([MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
/** Content of one block, as snappy-java's default. */
const BLOCK_SIZE = 32 * 1024

const isFramed = (compressed: Buffer): boolean =>
  compressed.length >= HEADER.length && compressed.subarray(0, MAGIC.length).equals(MAGIC)

function* blocksOf(compressed: Buffer): Generator<Buffer> {
  if (!isFramed(compressed)) {
    yield compressed
    return
  }
  let position = HEADER.length
  while (position < compressed.length) {
    const start = position + 4
    const end = start <= compressed.length ? start + compressed.readUInt32BE(position) : Number.POSITIVE_INFINITY
    if (end > compressed.length) throw new MalformedMessage('snappy: the frame ends within a block')
    yield compressed.subarray(start, end)
    position = end
  }
}

/** snappy, without levels. */
export const snappy: Codec = {
  name: 'snappy',

  compress(records) {
    const parts: Buffer[] = [HEADER]
    for (let start = 0; start < records.length; start += BLOCK_SIZE) {
      const block = compress(records.subarray(start, start + BLOCK_SIZE))
      const length = Buffer.allocUnsafe(4)
      length.writeInt32BE(block.length)
      parts.push(length, block)
    }
    return Buffer.concat(parts)
  },

  decompress(compressed, maxBytes) {
    let total = 0
    for (const block of blocksOf(compressed)) total += snappyContentLength(block)
    if (total > maxBytes) throw new MalformedMessage(`snappy: ${total} bytes where ${maxBytes} are allowed`)
    const records = Buffer.allocUnsafe(total)
    let position = 0
    for (const block of blocksOf(compressed)) position = readSnappyBlock(block, records, position)
    return records
  },
}

/**
 * lz4 in its frame format, with independent blocks as Kafka wants them (KIP-57).
 *
 * Reading takes the frame apart and decompresses block by block, because the library cannot limit what a whole frame
 * gives. The checksums inside the frame are skipped: the batch's CRC covers the same bytes, and the header checksum is
 * wrong by tradition in messages of magic 0.
 */
import { compressFrameSync, uncompressSync } from 'lz4-napi'
import { MalformedMessage } from '../wire/malformed-message'
import type { Codec } from './compression-type'

const MAGIC = 0x184d2204
const VERSION_1 = 0b01
const UNCOMPRESSED_FLAG = 0x8000_0000
/** The block maximum size as the frame encodes it: 4 is 64 KiB, 7 is 4 MiB. */
const BLOCK_SIZES = new Map([4, 5, 6, 7].map(code => [code, 2 ** (2 * code + 8)]))
/** Every byte of a block adds at most 255 bytes to a match. */
const BEST_RATIO = 255

const malformed = (message: string): MalformedMessage => new MalformedMessage(`lz4: ${message}`)

interface FrameHeader {
  readonly blockSizeMax: number
  readonly hasBlockChecksums: boolean
  /** Position of the first block. */
  readonly end: number
}

const readFrameHeader = (frame: Buffer): FrameHeader => {
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw malformed('no frame')
  const flags = frame[4]!
  if (flags >>> 6 !== VERSION_1) throw malformed('unknown version of the frame')
  if ((flags & 0x20) === 0) throw malformed('dependent blocks are not supported')
  if ((flags & 0x03) !== 0) throw malformed('dictionaries are not supported')
  const blockSizeMax = BLOCK_SIZES.get((frame[5]! >>> 4) & 0x07)
  if (blockSizeMax === undefined) throw malformed('unknown block size')
  const contentSizeBytes = (flags & 0x08) === 0 ? 0 : 8
  return { blockSizeMax, hasBlockChecksums: (flags & 0x10) !== 0, end: 7 + contentSizeBytes }
}

/** `limit`: the most that the block may give. */
const decompressBlock = (block: Buffer, limit: number): Buffer => {
  // The library reads the size of the content in front of the block, allocates it, and is content with less.
  const capacity = Math.min(limit, block.length * BEST_RATIO)
  const sized = Buffer.allocUnsafe(4 + block.length)
  sized.writeUInt32LE(capacity)
  block.copy(sized, 4)
  try {
    const content = uncompressSync(sized)
    // It also keeps all that it allocated, which small content must not pin.
    return content.length < capacity / 4 ? Buffer.from(content) : content
  } catch (error) {
    throw malformed((error as Error).message)
  }
}

/** lz4; the library has one level. */
export const lz4: Codec = {
  name: 'lz4',

  compress: records => compressFrameSync(records),

  decompress(frame, maxBytes) {
    const { blockSizeMax, hasBlockChecksums, end } = readFrameHeader(frame)
    const blocks: Buffer[] = []
    let total = 0
    let position = end
    for (;;) {
      if (position + 4 > frame.length) throw malformed('the frame has no end')
      const field = frame.readUInt32LE(position)
      if (field === 0) break
      const size = field & ~UNCOMPRESSED_FLAG
      const start = position + 4
      position = start + size + (hasBlockChecksums ? 4 : 0)
      if (size > blockSizeMax || position > frame.length) throw malformed('the frame ends within a block')
      const limit = Math.min(blockSizeMax, maxBytes - total)
      const block = frame.subarray(start, start + size)
      const content = field >= UNCOMPRESSED_FLAG ? block : decompressBlock(block, limit)
      total += content.length
      if (total > maxBytes) throw malformed(`more than the ${maxBytes} bytes allowed`)
      if (content.length > 0) blocks.push(content)
    }
    return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks, total)
  },
}

/**
 * Walks over a zstd frame without decompressing it (RFC 8878, section 3.1), to know beforehand where it ends and how
 * much it can give: not every library can be told a limit, or notices what follows the frame.
 */
import { MalformedMessage } from '../wire/malformed-message'

const MAGIC = 0xfd2fb528
/** Most content of one block. */
export const ZSTD_BLOCK_SIZE_MAX = 128 * 1024

/** Magic, descriptor, content size or window, header of an empty block. */
const MIN_FRAME_SIZE = 9
const CHECKSUM_SIZE = 4

const RLE_BLOCK = 1
const COMPRESSED_BLOCK = 2

const DICTIONARY_ID_SIZES = [0, 1, 2, 4]
const CONTENT_SIZE_SIZES = [0, 2, 4, 8]

const truncated = (): MalformedMessage => new MalformedMessage('zstd: the data ends within a frame')

const headerSizeOf = (descriptor: number): number => {
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSizeSize = CONTENT_SIZE_SIZES[descriptor >>> 6]! || (isSingleSegment ? 1 : 0)
  return 4 + 1 + (isSingleSegment ? 0 : 1) + DICTIONARY_ID_SIZES[descriptor & 0x03]! + contentSizeSize
}

/**
 * The most that `data`, which must be exactly one frame as all clients of Kafka write it, can decompress to. Raw and
 * repeated bytes count as they are, every compressed block counts as full. Throws MalformedMessage.
 */
export const zstdContentSizeMax = (data: Buffer): number => {
  if (data.length < MIN_FRAME_SIZE || data.readUInt32LE(0) !== MAGIC) throw new MalformedMessage('zstd: no frame')
  const descriptor = data[4]!
  let position = headerSizeOf(descriptor)
  let contentSizeMax = 0
  let isLast = false
  while (!isLast) {
    if (position + 3 > data.length) throw truncated()
    const header = data.readUIntLE(position, 3)
    isLast = (header & 1) !== 0
    const type = (header >>> 1) & 0x03
    const size = header >>> 3
    if (type > COMPRESSED_BLOCK || size > ZSTD_BLOCK_SIZE_MAX) throw new MalformedMessage('zstd: corrupt block')
    contentSizeMax += type === COMPRESSED_BLOCK ? ZSTD_BLOCK_SIZE_MAX : size
    position += 3 + (type === RLE_BLOCK ? 1 : size)
  }
  position += (descriptor & 0x04) === 0 ? 0 : CHECKSUM_SIZE
  if (position > data.length) throw truncated()
  if (position < data.length) throw new MalformedMessage(`zstd: ${data.length - position} bytes behind the frame`)
  return contentSizeMax
}

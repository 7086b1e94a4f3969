/**
 * Takes zstd data apart into frames without decompressing it (RFC 8878, section 3.1), to know beforehand how much a
 * frame can give: not every library can be told a limit.
 */
import { MalformedMessage } from '../wire/malformed-message'

const MAGIC = 0xfd2fb528
/** Magic of the first of 16 kinds of skippable frames. */
const SKIPPABLE_MAGIC = 0x184d2a50
/** Most content of one block. */
export const ZSTD_BLOCK_SIZE_MAX = 128 * 1024

const RLE_BLOCK = 1
const COMPRESSED_BLOCK = 2

const DICTIONARY_ID_SIZES = [0, 1, 2, 4]
const CONTENT_SIZE_SIZES = [0, 2, 4, 8]

/** A frame and the most that it can decompress to: exact but for compressed blocks, which count as full. */
export interface ZstdFrame {
  readonly bytes: Buffer
  readonly contentSizeMax: number
}

const truncated = (): MalformedMessage => new MalformedMessage('zstd: the data ends within a frame')

const headerSizeOf = (descriptor: number): number => {
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSizeSize = CONTENT_SIZE_SIZES[descriptor >>> 6]! || (isSingleSegment ? 1 : 0)
  return 4 + 1 + (isSingleSegment ? 0 : 1) + DICTIONARY_ID_SIZES[descriptor & 0x03]! + contentSizeSize
}

const readFrame = (data: Buffer, start: number): ZstdFrame => {
  const descriptor = data[start + 4]
  if (descriptor === undefined) throw truncated()
  let position = start + headerSizeOf(descriptor)
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
  const checksumSize = (descriptor & 0x04) === 0 ? 0 : 4
  if (position + checksumSize > data.length) throw truncated()
  return { bytes: data.subarray(start, position + checksumSize), contentSizeMax }
}

/** The frames in `data`, skippable ones left out. Throws MalformedMessage. */
export const zstdFramesOf = (data: Buffer): ZstdFrame[] => {
  const frames: ZstdFrame[] = []
  let position = 0
  while (position < data.length) {
    if (position + 8 > data.length) throw truncated()
    const magic = data.readUInt32LE(position)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      position += 8 + data.readUInt32LE(position + 4)
      if (position > data.length) throw truncated()
      continue
    }
    if (magic !== MAGIC) throw new MalformedMessage('zstd: no frame')
    const frame = readFrame(data, position)
    frames.push(frame)
    position += frame.bytes.length
  }
  return frames
}

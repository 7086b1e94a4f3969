/**
 * Reads one block of raw snappy: the length of the content as a varint, then literals and copies from what has been
 * written already. Written here and not left to snappyjs, which neither notices that a block ends early nor terminates
 * in reasonable time on a literal of more than 2^31 bytes.
 */
import { MalformedMessage } from '../wire/malformed-message'

/** The best a block can do is copies of 64 bytes in 3, so what declares more is no snappy. */
const BEST_RATIO = 22

const corrupt = (): MalformedMessage => new MalformedMessage('snappy: corrupt block')

interface Preamble {
  readonly contentLength: number
  readonly end: number
}

const readPreamble = (block: Buffer): Preamble => {
  let contentLength = 0
  for (let position = 0, weight = 1; position < 5; position++, weight *= 0x80) {
    const byte = block[position]
    if (byte === undefined) break
    contentLength += (byte & 0x7f) * weight
    if (byte < 0x80) return { contentLength, end: position + 1 }
  }
  throw corrupt()
}

/** Bytes that the block declares to hold, at most 22 times its own length. Throws MalformedMessage. */
export const snappyContentLength = (block: Buffer): number => {
  const { contentLength } = readPreamble(block)
  if (contentLength > block.length * BEST_RATIO) {
    throw new MalformedMessage(`snappy: a block of ${block.length} bytes cannot hold ${contentLength}`)
  }
  return contentLength
}

const readLittleEndian = (block: Buffer, at: number, bytes: number): number => {
  if (at + bytes > block.length) throw corrupt()
  return block.readUIntLE(at, bytes)
}

/** Copies within `output`; source and target overlap where the copy is longer than its distance. */
const copyBack = (output: Buffer, to: number, distance: number, length: number): void => {
  if (distance >= length) {
    output.copyWithin(to, to - distance, to - distance + length)
    return
  }
  for (let i = to; i < to + length; i++) output[i] = output[i - distance]!
}

/**
 * Writes the content of the block into `output` from `start` on and returns the position behind it.
 * `output` has room for `snappyContentLength(block)` bytes. Throws MalformedMessage.
 */
export const readSnappyBlock = (block: Buffer, output: Buffer, start: number): number => {
  const { contentLength, end } = readPreamble(block)
  const limit = start + contentLength
  let from = end
  let to = start
  while (from < block.length) {
    const tag = block[from++]!
    const kind = tag & 0x03
    let length = tag >>> 2
    if (kind === 0) {
      if (length >= 60) {
        const bytes = length - 59
        length = readLittleEndian(block, from, bytes)
        from += bytes
      }
      length += 1
      if (from + length > block.length || to + length > limit) throw corrupt()
      block.copy(output, to, from, from + length)
      from += length
    } else {
      const bytes = kind === 3 ? 4 : kind
      let distance = readLittleEndian(block, from, bytes)
      from += bytes
      if (kind === 1) {
        distance += (tag >>> 5) << 8
        length = 4 + (length & 0x07)
      } else {
        length += 1
      }
      if (distance === 0 || distance > to - start || to + length > limit) throw corrupt()
      copyBack(output, to, distance, length)
    }
    to += length
  }
  if (to !== limit) throw corrupt()
  return to
}

/** zstd, from Node's zlib where it has it (22.15 and later), from a package before that. */
import zlib from 'node:zlib'
import { MalformedMessage } from '../wire/malformed-message'
import type { Codec } from './compression-type'
import { ZSTD_BLOCK_SIZE_MAX, type ZstdFrame, zstdFramesOf } from './zstd-frame'

/** zlib's number of the parameter that carries the level. */
const ZSTD_C_COMPRESSION_LEVEL = 100
const LEVEL_DEFAULT = 3

/** What a library does with one frame. */
interface ZstdLibrary {
  compress(content: Buffer, level: number): Buffer
  /** Throws any error when the frame is damaged or gives more than `maxBytes`. */
  decompress(frame: ZstdFrame, maxBytes: number): Buffer
}

/** zlib's functions for zstd, which the types of Node 20 do not have. */
interface ZlibWithZstd {
  zstdCompressSync(content: Buffer, options: { params: Record<number, number>; pledgedSrcSize: number }): Buffer
  zstdDecompressSync(compressed: Buffer, options: { maxOutputLength: number }): Buffer
}

const hasZstd = (library: object): library is ZlibWithZstd => 'zstdCompressSync' in library

const libraryFromZlib = ({ zstdCompressSync, zstdDecompressSync }: ZlibWithZstd): ZstdLibrary => ({
  compress: (content, level) =>
    zstdCompressSync(content, { params: { [ZSTD_C_COMPRESSION_LEVEL]: level }, pledgedSrcSize: content.length }),
  decompress: (frame, maxBytes) => zstdDecompressSync(frame.bytes, { maxOutputLength: maxBytes }),
})

const libraryFromPackage = (): ZstdLibrary => {
  const { Decoder, Encoder } = require('@toondepauw/node-zstd') as typeof import('@toondepauw/node-zstd')
  const decoder = new Decoder()
  return {
    compress: (content, level) => new Encoder(level).encodeSync(content),
    decompress(frame, maxBytes) {
      // The package cannot be given a limit, so what the frame's blocks could give is weighed beforehand. One block of
      // slack lets small frames pass, whose single block counts as full.
      if (frame.contentSizeMax > maxBytes + ZSTD_BLOCK_SIZE_MAX)
        throw new Error(`too many blocks for ${maxBytes} bytes`)
      return decoder.decodeSync(frame.bytes)
    },
  }
}

const library = hasZstd(zlib) ? libraryFromZlib(zlib) : libraryFromPackage()

const decompressFrame = (frame: ZstdFrame, maxBytes: number): Buffer => {
  try {
    return library.decompress(frame, maxBytes)
  } catch (error) {
    throw new MalformedMessage(`zstd: ${(error as Error).message}`)
  }
}

/** zstd, levels -131072 to 22; 0 means the default, 3. */
export const zstd: Codec = {
  name: 'zstd',

  compress: (records, level = LEVEL_DEFAULT) => library.compress(records, level),

  decompress(compressed, maxBytes) {
    const contents: Buffer[] = []
    let total = 0
    for (const frame of zstdFramesOf(compressed)) {
      const content = decompressFrame(frame, maxBytes - total)
      total += content.length
      if (total > maxBytes) throw new MalformedMessage(`zstd: more than the ${maxBytes} bytes allowed`)
      contents.push(content)
    }
    return contents.length === 1 ? contents[0]! : Buffer.concat(contents, total)
  },
}

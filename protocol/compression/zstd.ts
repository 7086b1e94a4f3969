/** zstd, from Node's zlib where it has it (22.15 and later), from a package before that. */
import zlib from 'node:zlib'
import { MalformedMessage } from '../wire/malformed-message'
import type { Codec } from './compression-type'
import { ZSTD_BLOCK_SIZE_MAX, zstdContentSizeMax } from './zstd-frame'

/** zlib's number of the parameter that carries the level. */
const ZSTD_C_COMPRESSION_LEVEL = 100
const LEVEL_DEFAULT = 3

interface ZstdLibrary {
  compress(content: Buffer, level: number): Buffer
  /**
   * Takes a whole frame that can give `contentSizeMax` bytes. Throws any error when it is damaged or gives more than
   * `maxBytes`.
   */
  decompress(frame: Buffer, contentSizeMax: number, maxBytes: number): Buffer
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
  decompress: (frame, _contentSizeMax, maxBytes) => zstdDecompressSync(frame, { maxOutputLength: maxBytes }),
})

const libraryFromPackage = (): ZstdLibrary => {
  const { Decoder, Encoder } = require('@toondepauw/node-zstd') as typeof import('@toondepauw/node-zstd')
  const decoder = new Decoder()
  return {
    compress: (content, level) => new Encoder(level).encodeSync(content),
    decompress(frame, contentSizeMax, maxBytes) {
      // The package cannot be given a limit, so what the blocks could give counts. One block of slack lets small frames
      // pass, whose single block counts as full. Levels from 16 on split blocks, so that even honest data at the edge
      // of the limit is refused; Node's own zstd takes the limit itself.
      if (contentSizeMax > maxBytes + ZSTD_BLOCK_SIZE_MAX) throw new Error(`it may give more than ${maxBytes} bytes`)
      const content = decoder.decodeSync(frame)
      if (content.length > maxBytes) throw new Error(`it gives more than ${maxBytes} bytes`)
      return content
    },
  }
}

const library = hasZstd(zlib) ? libraryFromZlib(zlib) : libraryFromPackage()

/** zstd, levels -131072 to 22; 0 means the default, 3. */
export const zstd: Codec = {
  name: 'zstd',

  compress: (records, level = LEVEL_DEFAULT) => library.compress(records, level),

  decompress(frame, maxBytes) {
    const contentSizeMax = zstdContentSizeMax(frame)
    try {
      return library.decompress(frame, contentSizeMax, maxBytes)
    } catch (error) {
      throw new MalformedMessage(`zstd: ${(error as Error).message}`)
    }
  },
}

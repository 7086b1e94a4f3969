import { gunzipSync, gzipSync } from 'node:zlib'
import { MalformedMessage } from '../wire/malformed-message'
import type { Codec } from './compression-type'

// zlib hands out memory in chunks of this size; twice the input spares it most of the growing.
const CHUNK_SIZE_MIN = 16 * 1024
const CHUNK_SIZE_MAX = 1024 * 1024

const chunkSizeFor = (compressedLength: number, maxBytes: number): number =>
  Math.max(CHUNK_SIZE_MIN, Math.min(2 * compressedLength, maxBytes, CHUNK_SIZE_MAX))

/** gzip, from zlib. Levels -1 (the library's choice) and 1 to 9. */
export const gzip: Codec = {
  name: 'gzip',

  compress: (records, level = -1) => gzipSync(records, { level }),

  decompress(compressed, maxBytes) {
    try {
      return gunzipSync(compressed, { maxOutputLength: maxBytes, chunkSize: chunkSizeFor(compressed.length, maxBytes) })
    } catch (error) {
      throw new MalformedMessage(`gzip: ${(error as Error).message}`)
    }
  },
}

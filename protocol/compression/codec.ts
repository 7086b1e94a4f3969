import { MalformedMessage } from '../wire/malformed-message'
import type { Codec } from './compression-type'

export { type Codec, type CompressionName, CompressionType } from './compression-type'

const none: Codec = {
  name: 'none',
  compress: records => records,
  decompress(records, maxBytes) {
    if (records.length > maxBytes) throw new MalformedMessage(`${records.length} bytes where ${maxBytes} are allowed`)
    return records
  },
}

// Codecs are loaded when first met: most brokers never see more than one, and their libraries cost start-up time.
const loaders: readonly (() => Codec)[] = [
  () => none,
  () => (require('./gzip') as typeof import('./gzip')).gzip,
  () => (require('./snappy') as typeof import('./snappy')).snappy,
  () => (require('./lz4') as typeof import('./lz4')).lz4,
  () => (require('./zstd') as typeof import('./zstd')).zstd,
]

/** The codec with this number (see `compressionOf`). Throws MalformedMessage for a number that no codec has. */
export const codecOf = (id: number): Codec => {
  const load = loaders[id]
  if (load === undefined) throw new MalformedMessage(`unknown compression ${id}`)
  return load()
}

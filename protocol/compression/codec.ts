import { MalformedMessage } from '../wire/malformed-message'

/** Numbers of the codecs in the attributes of a batch, under Kafka's names. */
export const CompressionType = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const

export type CompressionName = keyof typeof CompressionType

/** One compression of record batches, both ways and synchronous. */
export interface Codec {
  readonly name: CompressionName
  /** `level` means what it means to the codec's library; codecs without levels ignore it. */
  compress(records: Buffer, level?: number): Buffer
  /**
   * Throws MalformedMessage when the data is damaged or would give more than `maxBytes`; memory in use never exceeds
   * `maxBytes` by more than a small constant, whatever the data declares.
   */
  decompress(compressed: Buffer, maxBytes: number): Buffer
}

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

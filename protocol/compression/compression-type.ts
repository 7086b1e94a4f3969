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

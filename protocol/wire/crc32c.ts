import * as native from '@node-rs/crc32'

/** CRC-32C (Castagnoli) of `bytes`, unsigned. Source: the `crc` field of the record batch, protocol guide. */
export const crc32c = (bytes: Uint8Array): number => native.crc32c(bytes)

/** CRC-32C of the concatenation of `chunks`, unsigned, without joining them. */
export const crc32cOf = (chunks: readonly Uint8Array[]): number => {
  let crc = 0
  for (const chunk of chunks) crc = native.crc32c(chunk, crc)
  return crc
}

/** CRC-32 (IEEE 802.3) of `bytes`, unsigned, which messages of magic 0 and 1 have. */
export const crc32 = (bytes: Uint8Array): number => native.crc32(bytes)

import { crc32c as nativeCrc32c } from '@node-rs/crc32'

/** CRC-32C (Castagnoli) of `bytes`, unsigned. Source: the `crc` field of the record batch, protocol guide. */
export const crc32c = (bytes: Uint8Array): number => nativeCrc32c(bytes)

/** CRC-32C of the concatenation of `chunks`, unsigned, without joining them. */
export const crc32cOf = (chunks: readonly Uint8Array[]): number => {
  let crc = 0
  for (const chunk of chunks) crc = nativeCrc32c(chunk, crc)
  return crc
}

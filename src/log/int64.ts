/** Full int64 fields in files, as numbers; a value beyond 2^53 comes back rounded, so the caller says what it may be. */

export const readInt64 = (bytes: Buffer, at: number): number =>
  bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)

export const writeInt64 = (bytes: Buffer, at: number, value: number): void => {
  bytes.writeInt32BE(Math.floor(value / 0x1_0000_0000), at)
  bytes.writeUInt32BE(value >>> 0, at + 4)
}

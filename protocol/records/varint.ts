/**
 * The zigzag varints inside records, written into a buffer of known size. A varlong has the bytes of the varint of the
 * same value, so one pair of functions serves both; they take safe integers.
 */

const isInt32 = (value: number): boolean => (value | 0) === value

// Zigzag doubles the value, which would leave the safe integers. Instead the magnitude without its sign bit is kept
// apart: the first byte carries the sign and 6 bits, every other byte 7.
const magnitudeOf = (value: number): number => (value < 0 ? -1 - value : value)

/** Bytes that `value` takes: 1 to 5 for an int32, at most 8 otherwise. */
export const varintSize = (value: number): number => {
  let size = 1
  if (isInt32(value)) {
    for (let rest = magnitudeOf(value) >>> 6; rest !== 0; rest >>>= 7) size++
    return size
  }
  for (let rest = Math.floor(magnitudeOf(value) / 0x40); rest !== 0; rest = Math.floor(rest / 0x80)) size++
  return size
}

/** Writes `value` at `at` and returns the position behind it. */
export const writeVarint = (buffer: Buffer, at: number, value: number): number => {
  let position = at
  const magnitude = magnitudeOf(value)
  const first = ((magnitude % 0x40) << 1) | (value < 0 ? 1 : 0)
  let rest = Math.floor(magnitude / 0x40)
  buffer[position++] = rest === 0 ? first : first | 0x80
  while (rest !== 0) {
    const bits = rest % 0x80
    rest = Math.floor(rest / 0x80)
    buffer[position++] = rest === 0 ? bits : bits | 0x80
  }
  return position
}

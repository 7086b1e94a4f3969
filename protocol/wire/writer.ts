import { OutputBuffer } from './output-buffer'
import { UUID_SIZE } from './uuid'

const TWO_TO_32 = 0x1_0000_0000
const LONG_MAX = 0x7fff_ffff_ffff_ffffn
const LONG_MIN = -0x8000_0000_0000_0000n
const MAX_STRING_BYTES = 0x7fff
/** Strings up to this length are written by a loop, as long as they are ASCII; a call into native code costs more than that. */
const SHORT_STRING_LENGTH = 32

/**
 * Writes the primitive types of Kafka's protocol (protocol guide, "Protocol Primitive Types"). Large `bytes` and `records` are not copied:
 * `finish` returns them between the parts written around them, and they must not change until those are sent.
 *
 * A value that its type cannot hold is a mistake of the caller and throws RangeError.
 */
export class Writer extends OutputBuffer {
  int8(value: number): void {
    if ((value << 24) >> 24 !== value) throw outOfRange(value, 'int8')
    const at = this.advance(1)
    this.buffer[at] = value
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) throw outOfRange(value, 'int16')
    this.put16(value)
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) throw outOfRange(value, 'uint16')
    this.put16(value)
  }

  int32(value: number): void {
    if ((value | 0) !== value) throw outOfRange(value, 'int32')
    this.put32(value)
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) throw outOfRange(value, 'uint32')
    this.put32(value)
  }

  int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw outOfRange(value, 'int64')
    const high = Math.floor(value / TWO_TO_32)
    this.put32(high)
    this.put32(value - high * TWO_TO_32)
  }

  /** The counterpart of `Reader.saturatedInt64`: the ends of the safe integers are written as the ends of int64. */
  saturatedInt64(value: number): void {
    if (value === Number.MAX_SAFE_INTEGER) this.bigInt64(LONG_MAX)
    else if (value === Number.MIN_SAFE_INTEGER) this.bigInt64(LONG_MIN)
    else this.int64(value)
  }

  bigInt64(value: bigint): void {
    const at = this.advance(8)
    this.buffer.writeBigInt64BE(value, at)
  }

  exactInt64(value: number | bigint): void {
    this.bigInt64(BigInt(value))
  }

  float64(value: number): void {
    const at = this.advance(8)
    this.buffer.writeDoubleBE(value, at)
  }

  bool(value: boolean): void {
    const at = this.advance(1)
    this.buffer[at] = value ? 1 : 0
  }

  /** `value` in Kafka's text form, see `uuid.ts`. */
  uuid(value: string): void {
    const at = this.advance(UUID_SIZE)
    if (value.length !== 22 || this.buffer.write(value, at, UUID_SIZE, 'base64url') !== UUID_SIZE) {
      throw new RangeError(`${value} is not an id`)
    }
  }

  string(value: string): void {
    const size = this.text(value, 2)
    this.put16(size)
    this.position += size
  }

  nullableString(value: string | null): void {
    if (value === null) this.put16(-1)
    else this.string(value)
  }

  compactString(value: string): void {
    // The length of a short string takes one byte, whatever its characters; that of another depends on them.
    if (value.length > SHORT_STRING_LENGTH) this.unsignedVarint(Buffer.byteLength(value) + 1)
    const lengthBytes = value.length > SHORT_STRING_LENGTH ? 0 : 1
    const size = this.text(value, lengthBytes)
    if (lengthBytes === 1) this.unsignedVarint(size + 1)
    this.position += size
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.unsignedVarint(0)
    else this.compactString(value)
  }

  /** `value` may be given in parts. */
  bytes(value: Buffer | readonly Buffer[]): void {
    this.int32(sizeOf(value))
    this.append(value)
  }

  nullableBytes(value: Buffer | readonly Buffer[] | null): void {
    if (value === null) this.put32(-1)
    else this.bytes(value)
  }

  compactBytes(value: Buffer | readonly Buffer[]): void {
    this.unsignedVarint(sizeOf(value) + 1)
    this.append(value)
  }

  compactNullableBytes(value: Buffer | readonly Buffer[] | null): void {
    if (value === null) this.unsignedVarint(0)
    else this.compactBytes(value)
  }

  /** -1 for null. */
  arrayLength(length: number): void {
    this.int32(length)
  }

  /** -1 for null. */
  compactArrayLength(length: number): void {
    this.unsignedVarint(length + 1)
  }

  private put16(value: number): void {
    const at = this.advance(2)
    const { buffer } = this
    buffer[at] = value >>> 8
    buffer[at + 1] = value
  }

  private put32(value: number): void {
    const at = this.advance(4)
    const { buffer } = this
    buffer[at] = value >>> 24
    buffer[at + 1] = value >>> 16
    buffer[at + 2] = value >>> 8
    buffer[at + 3] = value
  }

  /** Writes `value` `gap` bytes behind the position, which stays, and returns its size. */
  private text(value: string, gap: number): number {
    const { length } = value
    const short = length <= SHORT_STRING_LENGTH
    this.reserve(gap + (short ? 3 * length : Buffer.byteLength(value)))
    const at = this.position + gap
    if (short && this.ascii(value, at)) return length
    const size = this.buffer.write(value, at)
    if (size > MAX_STRING_BYTES) throw new RangeError(`a string of ${size} bytes, ${MAX_STRING_BYTES} are allowed`)
    return size
  }

  /** Writes `value` at `at` if it is ASCII; false if it is not. */
  private ascii(value: string, at: number): boolean {
    const { buffer } = this
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) return false
      buffer[at + i] = code
    }
    return true
  }
}

const outOfRange = (value: number, type: string): RangeError => new RangeError(`${value} is not an ${type}`)

const sizeOf = (value: Buffer | readonly Buffer[]): number => {
  if (Buffer.isBuffer(value)) return value.length
  let size = 0
  for (const part of value) size += part.length
  return size
}

import { MalformedMessage } from './malformed-message'
import { UUID_SIZE, ZERO_UUID } from './uuid'

const TWO_TO_32 = 0x1_0000_0000
/** Upper halves of the int64 values that a number holds exactly; of the lowest one only a part. */
const SAFE_HIGH_MAX = 0x1f_ffff
const SAFE_HIGH_MIN = -0x20_0000
/** Longest string that Kafka's compact encoding may carry; in the other encoding the length is an int16 anyway. */
const MAX_STRING_BYTES = 0x7fff

/**
 * Reads the primitive types of Kafka's protocol (protocol guide, "Protocol Primitive Types") from `buffer`, from `position` up to `end`.
 * Every method checks the bounds, throws MalformedMessage and nothing else, and allocates nothing that is larger than the bytes it read.
 */
export class Reader {
  readonly buffer: Buffer
  /** Behind the last byte that may be read. */
  readonly end: number
  /** Of the next byte. */
  position: number

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.buffer = buffer
    this.position = start
    this.end = end
  }

  get remaining(): number {
    return this.end - this.position
  }

  int8(): number {
    return (this.buffer[this.advance(1)]! << 24) >> 24
  }

  int16(): number {
    const at = this.advance(2)
    return (((this.buffer[at]! << 8) | this.buffer[at + 1]!) << 16) >> 16
  }

  uint16(): number {
    const at = this.advance(2)
    return (this.buffer[at]! << 8) | this.buffer[at + 1]!
  }

  int32(): number {
    return this.int32At(this.advance(4))
  }

  uint32(): number {
    return this.int32At(this.advance(4)) >>> 0
  }

  /** An int64 that a number holds exactly; any other is refused, never rounded. */
  int64(): number {
    const at = this.advance(8)
    const high = this.int32At(at)
    const low = this.int32At(at + 4) >>> 0
    if (high > SAFE_HIGH_MAX || high < SAFE_HIGH_MIN || (high === SAFE_HIGH_MIN && low === 0)) {
      throw new MalformedMessage(`int64 ${this.buffer.readBigInt64BE(at)} at byte ${at} is beyond 2^53`)
    }
    return high * TWO_TO_32 + low
  }

  /** An int64 where values beyond ±(2^53-1) read as the nearest of these two: for fields in which clients send Long.MAX_VALUE. */
  saturatedInt64(): number {
    const at = this.advance(8)
    const value = this.int32At(at) * TWO_TO_32 + (this.int32At(at + 4) >>> 0)
    return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
  }

  bigInt64(): bigint {
    return this.buffer.readBigInt64BE(this.advance(8))
  }

  /** Any int64: a number where that is exact, otherwise a bigint. */
  exactInt64(): number | bigint {
    const value = this.bigInt64()
    const rounded = Number(value)
    return Number.isSafeInteger(rounded) ? rounded : value
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.advance(8))
  }

  bool(): boolean {
    return this.buffer[this.advance(1)] !== 0
  }

  /** Kafka's text form of the id, see `uuid.ts`. */
  uuid(): string {
    const at = this.advance(UUID_SIZE)
    const { buffer } = this
    // Most ids of old clients and of absent fields are zero; looking at three bytes first keeps the test cheap for all others.
    if (buffer[at] === 0 && buffer[at + 7] === 0 && buffer[at + 15] === 0 && this.isZero(at, at + UUID_SIZE))
      return ZERO_UUID
    return buffer.toString('base64url', at, at + UUID_SIZE)
  }

  /** 0 to 2^32-1 in at most 5 bytes of 7 bits, lowest first. */
  unsignedVarint(): number {
    const first = this.buffer[this.advance(1)]!
    return first < 0x80 ? first : this.longUnsignedVarint(first & 0x7f)
  }

  string(): string {
    return this.text(this.required(this.int16()))
  }

  nullableString(): string | null {
    const length = this.int16()
    return length < 0 ? null : this.text(length)
  }

  compactString(): string {
    return this.text(this.required(this.compactStringLength()))
  }

  compactNullableString(): string | null {
    const length = this.compactStringLength()
    return length < 0 ? null : this.text(length)
  }

  /** A part of the buffer itself, not a copy. */
  bytes(): Buffer {
    return this.slice(this.required(this.int32()))
  }

  nullableBytes(): Buffer | null {
    const length = this.int32()
    return length < 0 ? null : this.slice(length)
  }

  compactBytes(): Buffer {
    return this.slice(this.required(this.unsignedVarint() - 1))
  }

  compactNullableBytes(): Buffer | null {
    const length = this.unsignedVarint() - 1
    return length < 0 ? null : this.slice(length)
  }

  /** Elements of an array of which each takes at least `minimumSize` bytes: more than the rest of the bytes can hold is refused. */
  arrayLength(minimumSize: number): number {
    return this.plausible(this.required(this.int32()), minimumSize)
  }

  /** -1 for null. */
  nullableArrayLength(minimumSize: number): number {
    const length = this.int32()
    return length < 0 ? -1 : this.plausible(length, minimumSize)
  }

  compactArrayLength(minimumSize: number): number {
    return this.plausible(this.required(this.unsignedVarint() - 1), minimumSize)
  }

  compactNullableArrayLength(minimumSize: number): number {
    const length = this.unsignedVarint() - 1
    return length < 0 ? -1 : this.plausible(length, minimumSize)
  }

  /** Passes over a whole section of tagged fields. */
  skipTaggedFields(): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      this.unsignedVarint()
      this.skip(this.unsignedVarint())
    }
  }

  skip(size: number): void {
    this.advance(size)
  }

  /** Moves over `size` bytes and returns where they start. */
  private advance(size: number): number {
    const at = this.position
    if (size > this.end - at)
      throw new MalformedMessage(`${size} bytes expected at byte ${at}, ${this.end - at} are left`)
    this.position = at + size
    return at
  }

  private int32At(at: number): number {
    const { buffer } = this
    return (buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!
  }

  private longUnsignedVarint(lowest: number): number {
    let value = lowest
    for (let factor = 0x80; factor < TWO_TO_32; factor *= 0x80) {
      const byte = this.buffer[this.advance(1)]!
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        if (value >= TWO_TO_32) break
        return value
      }
    }
    throw new MalformedMessage(`a varint of more than 32 bits ends at byte ${this.position}`)
  }

  private compactStringLength(): number {
    const length = this.unsignedVarint() - 1
    if (length > MAX_STRING_BYTES) throw new MalformedMessage(`a string of ${length} bytes at byte ${this.position}`)
    return length
  }

  private text(length: number): string {
    if (length === 0) return ''
    const at = this.advance(length)
    return this.buffer.toString('utf8', at, at + length)
  }

  private slice(length: number): Buffer {
    const at = this.advance(length)
    return this.buffer.subarray(at, at + length)
  }

  private required(length: number): number {
    if (length < 0) throw new MalformedMessage(`null at byte ${this.position} where a value is required`)
    return length
  }

  private plausible(length: number, minimumSize: number): number {
    if (length * minimumSize > this.remaining) {
      throw new MalformedMessage(
        `${length} elements declared at byte ${this.position}, ${this.remaining} bytes are left`,
      )
    }
    return length
  }

  private isZero(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this.buffer[at] !== 0) return false
    return true
  }
}

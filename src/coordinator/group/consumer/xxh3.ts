/** XXH3, 64 bits, without a seed: the hash with which Kafka recognises that topics have changed. Of short inputs, so it may take its time. */

const MASK = (1n << 64n) - 1n
const PRIME32_1 = 0x9e3779b1n
const PRIME32_2 = 0x85ebca77n
const PRIME32_3 = 0xc2b2ae3dn
const PRIME64_1 = 0x9e3779b185ebca87n
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn
const PRIME64_3 = 0x165667b19e3779f9n
const PRIME64_4 = 0x85ebca77c2b2ae63n
const PRIME64_5 = 0x27d4eb2f165667c5n
const PRIME_MX1 = 0x165667919e3779f9n
const PRIME_MX2 = 0x9fb21c651e98df25n

const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
)
const STRIPE_BYTES = 64
const LANE_BYTES = 8
const SECRET_STEP_BYTES = 8
const STRIPES_PER_BLOCK = (SECRET.length - STRIPE_BYTES) / SECRET_STEP_BYTES

/** The hash, from 0 to 2^64-1. */
export const xxh3 = (input: Buffer): bigint => {
  const { length } = input
  if (length <= 16) return ofTiny(input)
  if (length <= 128) return ofShort(input)
  return length <= 240 ? ofMedium(input) : ofLong(input)
}

const ofTiny = (input: Buffer): bigint => {
  const { length } = input
  if (length === 0) return avalanche64(secret(56) ^ secret(64))
  if (length <= 3) {
    const [first, middle, last] = [input[0]!, input[length >> 1]!, input[length - 1]!]
    const combined = BigInt(((first << 16) | (middle << 24) | last | (length << 8)) >>> 0)
    return avalanche64(combined ^ BigInt((SECRET.readUInt32LE(0) ^ SECRET.readUInt32LE(4)) >>> 0))
  }
  if (length <= 8) {
    const low = BigInt(input.readUInt32LE(0))
    const high = BigInt(input.readUInt32LE(length - 4))
    let hash = (high + (low << 32n)) ^ (secret(8) ^ secret(16))
    hash ^= rotate(hash, 49n) ^ rotate(hash, 24n)
    hash = times(hash, PRIME_MX2)
    hash = times(hash ^ ((hash >> 35n) + BigInt(length)), PRIME_MX2)
    return hash ^ (hash >> 28n)
  }
  const low = lane(input, 0) ^ (secret(24) ^ secret(32))
  const high = lane(input, length - 8) ^ (secret(40) ^ secret(48))
  return avalanche((BigInt(length) + swap(low) + high + fold(low, high)) & MASK)
}

const ofShort = (input: Buffer): bigint => {
  const { length } = input
  let sum = times(BigInt(length), PRIME64_1)
  for (let at = ((length - 1) >> 5) * 16; at >= 0; at -= 16) {
    sum += mix(input, at, at * 2) + mix(input, length - at - 16, at * 2 + 16)
  }
  return avalanche(sum & MASK)
}

const ofMedium = (input: Buffer): bigint => {
  const { length } = input
  let sum = times(BigInt(length), PRIME64_1)
  for (let at = 0; at < 128; at += 16) sum += mix(input, at, at)
  sum = avalanche(sum & MASK)
  for (let at = 128; at + 16 <= length; at += 16) sum += mix(input, at, at - 128 + 3)
  return avalanche((sum + mix(input, length - 16, 136 - 17)) & MASK)
}

const ofLong = (input: Buffer): bigint => {
  const { length } = input
  const sums = [PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1]
  const stripes = Math.floor((length - 1) / STRIPE_BYTES)
  for (let stripe = 0; stripe < stripes; stripe++) {
    accumulate(sums, input, stripe * STRIPE_BYTES, (stripe % STRIPES_PER_BLOCK) * SECRET_STEP_BYTES)
    if ((stripe + 1) % STRIPES_PER_BLOCK === 0) scramble(sums)
  }
  accumulate(sums, input, length - STRIPE_BYTES, SECRET.length - STRIPE_BYTES - 7)
  let sum = times(BigInt(length), PRIME64_1)
  for (let pair = 0; pair < 4; pair++) {
    const at = 11 + pair * 16
    sum += fold(sums[2 * pair]! ^ secret(at), sums[2 * pair + 1]! ^ secret(at + 8))
  }
  return avalanche(sum & MASK)
}

const accumulate = (sums: bigint[], input: Buffer, at: number, secretAt: number): void => {
  for (let index = 0; index < sums.length; index++) {
    const value = lane(input, at + index * LANE_BYTES)
    const keyed = value ^ secret(secretAt + index * LANE_BYTES)
    sums[index ^ 1] = (sums[index ^ 1]! + value) & MASK
    sums[index] = (sums[index]! + (keyed & 0xffffffffn) * (keyed >> 32n)) & MASK
  }
}

const scramble = (sums: bigint[]): void => {
  for (let index = 0; index < sums.length; index++) {
    const sum = sums[index]!
    sums[index] = times(sum ^ (sum >> 47n) ^ secret(SECRET.length - STRIPE_BYTES + index * LANE_BYTES), PRIME32_1)
  }
}

const mix = (input: Buffer, at: number, secretAt: number): bigint =>
  fold(lane(input, at) ^ secret(secretAt), lane(input, at + 8) ^ secret(secretAt + 8))

const lane = (input: Buffer, at: number): bigint => input.readBigUInt64LE(at)
const secret = (at: number): bigint => SECRET.readBigUInt64LE(at)
const times = (a: bigint, b: bigint): bigint => (a * b) & MASK
const rotate = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & MASK

const fold = (a: bigint, b: bigint): bigint => {
  const product = a * b
  return (product & MASK) ^ (product >> 64n)
}

const swap = (value: bigint): bigint => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes.readBigUInt64BE(0)
}

const avalanche = (value: bigint): bigint => {
  const hash = times(value ^ (value >> 37n), PRIME_MX1)
  return hash ^ (hash >> 32n)
}

/** That of XXH64. */
const avalanche64 = (value: bigint): bigint => {
  let hash = times(value ^ (value >> 33n), PRIME64_2)
  hash = times(hash ^ (hash >> 29n), PRIME64_3)
  return hash ^ (hash >> 32n)
}

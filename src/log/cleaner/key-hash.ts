const SECRET_BYTES = 16
const COMPRESSION_ROUNDS = 2
const FINALIZATION_ROUNDS = 4

/**
 * SipHash-2-4 with an output of 128 bits (Aumasson and Bernstein): who does not know the secret cannot find two inputs with one hash, so no
 * producer can make the cleaner take a key of another one for its own. Written for 32-bit words, since a call of a native hash for a short
 * key takes several times as long.
 *
 * The state of 4 x 64 bits is kept in fields, low and high halves apart; the hash of the last input is in `words`.
 */
export class KeyHash {
  /** The hash: four words, the lowest first. */
  readonly words = new Uint32Array(4)
  readonly #secret: Int32Array
  /** v0 to v3, the low half of each before the high one. */
  readonly #state = new Int32Array(8)

  /** `secret`: 16 bytes. */
  constructor(secret: Buffer) {
    if (secret.length !== SECRET_BYTES) throw new RangeError(`a secret has ${SECRET_BYTES} bytes`)
    this.#secret = Int32Array.from([0, 4, 8, 12], at => secret.readInt32LE(at))
  }

  /** Hashes `length` bytes from `start` on. */
  hash(bytes: Buffer, start: number, length: number): void {
    const state = this.#state
    this.#initialize()
    const end = start + length
    let at = start
    for (; at + 8 <= end; at += 8) this.#compress(int32(bytes, at), int32(bytes, at + 4))
    let low = 0
    let high = length << 24
    for (let n = end - at - 1; n >= 0; n--) {
      if (n < 4) low |= bytes[at + n]! << (n * 8)
      else high |= bytes[at + n]! << ((n - 4) * 8)
    }
    this.#compress(low, high)
    const { words } = this
    state[4]! ^= 0xee
    rounds(state, FINALIZATION_ROUNDS)
    words[0] = state[0]! ^ state[2]! ^ state[4]! ^ state[6]!
    words[1] = state[1]! ^ state[3]! ^ state[5]! ^ state[7]!
    state[2]! ^= 0xdd
    rounds(state, FINALIZATION_ROUNDS)
    words[2] = state[0]! ^ state[2]! ^ state[4]! ^ state[6]!
    words[3] = state[1]! ^ state[3]! ^ state[5]! ^ state[7]!
  }

  #initialize(): void {
    const state = this.#state
    const secret = this.#secret
    state[0] = secret[0]! ^ 0x70736575
    state[1] = secret[1]! ^ 0x736f6d65
    state[2] = secret[2]! ^ 0x6e646f6d ^ 0xee
    state[3] = secret[3]! ^ 0x646f7261
    state[4] = secret[0]! ^ 0x6e657261
    state[5] = secret[1]! ^ 0x6c796765
    state[6] = secret[2]! ^ 0x79746573
    state[7] = secret[3]! ^ 0x74656462
  }

  #compress(low: number, high: number): void {
    const state = this.#state
    state[6]! ^= low
    state[7]! ^= high
    rounds(state, COMPRESSION_ROUNDS)
    state[0]! ^= low
    state[1]! ^= high
  }
}

const int32 = (bytes: Buffer, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

/** SipRound, `count` times, with each 64-bit operation as two of 32 bits. */
const rounds = (state: Int32Array, count: number): void => {
  let a0 = state[0]!
  let a1 = state[1]!
  let b0 = state[2]!
  let b1 = state[3]!
  let c0 = state[4]!
  let c1 = state[5]!
  let d0 = state[6]!
  let d1 = state[7]!
  let t = 0
  for (let n = 0; n < count; n++) {
    t = (a0 >>> 0) + (b0 >>> 0)
    a0 = t | 0
    a1 = (a1 + b1 + (t > 0xffffffff ? 1 : 0)) | 0
    t = b0
    b0 = ((b0 << 13) | (b1 >>> 19)) ^ a0
    b1 = ((b1 << 13) | (t >>> 19)) ^ a1
    t = a0
    a0 = a1
    a1 = t
    t = (c0 >>> 0) + (d0 >>> 0)
    c0 = t | 0
    c1 = (c1 + d1 + (t > 0xffffffff ? 1 : 0)) | 0
    t = d0
    d0 = ((d0 << 16) | (d1 >>> 16)) ^ c0
    d1 = ((d1 << 16) | (t >>> 16)) ^ c1
    t = (a0 >>> 0) + (d0 >>> 0)
    a0 = t | 0
    a1 = (a1 + d1 + (t > 0xffffffff ? 1 : 0)) | 0
    t = d0
    d0 = ((d0 << 21) | (d1 >>> 11)) ^ a0
    d1 = ((d1 << 21) | (t >>> 11)) ^ a1
    t = (c0 >>> 0) + (b0 >>> 0)
    c0 = t | 0
    c1 = (c1 + b1 + (t > 0xffffffff ? 1 : 0)) | 0
    t = b0
    b0 = ((b0 << 17) | (b1 >>> 15)) ^ c0
    b1 = ((b1 << 17) | (t >>> 15)) ^ c1
    t = c0
    c0 = c1
    c1 = t
  }
  state[0] = a0
  state[1] = a1
  state[2] = b0
  state[3] = b1
  state[4] = c0
  state[5] = c1
  state[6] = d0
  state[7] = d1
}

import type { Random } from '../random'

const TWO_TO_32 = 2 ** 32

/** A repeatable generator: xoshiro128** (Blackman and Vigna), its state spread from the seed by MurmurHash3's finalizer. */
export class SeededRandom implements Random {
  readonly #state = new Uint32Array(4)

  /** `seed` is any whole number; its lower 32 bits and the next 21 count. */
  constructor(seed: number) {
    let low = seed >>> 0
    const high = Math.floor(Math.abs(seed) / TWO_TO_32) >>> 0
    for (let index = 0; index < 4; index++) {
      low = (low + 0x9e3779b9) >>> 0
      this.#state[index] = mixed(low ^ (index % 2 === 0 ? 0 : high))
    }
    if (this.#state.every(word => word === 0)) this.#state[0] = 1
  }

  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_TO_32) throw new RangeError(`bound: ${bound}`)
    // Drawn again above the last multiple of the bound, so that no number is favoured.
    const limit = TWO_TO_32 - (TWO_TO_32 % bound)
    let drawn = this.#next()
    while (drawn >= limit) drawn = this.#next()
    return drawn % bound
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length)
    for (let index = 0; index < length; index++) bytes[index] = this.#next() & 0xff
    return bytes
  }

  #next(): number {
    const state = this.#state
    const [first, second, third, fourth] = [state[0]!, state[1]!, state[2]!, state[3]!]
    const result = Math.imul(rotated(Math.imul(second, 5), 7), 9) >>> 0
    const mixedThird = third ^ first
    const mixedFourth = fourth ^ second
    state[1] = second ^ mixedThird
    state[0] = first ^ mixedFourth
    state[2] = mixedThird ^ (second << 9)
    state[3] = rotated(mixedFourth, 11)
    return result
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function mixed(word: number): number {
  let value = word
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

import { KeyHash } from './key-hash'

/** Four words of hash, the low and the high one of the offset. */
const WORDS_PER_SLOT = 6
const BYTES_PER_SLOT = WORDS_PER_SLOT * 4
const OFFSET_LOW = 4
const OFFSET_HIGH = 5
const WORD_COUNT = 2 ** 32
const SLOTS_MIN = 3
/** So that the words fit into one typed array. */
const SLOTS_MAX = Math.floor((2 ** 31 - 1) / WORDS_PER_SLOT)

/** There is no room for another key. */
export const NO_ROOM = -2

export interface OffsetMapOptions {
  /** Memory that may be taken: `log.cleaner.dedupe.buffer.size`. */
  readonly maxBytes: number
  /** Share of the memory to be filled, above 0 and at most 1: `log.cleaner.io.buffer.load.factor`. */
  readonly loadFactor: number
  /** No more different keys will come: less memory may do. */
  readonly keyCountMax: number
  /** 16 bytes that nobody can guess. */
  readonly secret: Buffer
}

/**
 * The latest offset of each key, in memory of fixed size (Kafka: SkimpyOffsetMap). Of keys it holds hashes only, of 128 bits: that two
 * keys share one is as good as impossible.
 *
 * Open addressing with double hashing; the number of slots is prime, so that every step visits all of them. Offsets are stored plus one: 0
 * is an empty slot.
 */
export class OffsetMap {
  /** Keys that it may hold, below the number of slots: there is always an empty one, at which a search ends. */
  readonly capacity: number
  readonly #slotCount: number
  readonly #words: Uint32Array
  readonly #hash: KeyHash
  #size = 0
  #latestOffset = -1

  constructor({ maxBytes, loadFactor, keyCountMax, secret }: OffsetMapOptions) {
    const wanted = Math.ceil(keyCountMax / loadFactor) + SLOTS_MIN
    const affordable = Math.min(Math.floor(maxBytes / BYTES_PER_SLOT), SLOTS_MAX)
    this.#slotCount = Math.min(primeFrom(wanted, 1), primeFrom(Math.max(affordable, SLOTS_MIN), -1))
    this.capacity = Math.max(1, Math.min(Math.floor(this.#slotCount * loadFactor), this.#slotCount - 1))
    this.#words = new Uint32Array(this.#slotCount * WORDS_PER_SLOT)
    this.#hash = new KeyHash(secret)
  }

  get size(): number {
    return this.#size
  }

  get sizeInBytes(): number {
    return this.#words.byteLength
  }

  /** The map says all about what lies at or below this offset; -1 when nothing was added. */
  get latestOffset(): number {
    return this.#latestOffset
  }

  /** The map knows of all keys up to `offset`. */
  advanceTo(offset: number): void {
    this.#latestOffset = Math.max(this.#latestOffset, offset)
  }

  /**
   * The key in `bytes` occurs at `offset`, which is above all before. Returns the latest offset of the key up to now, -1 when it is new, or
   * `NO_ROOM`.
   */
  put(bytes: Buffer, start: number, length: number, offset: number): number {
    const at = this.#find(bytes, start, length)
    const words = this.#words
    const before = this.#offsetAt(at)
    if (before < 0) {
      if (this.#size === this.capacity) return NO_ROOM
      this.#size++
      words.set(this.#hash.words, at)
    }
    words[at + OFFSET_LOW] = offset + 1
    words[at + OFFSET_HIGH] = (offset + 1) / WORD_COUNT
    this.#latestOffset = offset
    return before
  }

  /** The latest offset of the key in `bytes`; -1 when it was never put. */
  get(bytes: Buffer, start: number, length: number): number {
    return this.#offsetAt(this.#find(bytes, start, length))
  }

  #offsetAt(at: number): number {
    return this.#words[at + OFFSET_HIGH]! * WORD_COUNT + this.#words[at + OFFSET_LOW]! - 1
  }

  /** Where the slot of the key begins, or the empty one in which it belongs. */
  #find(bytes: Buffer, start: number, length: number): number {
    this.#hash.hash(bytes, start, length)
    const words = this.#words
    const hash = this.#hash.words
    const h0 = hash[0]!
    const h1 = hash[1]!
    const h2 = hash[2]!
    const h3 = hash[3]!
    let slot = h0 % this.#slotCount
    const step = 1 + (h1 % (this.#slotCount - 1))
    for (;;) {
      const at = slot * WORDS_PER_SLOT
      if (isEmpty(words, at)) return at
      if (words[at] === h0 && words[at + 1] === h1 && words[at + 2] === h2 && words[at + 3] === h3) return at
      slot = (slot + step) % this.#slotCount
    }
  }
}

const isEmpty = (words: Uint32Array, at: number): boolean =>
  words[at + OFFSET_LOW] === 0 && words[at + OFFSET_HIGH] === 0

/** The next prime number from `start` on, which is at least 3, upwards or downwards. */
const primeFrom = (start: number, direction: 1 | -1): number => {
  let candidate = start % 2 === 0 ? start + direction : start
  while (!isPrime(candidate)) candidate += 2 * direction
  return candidate
}

const isPrime = (odd: number): boolean => {
  for (let divisor = 3; divisor * divisor <= odd; divisor += 2) if (odd % divisor === 0) return false
  return true
}

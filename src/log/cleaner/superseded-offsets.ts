/** Offsets that are farther apart are not kept track of: a bit for each of so many takes 16 MiB. */
const SPAN_MAX = 128 * 1024 * 1024

/**
 * Offsets of a section whose records are followed by another one of the same key, one bit for each. Whoever knows them need not look into
 * batches of which nothing stays.
 */
export class SupersededOffsets {
  readonly #from: number
  readonly #upTo: number
  readonly #words: Uint32Array

  private constructor(from: number, upTo: number) {
    this.#from = from
    this.#upTo = upTo
    this.#words = new Uint32Array(Math.ceil((upTo - from) / 32))
  }

  /** For a section from `from` up to `upTo`, exclusive; null when these are too far apart. */
  static between(from: number, upTo: number): SupersededOffsets | null {
    return upTo - from <= SPAN_MAX ? new SupersededOffsets(from, upTo) : null
  }

  /** Whether it knows of `offset` whether it is superseded. */
  covers(offset: number): boolean {
    return offset >= this.#from && offset < this.#upTo
  }

  /** Takes an offset that is covered. */
  add(offset: number): void {
    const at = offset - this.#from
    this.#words[at >>> 5]! |= 1 << (at & 31)
  }

  /** Whether an offset that is covered is superseded. */
  has(offset: number): boolean {
    const at = offset - this.#from
    return (this.#words[at >>> 5]! & (1 << (at & 31))) !== 0
  }

  /** How many offsets from `first` to `last`, both included and covered, are superseded. */
  count(first: number, last: number): number {
    const start = first - this.#from
    const end = last - this.#from
    const firstWord = start >>> 5
    const lastWord = end >>> 5
    const head = -1 << (start & 31)
    const tail = -1 >>> (31 - (end & 31))
    if (firstWord === lastWord) return bitsOf(this.#words[firstWord]! & head & tail)
    let count = bitsOf(this.#words[firstWord]! & head) + bitsOf(this.#words[lastWord]! & tail)
    for (let at = firstWord + 1; at < lastWord; at++) count += bitsOf(this.#words[at]!)
    return count
  }
}

/** How many bits of a word are set. */
const bitsOf = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

import type { BufferPool } from '../io/buffer-pool'

const SMALLEST_BLOCK = 256
/** Blocks grow up to this size, where no more than that is added at once. */
const LARGEST_BLOCK = 65_536

interface Block {
  readonly buffer: Buffer
  start: number
  end: number
}

/** Bytes that wait for those behind them, first in, first out. What is kept for them is at most about twice as much as was ever added at once. */
export class ByteBacklog {
  readonly #pool: BufferPool
  readonly #blocks: Block[] = []
  #length = 0
  #capacity = 0

  constructor(pool: BufferPool) {
    this.#pool = pool
  }

  /** Bytes that were added and not taken. */
  get length(): number {
    return this.#length
  }

  /** Bytes of memory that they keep. */
  get capacity(): number {
    return this.#capacity
  }

  /** Adds a copy. */
  add(bytes: Buffer): void {
    this.#length += bytes.length
    const last = this.#blocks.at(-1)
    const fitting = last ? bytes.copy(last.buffer, last.end) : 0
    if (last) last.end += fitting
    if (fitting === bytes.length) return
    const rest = bytes.length - fitting
    const wanted = Math.min(LARGEST_BLOCK, last ? last.buffer.length * 2 : SMALLEST_BLOCK)
    // All of it, where it is more than was asked for.
    const buffer = Buffer.from(this.#pool.take(Math.max(rest, wanted)).buffer)
    this.#capacity += buffer.length
    bytes.copy(buffer, 0, fitting)
    this.#blocks.push({ buffer, start: 0, end: rest })
  }

  /** Moves the first bytes to the start of `into`, as many as there are and fit; returns how many. */
  take(into: Buffer): number {
    let filled = 0
    while (filled < into.length) {
      const block = this.#blocks[0]
      if (!block) break
      const count = block.buffer.copy(into, filled, block.start, block.end)
      filled += count
      block.start += count
      if (block.start === block.end) this.#drop(block)
    }
    this.#length -= filled
    return filled
  }

  clear(): void {
    for (const block of [...this.#blocks]) this.#drop(block)
    this.#length = 0
  }

  #drop({ buffer }: Block): void {
    this.#blocks.shift()
    this.#capacity -= buffer.length
    this.#pool.giveBack(buffer)
  }
}

export interface BufferPoolOptions {
  /** Sizes of the pieces in bytes, ascending. */
  readonly sizes: readonly number[]
  readonly idleBytesMax: number
}

/**
 * Memory that is used again as soon as its user says so. Fresh memory of such sizes is dear: the system has to find and clear each of its
 * pages, and the garbage collector to notice that it is no longer needed.
 *
 * Invariants
 * - Who was lent memory has it to himself. What is never given back is left to the garbage collector; nothing else is lost.
 * - At most `idleBytesMax` bytes lie idle.
 */
export class BufferPool {
  readonly #sizes: readonly number[]
  readonly #idleBytesMax: number
  /** By size. */
  readonly #idle: ArrayBuffer[][]
  readonly #lent = new WeakSet<ArrayBufferLike>()
  #idleBytes = 0

  constructor({ sizes, idleBytesMax }: BufferPoolOptions) {
    this.#sizes = sizes
    this.#idleBytesMax = idleBytesMax
    this.#idle = sizes.map(() => [])
  }

  /** Memory of `bytes` bytes; what is in it is undefined. */
  readonly take = (bytes: number): Buffer<ArrayBuffer> => {
    const at = this.#sizes.findIndex(size => size >= bytes)
    // A large piece is not tied up by a few bytes.
    if (at < 0 || bytes * 2 < this.#sizes[at]!) return Buffer.allocUnsafeSlow(bytes)
    const memory = this.#takeIdle(at) ?? Buffer.allocUnsafeSlow(this.#sizes[at]!).buffer
    this.#lent.add(memory)
    return Buffer.from(memory, 0, bytes)
  }

  /** Ends the use of everything in the memory that holds `bytes`, if it came from here. Once for each `take`. */
  giveBack(bytes: Buffer): void {
    const memory = bytes.buffer
    if (!this.#lent.delete(memory) || this.#idleBytes + memory.byteLength > this.#idleBytesMax) return
    this.#idleBytes += memory.byteLength
    this.#idle[this.#sizes.indexOf(memory.byteLength)]!.push(memory as ArrayBuffer)
  }

  #takeIdle(at: number): ArrayBuffer | undefined {
    const memory = this.#idle[at]!.pop()
    if (memory) this.#idleBytes -= memory.byteLength
    return memory
  }
}

/**
 * Memory for reads of old records, used again as soon as what was read has left the process. Fresh memory of this size is dear: the system
 * has to find and clear each of its pages, and the garbage collector to notice that it is no longer needed.
 *
 * Invariants
 * - Who was lent memory has it to himself. What is never given back is left to the garbage collector; nothing else is lost.
 * - At most `freeMax` pieces lie idle.
 */
export class ReadBuffers {
  readonly #pieceBytes: number
  readonly #freeMax: number
  readonly #free: ArrayBuffer[] = []
  readonly #lent = new WeakSet<ArrayBufferLike>()

  /** `pieceBytes`: size of each piece. */
  constructor(pieceBytes = PIECE_BYTES, freeMax = FREE_MAX) {
    this.#pieceBytes = pieceBytes
    this.#freeMax = freeMax
  }

  /** Memory of `bytes` bytes; what is in it is undefined. */
  readonly take = (bytes: number): Buffer<ArrayBuffer> => {
    // A large piece is not tied up by a few bytes.
    if (bytes > this.#pieceBytes || bytes * 2 < this.#pieceBytes) return Buffer.allocUnsafeSlow(bytes)
    const memory = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#pieceBytes).buffer
    this.#lent.add(memory)
    return Buffer.from(memory, 0, bytes)
  }

  /** Ends the use of everything in the memory that holds `bytes`, if it came from here. Once for each `take`. */
  giveBack(bytes: Buffer): void {
    const memory = bytes.buffer
    if (this.#lent.delete(memory) && this.#free.length < this.#freeMax) this.#free.push(memory as ArrayBuffer)
  }
}

/** What most clients ask for of a partition, and what is read in front of it to find its beginning. */
const PIECE_BYTES = 1024 * 1024 + 64 * 1024
const FREE_MAX = 8

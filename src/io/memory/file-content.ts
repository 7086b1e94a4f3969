const CHUNK_BYTES_MIN = 1024
const CHUNK_BYTES_MAX = 1024 * 1024

/**
 * The bytes of one file in memory: a list of chunks that never move, so that growing copies nothing. A new chunk is as large as the file
 * so far (1 KiB to 1 MiB); small files stay small, large ones have few chunks. Bytes are copied in and out: keeping the caller's buffers
 * would pin the network chunks that they are slices of.
 *
 * Invariant: every allocated byte at or after `size` is zero, so that growing over a gap reads as zeros.
 */
export class FileContent {
  readonly #chunks: Buffer[] = []
  /** Position of the first byte of each chunk. */
  readonly #starts: number[] = []
  #capacity = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Writes at `position`, which may lie behind the end. Nothing grows by a write of nothing. */
  write(bytes: Buffer, position: number): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    this.#reserve(end)
    let done = 0
    let index = this.#chunkAt(position)
    while (done < bytes.length) {
      const chunk = this.#chunks[index]!
      done += bytes.copy(chunk, position + done - this.#starts[index]!, done)
      index++
    }
    if (end > this.#size) this.#size = end
  }

  /** Fills `into` from `position`; returns the number of bytes copied, less than asked only at the end. */
  read(into: Buffer, position: number): number {
    const length = Math.max(0, Math.min(into.length, this.#size - position))
    let done = 0
    let index = this.#chunkAt(position)
    while (done < length) {
      const from = position + done - this.#starts[index]!
      done += this.#chunks[index]!.copy(into, done, from, from + length - done)
      index++
    }
    return length
  }

  /** Cuts, or grows with zeros. */
  resize(size: number): void {
    if (size < this.#size) this.#cut(size)
    else this.#reserve(size)
    this.#size = size
  }

  #cut(size: number): void {
    while (this.#chunks.length > 0 && this.#starts.at(-1)! >= size) {
      this.#capacity -= this.#chunks.pop()!.length
      this.#starts.pop()
    }
    this.#chunks.at(-1)?.fill(0, size - this.#starts.at(-1)!)
  }

  /** An independent copy. */
  clone(): FileContent {
    const copy = new FileContent()
    this.#chunks.forEach((chunk, index) => {
      const start = this.#starts[index]!
      copy.write(chunk.subarray(0, Math.min(chunk.length, this.#size - start)), start)
    })
    return copy
  }

  #reserve(end: number): void {
    while (this.#capacity < end) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES_MAX, Math.max(CHUNK_BYTES_MIN, this.#capacity)))
      this.#chunks.push(chunk)
      this.#starts.push(this.#capacity)
      this.#capacity += chunk.length
    }
  }

  /** Index of the chunk that holds `position`; the last one for anything behind it. */
  #chunkAt(position: number): number {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#starts[middle]! <= position) low = middle
      else high = middle - 1
    }
    return low
  }
}

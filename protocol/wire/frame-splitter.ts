import { MalformedMessage } from './malformed-message'

const LENGTH_BYTES = 4

/**
 * Cuts a stream of bytes into frames: an int32 length, then as many bytes. A frame that arrived in one chunk is a part of that chunk;
 * only one that came in pieces is put together, once, and when it is complete: nothing is allocated by a declared length.
 */
export class FrameSplitter {
  readonly #maxFrameBytes: number
  readonly #chunks: Buffer[] = []
  /** Position in the first chunk of the first byte that was not taken. */
  #offset = 0
  #available = 0
  /** Of the frame whose length was read, otherwise -1. */
  #frameLength = -1

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Adds what arrived; the splitter keeps a reference. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#available += chunk.length
  }

  /** The next complete frame without its length, or null. Throws MalformedMessage when the length is negative or above the limit. */
  next(): Buffer | null {
    if (this.#frameLength < 0) {
      if (this.#available < LENGTH_BYTES) return null
      const length = this.#takeLength()
      if (length < 0 || length > this.#maxFrameBytes) {
        throw new MalformedMessage(`a frame of ${length} bytes, ${this.#maxFrameBytes} are allowed`)
      }
      this.#frameLength = length
    }
    if (this.#available < this.#frameLength) return null
    const frame = this.#take(this.#frameLength)
    this.#frameLength = -1
    return frame
  }

  /** Takes the length of a frame, which must be available; nearly always without making a buffer of it. */
  #takeLength(): number {
    const first = this.#chunks[0]!
    if (this.#offset + LENGTH_BYTES > first.length) return this.#take(LENGTH_BYTES).readInt32BE(0)
    const length = first.readInt32BE(this.#offset)
    this.#advance(first, LENGTH_BYTES)
    return length
  }

  /** Takes `size` bytes, which must be available. */
  #take(size: number): Buffer {
    const first = this.#chunks[0]
    if (first === undefined) return Buffer.alloc(0)
    if (this.#offset + size > first.length) return this.#join(size)
    const part = first.subarray(this.#offset, this.#offset + size)
    this.#advance(first, size)
    return part
  }

  /** Goes `size` bytes on in the first chunk. */
  #advance(first: Buffer, size: number): void {
    this.#available -= size
    this.#offset += size
    if (this.#offset === first.length) this.#drop(1)
  }

  /** Takes `size` bytes that reach beyond the first chunk. */
  #join(size: number): Buffer {
    this.#available -= size
    const joined = Buffer.allocUnsafe(size)
    let filled = 0
    let used = 0
    for (const chunk of this.#chunks) {
      const copied = chunk.copy(joined, filled, this.#offset)
      filled += copied
      if (this.#offset + copied < chunk.length) {
        this.#offset += copied
        break
      }
      this.#offset = 0
      used++
      if (filled === size) break
    }
    this.#chunks.splice(0, used)
    return joined
  }

  #drop(count: number): void {
    this.#offset = 0
    if (count === this.#chunks.length) this.#chunks.length = 0
    else this.#chunks.splice(0, count)
  }
}

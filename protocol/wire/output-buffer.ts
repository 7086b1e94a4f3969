const FRAME_LENGTH_BYTES = 4
/** From this size on, bytes are not copied but become a chunk of their own. */
const LARGE_BYTES = 1024
/** What does not fit into the first buffer gets one of at least this size: steps of double size alone would cost small messages most. */
const GROWN_BYTES = 4096

/**
 * Bytes being put together: into a buffer that grows, with large buffers in between that are not copied, and with sizes in front that are
 * known only afterwards.
 */
export class OutputBuffer {
  private readonly chunks: Buffer[] = []
  /** Bytes in `chunks`. */
  private chunkedSize = 0
  protected buffer: Buffer
  /** What is in `buffer` from here to `position` is not in `chunks` yet. */
  private start = 0
  protected position = 0
  /** Open sized sections; inside of one everything is copied, so that it can still be moved. */
  private sections = 0
  /** Where the length of the open frame goes, and the size just behind it. */
  private frameBuffer: Buffer | null = null
  private frameAt = 0
  private frameStart = 0

  constructor(capacity = 512) {
    this.buffer = Buffer.allocUnsafe(capacity)
  }

  /** Bytes written so far. */
  get size(): number {
    return this.chunkedSize + this.position - this.start
  }

  /** All that was written, in order. The object must not be used afterwards. */
  finish(): Buffer[] {
    this.flush()
    return this.chunks
  }

  /** Writes the bytes themselves, without a length: large ones by reference. */
  append(value: Buffer | readonly Buffer[]): void {
    if (Buffer.isBuffer(value)) this.appendOne(value)
    else for (const part of value) this.appendOne(part)
  }

  /** 0 to 2^32-1. */
  unsignedVarint(value: number): void {
    if (value >>> 0 !== value) throw new RangeError(`${value} is not an unsigned varint`)
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) {
      const at = this.advance(1)
      this.buffer[at] = rest | 0x80
    }
    const at = this.advance(1)
    this.buffer[at] = rest
  }

  /** Starts a part that has its size in front, as an unsigned varint. Parts nest; end each with `endSized` and what this returned. */
  startSized(): number {
    this.sections++
    const at = this.advance(1)
    return at - this.start
  }

  endSized(section: number): void {
    this.sections--
    const from = this.start + section + 1
    const size = this.position - from
    // One byte was left for the size; more are needed only by parts of 128 bytes and more, which move.
    const moved = unsignedVarintSize(size) - 1
    if (moved > 0) {
      this.reserve(moved)
      const at = this.start + section + 1
      this.buffer.copyWithin(at + moved, at, at + size)
    }
    this.position = this.start + section
    this.unsignedVarint(size)
    this.position += size
  }

  /** Starts a frame: leaves room for an int32, which `endFrame` sets to the number of bytes written in between. Frames do not nest. */
  startFrame(): void {
    this.frameAt = this.advance(FRAME_LENGTH_BYTES)
    this.frameBuffer = this.buffer
    this.frameStart = this.size
  }

  endFrame(): void {
    if (this.frameBuffer === null) throw new Error('no frame was started')
    this.frameBuffer.writeInt32BE(this.size - this.frameStart, this.frameAt)
    this.frameBuffer = null
  }

  private appendOne(bytes: Buffer): void {
    if (bytes.length >= LARGE_BYTES && this.sections === 0) {
      this.flush()
      this.chunks.push(bytes)
      this.chunkedSize += bytes.length
    } else {
      const at = this.advance(bytes.length)
      this.buffer.set(bytes, at)
    }
  }

  /** Moves over `size` bytes, which may be written then, and returns where they start. */
  protected advance(size: number): number {
    if (size > this.buffer.length - this.position) this.grow(size)
    const at = this.position
    this.position = at + size
    return at
  }

  /** Makes room for `size` bytes behind the position. */
  protected reserve(size: number): void {
    if (size > this.buffer.length - this.position) this.grow(size)
  }

  /** Continues in a larger buffer, with what is not in `chunks` at its start. */
  private grow(size: number): void {
    const pending = this.position - this.start
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, pending + size, GROWN_BYTES))
    this.buffer.copy(larger, 0, this.start, this.position)
    if (this.frameBuffer === this.buffer && this.frameAt >= this.start) {
      this.frameBuffer = larger
      this.frameAt -= this.start
    }
    this.buffer = larger
    this.start = 0
    this.position = pending
  }

  /** Makes what is pending a chunk. */
  private flush(): void {
    if (this.position === this.start) return
    this.chunks.push(this.buffer.subarray(this.start, this.position))
    this.chunkedSize += this.position - this.start
    this.start = this.position
  }
}

const unsignedVarintSize = (value: number): number => {
  let size = 1
  for (let rest = value >>> 7; rest !== 0; rest >>>= 7) size++
  return size
}

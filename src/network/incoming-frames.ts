import { FrameSplitter } from '../../protocol/wire/frame-splitter'
import type { BufferPool } from '../io/buffer-pool'
import type { RequestMemory } from './request-memory'

/** What a chunk costs beside its bytes; counts when somebody sends single bytes. */
const CHUNK_OVERHEAD_BYTES = 256
const FRAME_LENGTH_BYTES = 4

/** Memory that lives as long as somebody looks into it: a chunk as it was read, or a request put together of several. */
interface Holding {
  readonly memory: ArrayBufferLike
  readonly bytes: number
  users: number
}

interface Chunk {
  readonly holding: Holding
  /** Position in the stream behind its last byte. */
  end: number
}

/** One request as it came, without its length. Give it back with `release` when it is answered. */
export interface IncomingFrame {
  readonly bytes: Buffer
  readonly holding: Holding
}

/**
 * The requests that arrive on one connection, and an honest account of the memory behind them: a request of a hundred bytes that was read
 * in one chunk with many others keeps the whole chunk alive, so the chunk is charged, once, until the last request in it is answered.
 */
export class IncomingFrames {
  readonly #splitter: FrameSplitter
  readonly #memory: RequestMemory
  readonly #pool: BufferPool
  readonly #chunks: Chunk[] = []
  #receivedPosition = 0
  #takenPosition = 0
  #heldBytes = 0
  #closed = false

  /** Requests that come in pieces are put together in memory of `pool`. */
  constructor(maxFrameBytes: number, memory: RequestMemory, pool: BufferPool) {
    this.#splitter = new FrameSplitter(maxFrameBytes, pool.take)
    this.#memory = memory
    this.#pool = pool
  }

  /** Of this connection, charged to the memory of all. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Received and not taken: after `next` returned null, the part of one request. */
  get untakenBytes(): number {
    return this.#receivedPosition - this.#takenPosition
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0 || this.#closed) return
    this.#receivedPosition += chunk.length
    const last = this.#chunks.at(-1)
    if (last?.holding.memory === chunk.buffer) last.end = this.#receivedPosition
    else this.#chunks.push({ holding: this.#hold(chunk), end: this.#receivedPosition })
    this.#splitter.push(chunk)
  }

  /**
   * The next complete request, or null. Parts of one that may not be borrowed may be kept for ever. Throws MalformedMessage at a length that
   * is negative or too large.
   */
  next(mayBorrow: (bytes: Buffer) => boolean): IncomingFrame | null {
    const taken = this.#splitter.next()
    if (taken === null) return null
    const bytes = this.#pool.hasLent(taken) && !mayBorrow(taken) ? this.#own(taken) : taken
    const shared = this.#chunks.find(({ holding }) => holding.memory === bytes.buffer)?.holding
    if (shared) shared.users++
    this.#takenPosition += FRAME_LENGTH_BYTES + bytes.length
    while (this.#chunks.length > 0 && this.#chunks[0]!.end <= this.#takenPosition) {
      this.#letGo(this.#chunks.shift()!.holding)
    }
    return { bytes, holding: shared ?? this.#hold(bytes) }
  }

  /** `isSpent`: nobody looks at the bytes of the request any more. */
  release(frame: IncomingFrame, isSpent: boolean): void {
    this.#letGo(frame.holding)
    if (isSpent && !this.#closed) this.#pool.giveBack(frame.bytes)
  }

  /** Ends the account: everything is released at once, later calls do nothing. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#chunks.length = 0
    this.#takenPosition = this.#receivedPosition
    this.#memory.release(this.#heldBytes)
    this.#heldBytes = 0
  }

  #own(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes)
    this.#pool.giveBack(bytes)
    return copy
  }

  #hold(buffer: Buffer): Holding {
    const bytes = buffer.buffer.byteLength + CHUNK_OVERHEAD_BYTES
    this.#heldBytes += bytes
    this.#memory.charge(bytes)
    return { memory: buffer.buffer, bytes, users: 1 }
  }

  #letGo(holding: Holding): void {
    holding.users--
    if (holding.users > 0 || this.#closed) return
    this.#heldBytes -= holding.bytes
    this.#memory.release(holding.bytes)
  }
}

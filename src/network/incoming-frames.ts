import { MalformedMessage } from '../../protocol/wire/malformed-message'
import type { BufferPool } from '../io/buffer-pool'
import { ByteBacklog } from './byte-backlog'
import type { RequestMemory } from './request-memory'

const FRAME_LENGTH_BYTES = 4
/** What a request costs beside its bytes. */
const REQUEST_OVERHEAD_BYTES = 256

/**
 * The requests that arrive on one connection, and an honest account of the memory behind them.
 *
 * Requests that are complete are looked at where they have been read, in memory that the next read uses again. Only parts of one whose
 * end has not come, and requests that have to wait, are copied; and what a handler wants to keep. Nothing is allocated by a declared length.
 *
 * A request is charged until it is answered, wherever its bytes are: they are in work somewhere.
 */
export class IncomingFrames {
  readonly #frameBytesMax: number
  readonly #memory: RequestMemory
  readonly #pool: BufferPool
  /** What came before `#chunk` and was not taken. */
  readonly #backlog: ByteBacklog
  /** What is being received; its first `#taken` bytes are done with. */
  #chunk: Buffer = Buffer.alloc(0)
  #taken = 0
  /** Of the frame whose length was taken, otherwise -1. */
  #frameLength = -1
  #heldBytes = 0
  #backlogBytes = 0
  #closed = false

  /** `pool` has the memory for what is copied. */
  constructor(frameBytesMax: number, memory: RequestMemory, pool: BufferPool) {
    this.#frameBytesMax = frameBytesMax
    this.#memory = memory
    this.#pool = pool
    this.#backlog = new ByteBacklog(pool)
  }

  /** Of this connection, charged to the memory of all. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Received and not taken: after `next` returned null, the part of one request. */
  get untakenBytes(): number {
    const ofFrame = this.#frameLength < 0 ? 0 : FRAME_LENGTH_BYTES
    return this.#closed ? 0 : ofFrame + this.#availableBytes
  }

  /** Takes what has arrived, which must not change before `settle` is called. */
  push(chunk: Buffer): void {
    if (this.#closed) return
    this.#chunk = chunk
    this.#taken = 0
  }

  /** Copies what was not taken: the memory of the chunk may be used again. */
  settle(): void {
    const rest = this.#chunk.length - this.#taken
    if (this.#closed || rest === 0) return
    this.#backlog.add(this.#chunk.subarray(this.#taken))
    this.#taken = this.#chunk.length
    this.#chargeBacklog()
  }

  /**
   * The next complete request without its length, or null. Call `handled` before anything else happens here: until then the bytes are what
   * they are; those of which `isKept` is true have memory of their own. Throws MalformedMessage at a length that is negative or too large.
   */
  next(isKept: (request: Buffer) => boolean): Buffer | null {
    if (this.#closed) return null
    if (this.#frameLength < 0 && !this.#takeLength()) return null
    const length = this.#frameLength
    if (this.#availableBytes < length) return null
    this.#frameLength = -1
    const request = this.#take(length)
    this.#charge(length + REQUEST_OVERHEAD_BYTES)
    if (!isKept(request)) return request
    const own = Buffer.allocUnsafeSlow(length)
    request.copy(own)
    this.handled(request)
    return own
  }

  /** Nobody looks at the bytes of a request any more, except those who keep them. */
  handled(request: Buffer): void {
    this.#pool.giveBack(request)
  }

  /** A request of `bytes` bytes has been answered, or never will be. */
  answered(bytes: number): void {
    this.#charge(-bytes - REQUEST_OVERHEAD_BYTES)
  }

  /** Ends the account: everything is released at once, later calls do nothing. */
  close(): void {
    if (this.#closed) return
    this.#charge(-this.#heldBytes)
    this.#closed = true
    this.#backlog.clear()
  }

  get #availableBytes(): number {
    return this.#backlog.length + this.#chunk.length - this.#taken
  }

  #takeLength(): boolean {
    if (this.#availableBytes < FRAME_LENGTH_BYTES) return false
    const length = this.#nextInt32()
    if (length < 0 || length > this.#frameBytesMax) {
      throw new MalformedMessage(`a frame of ${length} bytes, ${this.#frameBytesMax} are allowed`)
    }
    this.#frameLength = length
    return true
  }

  #nextInt32(): number {
    if (this.#backlog.length > 0) return this.#take(FRAME_LENGTH_BYTES).readInt32BE(0)
    // Nearly always: without making a buffer of it.
    this.#taken += FRAME_LENGTH_BYTES
    return this.#chunk.readInt32BE(this.#taken - FRAME_LENGTH_BYTES)
  }

  /** The next `size` bytes, which must be there. */
  #take(size: number): Buffer {
    const start = this.#taken
    if (this.#backlog.length === 0) {
      this.#taken += size
      return this.#chunk.subarray(start, this.#taken)
    }
    const joined = this.#pool.take(size)
    const older = this.#backlog.take(joined)
    this.#taken += this.#chunk.copy(joined, older, start, start + size - older)
    this.#chargeBacklog()
    return joined
  }

  #chargeBacklog(): void {
    const { capacity } = this.#backlog
    this.#charge(capacity - this.#backlogBytes)
    this.#backlogBytes = capacity
  }

  #charge(bytes: number): void {
    if (this.#closed || bytes === 0) return
    this.#heldBytes += bytes
    if (bytes > 0) this.#memory.charge(bytes)
    else this.#memory.release(-bytes)
  }
}

import type { Timer, Timers } from '../timers'
import type { Stream, StreamEvents } from '../transport'

export interface Address {
  readonly address: string
  readonly port: number
}

/** What the receiving side takes before it reads: the part that socket buffers play. */
const WINDOW_BYTES = 256 * 1024
/** From so many bytes on that the other side did not take, a writer should wait. */
const PENDING_BYTES_HIGH = 64 * 1024
/** What becomes of bytes that were received, as in memory of a socket: who keeps them by mistake is noticed. */
const USED_AGAIN = 0xdb
/** How long after the last byte was sent a peer may keep its side open. */
const LINGER_MS = 5_000

/** One side of a connection in memory, with the manners of a TCP socket. */
export class MemoryStream implements Stream {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly #timers: Timers
  #peer!: MemoryStream
  #events: StreamEvents | null = null
  /** Written, and not yet taken by the other side. */
  readonly #outgoing: Buffer[] = []
  #outgoingBytes = 0
  /** Taken from the other side, and not yet received. */
  readonly #incoming: Buffer[] = []
  #incomingBytes = 0
  #isPaused = false
  #isEnding = false
  #awaitsDrain = false
  #isStepDue = false
  /** The other side's end was received. */
  #hasEnded = false
  #linger: Timer | null = null
  #isDestroyed = false
  #isClosed = false
  #error: Error | undefined

  private constructor(timers: Timers, local: Address, remote: Address) {
    this.#timers = timers
    this.localAddress = local.address
    this.localPort = local.port
    this.remoteAddress = remote.address
    this.remotePort = remote.port
  }

  /** Both sides of one connection; the first is that of `local`. */
  static pair(timers: Timers, local: Address, remote: Address): [MemoryStream, MemoryStream] {
    const one = new MemoryStream(timers, local, remote)
    const other = new MemoryStream(timers, remote, local)
    one.#peer = other
    other.#peer = one
    return [one, other]
  }

  get pendingBytes(): number {
    return this.#outgoingBytes
  }

  on(events: StreamEvents): void {
    this.#events = events
    this.#stepLater()
  }

  /** The receiver gets a copy, as from a socket: both sides may do with their bytes what they like. */
  write(buffers: readonly Buffer[], taken?: () => void): boolean {
    if (this.#isEnding || this.#isDestroyed) return true
    const bytes = Buffer.concat(buffers)
    if (bytes.length > 0) this.#outgoing.push(bytes)
    this.#outgoingBytes += bytes.length
    this.#transmit()
    if (taken && !this.#isDestroyed) this.#timers.endOfTurn(taken)
    if (this.#outgoingBytes >= PENDING_BYTES_HIGH) this.#awaitsDrain = true
    return !this.#awaitsDrain
  }

  pause(): void {
    if (!this.#isEnding) this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#stepLater()
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.resume()
    this.#transmit()
  }

  destroy(): void {
    this.#destroy(undefined)
  }

  /** Hands over what the other side has room for. */
  #transmit(): void {
    if (this.#isDestroyed) return
    const peer = this.#peer
    while (this.#outgoing.length > 0 && peer.#incomingBytes < WINDOW_BYTES) {
      const bytes = this.#outgoing.shift()!
      this.#outgoingBytes -= bytes.length
      if (peer.#isDestroyed) {
        this.#destroy(connectionReset())
        return
      }
      peer.#incoming.push(bytes)
      peer.#incomingBytes += bytes.length
    }
    if (this.#awaitsDrain && this.#outgoing.length === 0) this.#stepLater()
    if (this.#isEnding && this.#outgoing.length === 0)
      this.#linger ??= this.#timers.after(LINGER_MS, () => this.destroy())
    peer.#stepLater()
  }

  #destroy(error: Error | undefined): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    this.#isEnding = true
    this.#error = error
    this.#outgoing.length = 0
    this.#outgoingBytes = 0
    // Input that nobody will read makes a socket reset the connection.
    if (this.#incoming.length > 0) this.#peer.#destroy(connectionReset())
    this.#incoming.length = 0
    this.#incomingBytes = 0
    this.#linger?.cancel()
    this.#stepLater()
    this.#peer.#stepLater()
  }

  #stepLater(): void {
    if (this.#isStepDue || this.#isClosed) return
    this.#isStepDue = true
    this.#timers.endOfTurn(() => {
      this.#isStepDue = false
      if (this.#events) this.#step(this.#events)
    })
  }

  /** Tells the owner what has happened since the last step. */
  #step(events: StreamEvents): void {
    this.#receive(events)
    if (this.#awaitsDrain && this.#outgoing.length === 0 && !this.#isDestroyed) {
      this.#awaitsDrain = false
      events.drain()
    }
    this.#receiveEnd(events)
    if (this.#isDestroyed && !this.#isClosed) {
      this.#isClosed = true
      events.close(this.#error)
    }
  }

  #receive(events: StreamEvents): void {
    while (this.#incoming.length > 0 && !this.#isPaused && !this.#isDestroyed) {
      const bytes = this.#incoming.shift()!
      this.#incomingBytes -= bytes.length
      if (!this.#isEnding) events.data(bytes)
      bytes.fill(USED_AGAIN)
      this.#peer.#transmit()
    }
  }

  #receiveEnd(events: StreamEvents): void {
    const peer = this.#peer
    const isPeerDone = (peer.#isEnding && peer.#outgoing.length === 0) || peer.#isDestroyed
    if (!isPeerDone || this.#incoming.length > 0 || this.#isPaused || this.#isDestroyed) return
    if (!this.#hasEnded) {
      this.#hasEnded = true
      if (!this.#isEnding) events.end()
    }
    if (this.#isEnding && this.#outgoing.length === 0) this.#destroy(undefined)
  }
}

function connectionReset(): Error {
  return Object.assign(new Error('ECONNRESET: the other side is closed'), { code: 'ECONNRESET' })
}

import type net from 'node:net'
import type { Stream, StreamEvents } from '../transport'
import type { SocketReads } from './socket-reads'

/** From so many bytes on that the system did not take, a writer should wait. */
const PENDING_BYTES_HIGH = 64 * 1024

/** How long after the last byte was sent a peer may keep its side open. */
const LINGER_MS = 5_000

export class NodeStream implements Stream {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly #socket: net.Socket
  readonly #reads: SocketReads
  #isEnding = false
  #awaitsDrain = false
  #error: Error | undefined

  /** `socket` is connected and paused, and was made with `reads`. */
  constructor(socket: net.Socket, reads: SocketReads) {
    this.#socket = socket
    this.#reads = reads
    // The socket forgets them when it is closed.
    this.remoteAddress = socket.remoteAddress ?? ''
    this.remotePort = socket.remotePort ?? 0
    this.localAddress = socket.localAddress ?? ''
    this.localPort = socket.localPort ?? 0
    socket.on('error', error => {
      this.#error = error
    })
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  on(events: StreamEvents): void {
    const socket = this.#socket
    if (socket.closed) {
      queueMicrotask(() => events.close(this.#error))
      return
    }
    this.#reads.receive = chunk => {
      if (!this.#isEnding) events.data(chunk)
    }
    socket.on('drain', () => {
      if (!this.#awaitsDrain) return
      this.#awaitsDrain = false
      events.drain()
    })
    socket.on('end', () => {
      if (!this.#isEnding) events.end()
    })
    socket.on('close', () => events.close(this.#error))
    socket.resume()
  }

  write(buffers: readonly Buffer[], taken?: () => void): boolean {
    const socket = this.#socket
    if (socket.writable) {
      const last = buffers.length - 1
      // One buffer, as with most answers, leaves in one call as it is.
      if (last > 0) socket.cork()
      for (let at = 0; at < last; at++) socket.write(buffers[at]!)
      if (last >= 0) socket.write(buffers[last]!, taken && (error => !error && taken()))
      if (last > 0) socket.uncork()
    }
    // Not the answer of the socket, which says false although the system took everything at once.
    if (socket.writableLength >= PENDING_BYTES_HIGH) this.#awaitsDrain = true
    return !this.#awaitsDrain
  }

  pause(): void {
    if (!this.#isEnding) this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /**
   * The socket is not closed straight after the last byte: closing with input unread would reset the connection, and the peer could lose
   * what it has not read yet. Input is dropped until the peer closes its side or the linger time is over.
   */
  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    const socket = this.#socket
    socket.resume()
    socket.end(() => {
      const timeout = setTimeout(() => socket.destroy(), LINGER_MS)
      timeout.unref()
      socket.once('close', () => clearTimeout(timeout))
    })
  }

  destroy(): void {
    this.#isEnding = true
    this.#socket.destroy()
  }
}

import type { Timers } from '../../src/io/timers'
import type { Stream, StreamEvents } from '../../src/io/transport'

/** What is lost when a connection breaks: everything on its way, or only what comes back. */
export type CutKind = 'everything' | 'answers'

/** The client's side of a connection on which everything takes its time, in both directions, but stays in order. */
export class LaggingStream implements Stream {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly pendingBytes = 0
  readonly #inner: Stream
  readonly #timers: Timers
  readonly #now: () => number
  /** Milliseconds of the next piece on its way. */
  readonly #lag: () => number
  readonly #onGone: (stream: LaggingStream) => void
  #events: StreamEvents | null = null
  #sentUntil = 0
  #receivedUntil = 0
  /** Requests on their way reach the broker although nobody waits for answers. */
  #isDeaf = false
  #isClosed = false

  constructor(options: {
    readonly inner: Stream
    readonly timers: Timers
    readonly now: () => number
    readonly lag: () => number
    readonly onGone: (stream: LaggingStream) => void
  }) {
    const { inner } = options
    this.#inner = inner
    this.#timers = options.timers
    this.#now = options.now
    this.#lag = options.lag
    this.#onGone = options.onGone
    this.remoteAddress = inner.remoteAddress
    this.remotePort = inner.remotePort
    this.localAddress = inner.localAddress
    this.localPort = inner.localPort
    inner.on({
      data: chunk => {
        const bytes = Buffer.from(chunk)
        this.#back(events => events.data(bytes))
      },
      drain() {},
      end: () => inner.end(),
      close: () => this.#back(() => this.#close()),
    })
  }

  on(events: StreamEvents): void {
    this.#events = events
  }

  write(buffers: readonly Buffer[]): boolean {
    if (this.#isClosed) return true
    const bytes = Buffer.concat(buffers)
    this.#forth(() => this.#inner.write([bytes]))
    return true
  }

  pause(): void {
    throw new Error('a simulated client reads all the time')
  }

  resume(): void {
    throw new Error('a simulated client reads all the time')
  }

  end(): void {
    this.destroy()
  }

  destroy(): void {
    this.cut('everything')
  }

  /**
   * Breaks the connection. With `answers`, the client hears of it when the broker has got all that was sent: what it sends on its next
   * connection is not overtaken by that.
   */
  cut(kind: CutKind): void {
    if (this.#isClosed || this.#isDeaf) return
    this.#isDeaf = true
    const gone = () => {
      this.#inner.destroy()
      this.#close()
    }
    if (kind === 'everything') gone()
    else this.#forth(gone)
  }

  #forth(deliver: () => void): void {
    this.#sentUntil = Math.max(this.#sentUntil, this.#now() + this.#lag())
    this.#timers.after(this.#sentUntil - this.#now(), deliver)
  }

  #back(deliver: (events: StreamEvents) => void): void {
    this.#receivedUntil = Math.max(this.#receivedUntil, this.#now() + this.#lag())
    this.#timers.after(this.#receivedUntil - this.#now(), () => {
      if (!this.#isDeaf && this.#events) deliver(this.#events)
    })
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#onGone(this)
    this.#timers.endOfTurn(() => this.#events?.close())
  }
}

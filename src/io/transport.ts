/** Byte streams between processes. `io/node` speaks TCP; the simulation carries them in memory. */
export interface Transport {
  /** Listens on `host`:`port` (0 picks a free port). Rejects with an Error whose `code` is the system's (EADDRINUSE ...). */
  listen(options: ListenOptions, accept: (stream: Stream) => void): Promise<TransportListener>
  /** Connects; rejects when that takes longer than `timeoutMs`. */
  connect(options: { readonly host: string; readonly port: number; readonly timeoutMs: number }): Promise<Stream>
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** Length of the queue of connections not yet accepted. */
  readonly backlog?: number
}

export interface TransportListener {
  readonly host: string
  /** The port in use, also when 0 was asked for. */
  readonly port: number
  /** Stops accepting. Accepted streams stay open. */
  close(): Promise<void>
}

export interface StreamEvents {
  /** The chunk is the receiver's until it returns: its memory is used for the next one. */
  data(chunk: Buffer): void
  /** What was written has left the process after `write` had returned false. */
  drain(): void
  /** The other side sends no more. */
  end(): void
  /** Once, last of all; `error` when the stream broke. */
  close(error?: Error): void
}

export interface Stream {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** Bytes written and not yet handed to the system. */
  readonly pendingBytes: number
  /** Installs the receivers; call it in the turn in which the stream was received. */
  on(events: StreamEvents): void
  /**
   * Sends the buffers as one gathered write; false when the caller should wait for `drain`. The buffers must not change before `taken` is
   * called, which it is not when the stream breaks; it may be called late.
   */
  write(buffers: readonly Buffer[], taken?: () => void): boolean
  pause(): void
  resume(): void
  /** Sends what is pending, then closes. */
  end(): void
  /** Closes at once. */
  destroy(): void
}

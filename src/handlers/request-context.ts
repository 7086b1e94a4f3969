/**
 * What is known of one connection. One object per connection, the same for all its requests: state that a handler keeps per connection
 * (an unfinished SASL exchange) belongs in a `WeakMap` keyed by it, owned by that handler.
 */
export interface ConnectionContext {
  /** Unique within the broker: local address and port, remote address and port, and a running number. */
  readonly id: string
  readonly listenerName: string
  readonly securityProtocol: string
  readonly clientAddress: string
  readonly clientPort: number
  /**
   * Who the client is, in Kafka's form `User:name`; `User:ANONYMOUS` until a handler has authenticated it. Only a barrier handler may
   * set it, so that every request is judged by the principal that was in force when it was started.
   */
  principal: string
  /** What the client calls itself (ApiVersions 3+, KIP-511); empty until it has said so. */
  clientSoftwareName: string
  clientSoftwareVersion: string
  /** True as soon as no answer can reach the client any more. */
  readonly closed: boolean
}

/** What a handler is told beside the request itself. */
export interface RequestContext {
  readonly connection: ConnectionContext
  readonly connectionId: string
  readonly listenerName: string
  readonly clientAddress: string
  readonly principal: string
  readonly clientId: string | null
  readonly apiVersion: number
  readonly correlationId: number
  /** Monotonic milliseconds at which the last byte of the request was read. */
  readonly receivedAt: number
  /**
   * For long polls: calls `callback` once, at once when it is due already, when waiting makes no more sense because the client has gone
   * or the broker is stopping. The handler then answers with what it has, as if its time were over; an answer nobody can read
   * (`connection.closed`) is thrown away. Call the returned function when the wait is over.
   */
  onInterrupt(callback: () => void): () => void
  /** Calls `callback` when the answer has left the process: what it is made of may change from then on. Never, when it does not leave. */
  onSent(callback: () => void): void
  /**
   * Starts no further request of this connection for `milliseconds` (KIP-219: the answer goes out at once and carries the throttle time,
   * the broker enforces it by not listening). The longest of several calls counts.
   */
  throttle(milliseconds: number): void
}

/** One answered request. Times are monotonic milliseconds. */
export interface RequestSample {
  readonly apiName: string
  readonly apiVersion: number
  readonly listenerName: string
  /** Frame without its length. */
  readonly requestBytes: number
  /** Frame with its length; 0 when the client expects no answer. */
  readonly responseBytes: number
  /** The last byte was read. */
  readonly receivedAt: number
  /** The handler was called: later than `receivedAt` when the connection had enough in work. */
  readonly startedAt: number
  /** The handler had the answer. */
  readonly answeredAt: number
  /** The answer was handed to the socket: later than `answeredAt` when an earlier request was still in work. */
  readonly sentAt: number
}

/** Whoever wants to count. Called in the hot path: be quick, never throw. */
export interface NetworkObserver {
  connectionOpened(listenerName: string): void
  connectionClosed(listenerName: string): void
  /** `limit` names the setting. */
  connectionRefused(listenerName: string, limit: string): void
  requestFinished(sample: RequestSample): void
}

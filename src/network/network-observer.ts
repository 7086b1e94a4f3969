import type { Api } from '../../protocol/schema/api'

/** A request whose answer was sent, or that has none. Times are monotonic milliseconds. Not to be kept. */
export interface FinishedRequest {
  readonly api: Api
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
  /** The handler had done its part and waits for others; -1 when it had the answer by then. */
  readonly handledAt: number
  /** The handler had the answer. */
  readonly answeredAt: number
  /** For how long the client is not listened to after this request. */
  readonly throttleMs: number
  /** As the handler gave it. */
  readonly answer: object | null
}

/** Whoever wants to count. Called in the hot path: be quick, never throw. */
export interface NetworkObserver {
  connectionOpened(listenerName: string): void
  connectionClosed(listenerName: string): void
  /** `limit` names the setting. */
  connectionRefused(listenerName: string, limit: string): void
  /** A connection is closed because of what its client sent; `reason` is one of few fixed words. */
  requestRefused(reason: string): void
  /** `sentAt`: the answer was handed to the socket, later than `answeredAt` when an earlier request was still in work. */
  requestFinished(request: FinishedRequest, sentAt: number): void
}

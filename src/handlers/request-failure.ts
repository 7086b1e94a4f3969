/**
 * The failure of a whole request, thrown by a handler and turned into the API's own error response in one place (the network layer).
 * Failures of single topics, partitions or groups are values in the response, never this.
 */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure'
  /** A code of `ErrorCode`. */
  readonly errorCode: number
  /** Reaches the client where the response has a place for it; null leaves that place empty. */
  readonly clientMessage: string | null
  constructor(errorCode: number, message: string | null = null, options?: { cause?: unknown }) {
    super(message ?? `error code ${errorCode}`, options)
    this.errorCode = errorCode
    this.clientMessage = message
  }
}

/** Thrown by a handler in place of an answer, error responses included: the connection is closed when its turn has come. */
export class Disconnection extends Error {
  override readonly name = 'Disconnection'
}

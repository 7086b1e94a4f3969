import { ErrorCode } from '../../protocol/errors'
import { Disconnection, RequestFailure } from '../handlers/request-failure'
import type { Logger } from '../io/logger'
import type { PendingRequest } from './pending-request'

/**
 * Runs the handler of `request` and calls `settled` once when the request is answered or has failed: before this returns when the handler
 * answers at once, in a later microtask otherwise. Here, and nowhere else, failures of whole requests become responses.
 */
export const execute = (request: PendingRequest, logger: Logger, settled: (request: PendingRequest) => void): void => {
  let answer: unknown
  try {
    answer = request.route.handler.handle(request.body as never, request)
  } catch (error) {
    fail(request, error, logger)
    settled(request)
    return
  }
  if (!isPromise(answer)) {
    request.answerWith(answer as object | null)
    settled(request)
    return
  }
  answer.then(
    value => {
      request.answerWith(value as object | null)
      settled(request)
    },
    error => {
      fail(request, error, logger)
      settled(request)
    },
  )
}

/** Gives a request that failed as a whole the error response of its API, or none, which closes the connection. */
export const fail = (request: PendingRequest, error: unknown, logger: Logger): void => {
  if (error instanceof Disconnection) {
    request.progress = 'failed'
    return
  }
  const { handler, version } = request.route
  const expected = error instanceof RequestFailure
  const errorCode = expected ? error.errorCode : ErrorCode.UNKNOWN_SERVER_ERROR
  const fields = { api: handler.api.name, version, connection: request.connectionId, error }
  if (!expected) logger.error('a request failed unexpectedly', fields)
  try {
    const answer = handler.errorResponse(errorCode, expected ? error.clientMessage : null, request.body as never)
    if (answer) request.answerWith(answer)
    else request.progress = 'failed'
  } catch (secondError) {
    logger.error('the error response of a failed request could not be made', { ...fields, error: secondError })
    request.progress = 'failed'
  }
}

/** Promises of another realm (a test environment) count too. */
const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null)?.then === 'function'

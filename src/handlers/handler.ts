import type { Api } from '../../protocol/schema/api'
import type { InputOf, MessageOf } from '../../protocol/schema/message'
import type { RequestContext } from './request-context'

/** First and last version, both included. */
export type VersionRange = readonly [first: number, last: number]

export interface HandlerOptions<A extends Api> {
  /** The versions that are served; they must all be defined by the schema. */
  readonly versions: VersionRange
  /** The first version that ApiVersions names, when that is lower than the first served: for clients that look at the range only. */
  readonly advertisedFrom?: number
  /** Nothing behind a request of this API on the same connection is started before its answer exists (SASL). Default false. */
  readonly barrier?: boolean
  /**
   * Nothing looks at `bytes` and `records` of a request any more when `handle` has returned, whatever it has returned: their memory is used
   * for another one. Default false: then they may be kept.
   */
  readonly borrowsRequests?: boolean
  /** The answer, in the first version served, to a version that is not. Without this function such a request closes the connection. */
  readonly answerToUnknownVersion?: () => InputOf<A['response']>
  /**
   * The answer to a request that failed as a whole: by a `RequestFailure`, or by an unexpected exception (UNKNOWN_SERVER_ERROR). Without
   * this function, or when it returns null, the connection is closed instead.
   */
  readonly errorResponse?: (
    errorCode: number,
    message: string | null,
    request: MessageOf<A['request']>,
  ) => InputOf<A['response']> | null
}

/**
 * The server side of one API at a range of versions. It parses nothing and owns no state: it authorises, calls the one owner of what is
 * asked for, and maps the result.
 */
export interface Handler<A extends Api = Api> {
  readonly api: A
  readonly versions: VersionRange
  readonly advertisedFrom: number
  readonly barrier: boolean
  readonly borrowsRequests: boolean
  /**
   * Called in the order in which requests arrived on a connection, without waiting for earlier answers: what must keep that order (log
   * appends) has to happen before the first `await`. A plain value is sent without any promise: return one whenever possible. Null: the
   * client expects no answer (Produce with acks=0).
   */
  handle(request: MessageOf<A['request']>, context: RequestContext): Answer<A>
  readonly answerToUnknownVersion: (() => InputOf<A['response']>) | null
  errorResponse(
    errorCode: number,
    message: string | null,
    request: MessageOf<A['request']>,
  ): InputOf<A['response']> | null
}

export type Answer<A extends Api> = InputOf<A['response']> | null | Promise<InputOf<A['response']> | null>

/** Declares the handler of `api`; the types of request and response follow from its schema. */
export const handler = <A extends Api>(
  api: A,
  options: HandlerOptions<A>,
  handle: (request: MessageOf<A['request']>, context: RequestContext) => Answer<A>,
): Handler<A> => ({
  api,
  versions: options.versions,
  advertisedFrom: options.advertisedFrom ?? options.versions[0],
  barrier: options.barrier ?? false,
  borrowsRequests: options.borrowsRequests ?? false,
  handle,
  answerToUnknownVersion: options.answerToUnknownVersion ?? null,
  errorResponse: options.errorResponse ?? (() => null),
})

import { ErrorCode } from '../../protocol/errors'
import { Fetch } from '../../protocol/messages/01-fetch'
import type { Api } from '../../protocol/schema/api'
import type { Structure } from './request-names'

const NO_SESSION = { sessionId: 0, sessionEpoch: -1 }

/**
 * A fetch within a session names only what is different from the one before (KIP-227), so a fault of one topic could not tell which of them
 * are for it. What asks for a session gets none, and a session that is there is over, as if it had been evicted: then every fetch names its
 * topics. Returns the request to serve, or the answer that ends the session.
 */
export const withoutFetchSession = (
  api: Api,
  request: Structure,
): { readonly request: Structure } | { readonly answer: Structure } => {
  if (api.key !== Fetch.key) return { request }
  const epoch = request['sessionEpoch'] as number
  if (epoch > 0) return { answer: { errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND } }
  return { request: epoch === 0 ? { ...request, ...NO_SESSION } : request }
}

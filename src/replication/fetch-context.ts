/**
 * What one Fetch request means within its session (KIP-227): which partitions to read, and which of the results to tell.
 */
import { ErrorCode } from '../../protocol/errors'
import {
  type FetchSession,
  type FetchSessionCache,
  type FetchTarget,
  FINAL_EPOCH,
  INITIAL_EPOCH,
  nextSessionEpoch,
  type SessionEntry,
} from './fetch-session'
import type { FetchedPartition } from './partition-fetch'

export interface FetchSessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  /** Whether topics are named by id (Fetch 13 and later). */
  readonly byTopicId: boolean
  /** Whether a follower asks. */
  readonly privileged: boolean
  /** Partitions of the request: all of them, or those that are new or changed in the session. */
  readonly targets: readonly FetchTarget[]
  readonly forgotten: readonly { readonly topic: string; readonly topicId: string; readonly partition: number }[]
}

export interface FetchAnswer {
  readonly sessionId: number
  readonly errorCode: number
  readonly results: readonly FetchedPartition[]
}

export interface FetchContext {
  readonly targets: readonly FetchTarget[]
  /** Chooses what of `results` (one per target, in order) is told to the fetcher, and remembers it. */
  answer(results: readonly FetchedPartition[]): FetchAnswer
}

/** The context of a request, or the error code that refuses its session. */
export const fetchContext = (cache: FetchSessionCache, request: FetchSessionRequest): FetchContext | number => {
  if (request.sessionEpoch === FINAL_EPOCH || request.sessionEpoch === INITIAL_EPOCH) {
    if (request.sessionId !== 0) cache.remove(request.sessionId)
    return request.sessionEpoch === FINAL_EPOCH ? withoutSession(request.targets) : newSession(cache, request)
  }
  const session = cache.get(request.sessionId)
  if (!session) return ErrorCode.FETCH_SESSION_ID_NOT_FOUND
  if (session.epoch !== request.sessionEpoch) return ErrorCode.INVALID_FETCH_SESSION_EPOCH
  if (session.byTopicId !== request.byTopicId) return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR
  for (const target of request.targets) session.put(target)
  for (const partition of request.forgotten) session.forget(partition)
  if (session.size === 0) {
    cache.remove(session.id)
    return withoutSession([])
  }
  session.epoch = nextSessionEpoch(session.epoch)
  return withinSession(session)
}

const withoutSession = (targets: readonly FetchTarget[]): FetchContext => ({
  targets,
  answer: results => ({ sessionId: 0, errorCode: ErrorCode.NONE, results }),
})

const newSession = (cache: FetchSessionCache, request: FetchSessionRequest): FetchContext => ({
  targets: request.targets,
  answer(results) {
    const session = cache.create(results.length, request)
    if (!session) return { sessionId: 0, errorCode: ErrorCode.NONE, results }
    for (const result of results) remember(session.put(result.target), result)
    return { sessionId: session.id, errorCode: ErrorCode.NONE, results }
  },
})

const withinSession = (session: FetchSession): FetchContext => {
  const { epoch } = session
  const entries = [...session.entries()]
  return {
    targets: entries.map(entry => entry.target),
    answer(results) {
      if (session.epoch !== epoch) {
        return { sessionId: session.id, errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH, results: [] }
      }
      const told: FetchedPartition[] = []
      for (const [at, entry] of entries.entries()) {
        const result = results[at]!
        if (!isWorthTelling(entry, result)) continue
        remember(entry, result)
        if (result.sizeInBytes > 0) session.moveToEnd(entry)
        told.push(result)
      }
      return { sessionId: session.id, errorCode: ErrorCode.NONE, results: told }
    },
  }
}

const isWorthTelling = (entry: SessionEntry, result: FetchedPartition): boolean =>
  result.sizeInBytes > 0 ||
  result.errorCode !== ErrorCode.NONE ||
  result.divergingEpoch !== null ||
  result.highWatermark !== entry.highWatermark ||
  result.logStartOffset !== entry.logStartOffset

/** After an error the next good answer is always told, since what was remembered is unset. */
const remember = (entry: SessionEntry, result: FetchedPartition): void => {
  entry.highWatermark = result.errorCode === ErrorCode.NONE ? result.highWatermark : -1
  entry.logStartOffset = result.logStartOffset
}

/**
 * Fetch (1), versions 4-18.
 *
 * 4: isolation level and aborted transactions (KIP-98). 5: log start offset. 7: incremental sessions (KIP-227). 9: leader epochs
 * (KIP-320). 11: rack of the client (KIP-392). 12: diverging epoch (KIP-595). 13: topics by id (KIP-516). 15: the replica's state in a
 * tagged field (KIP-903). 16: leader hints (KIP-951). 17: the follower's directory (KIP-853). 18: the follower's high watermark.
 *
 * Deviation: a preferred read replica is never named.
 */
import { ErrorCode } from '../../protocol/errors'
import { Fetch, type FetchRequest, type FetchResponse } from '../../protocol/messages/01-fetch'
import type { InputOf } from '../../protocol/schema/message'
import type { Timers } from '../io/timers'
import type { MetadataCache } from '../metadata/metadata-cache'
import { type FetchAnswer, fetchContext } from '../replication/fetch-context'
import type { FetchSessionCache, FetchTarget } from '../replication/fetch-session'
import { fetchPartitions } from '../replication/fetch-wait'
import { type FetchedPartition, type FetchRead, giveBack } from '../replication/partition-fetch'
import type { Partitions } from '../replication/partitions'
import { handler } from './handler'
import { LeaderHints } from './leader-hints'
import type { RequestContext } from './request-context'

const READ_COMMITTED = 1
/** The first version that names topics by id. */
const TOPIC_ID_VERSION = 13
/** The first version with leader hints. */
const HINTS_VERSION = 16

export interface FetchDependencies {
  readonly partitions: Partitions
  readonly cache: MetadataCache
  readonly sessions: FetchSessionCache
  readonly timers: Timers
  /** The most bytes of records in one answer (`fetch.max.bytes`), whatever the client asks for. */
  readonly maxBytes: () => number
}

type TopicResponse = NonNullable<InputOf<typeof FetchResponse>['responses']>[number]
type PartitionData = NonNullable<TopicResponse['partitions']>[number]

export const fetch = (dependencies: FetchDependencies) =>
  handler(
    Fetch,
    { versions: [4, 18], barrier: true, errorResponse: errorCode => ({ errorCode }) },
    (request, context) => {
      const byTopicId = context.apiVersion >= TOPIC_ID_VERSION
      const isFollower = request.replicaId >= 0 || request.replicaState.replicaId >= 0
      const session = fetchContext(dependencies.sessions, {
        sessionId: request.sessionId,
        sessionEpoch: request.sessionEpoch,
        byTopicId,
        privileged: isFollower,
        targets: targetsOf(request),
        forgotten: request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
          partitions.map(partition => ({ topic, topicId, partition })),
        ),
      })
      if (typeof session === 'number') return { errorCode: session }
      const reads = session.targets.map(target =>
        isFollower ? refusedRead(target) : readOf(dependencies.partitions, target, byTopicId),
      )
      const maxBytes = Math.min(request.maxBytes, dependencies.maxBytes())
      const fetched = fetchPartitions(
        reads,
        {
          maxWaitMs: request.maxWaitMs,
          minBytes: Math.min(request.minBytes, maxBytes),
          maxBytes,
          committedOnly: request.isolationLevel === READ_COMMITTED,
        },
        dependencies.timers,
        answerNow => context.onInterrupt(answerNow),
      )
      const respond = (results: readonly FetchedPartition[]) => {
        for (const result of results) result.partition?.traffic.fetched(result)
        context.onSent(() => giveBack(results))
        return responseOf(session.answer(results), dependencies.cache, context)
      }
      return fetched instanceof Promise ? fetched.then(respond) : respond(fetched)
    },
  )

const targetsOf = (request: FetchRequest): FetchTarget[] => {
  const targets: FetchTarget[] = []
  for (const { topic, topicId, partitions } of request.topics) {
    for (const { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, partitionMaxBytes } of partitions) {
      targets.push({
        topic,
        topicId,
        partition,
        currentLeaderEpoch,
        fetchOffset,
        lastFetchedEpoch,
        maxBytes: partitionMaxBytes,
      })
    }
  }
  return targets
}

/** Only registered brokers replicate; nobody can be one here, so that nothing above the high watermark leaves the broker. */
const refusedRead = (target: FetchTarget): FetchRead => ({
  target,
  partition: null,
  errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER,
})

const readOf = (partitions: Partitions, target: FetchTarget, byTopicId: boolean): FetchRead => {
  const partition = byTopicId
    ? partitions.findById(target.topicId, target.partition)
    : partitions.find(target.topic, target.partition)
  if (partition) return { target, partition, errorCode: ErrorCode.NONE }
  const errorCode = byTopicId
    ? partitions.absenceById(target.topicId, target.partition)
    : partitions.absence(target.topic, target.partition)
  return { target, partition: null, errorCode }
}

const responseOf = (
  { sessionId, errorCode, results }: FetchAnswer,
  cache: MetadataCache,
  context: RequestContext,
): InputOf<typeof FetchResponse> => {
  const hints = new LeaderHints(cache.current, context.listenerName)
  const responses: { topic: string; topicId: string; partitions: PartitionData[] }[] = []
  for (const result of results) {
    const { topic, topicId } = result.target
    let last = responses[responses.length - 1]
    if (last?.topic !== topic || last.topicId !== topicId) {
      last = { topic, topicId, partitions: [] }
      responses.push(last)
    }
    last.partitions.push(partitionData(result, context.apiVersion >= HINTS_VERSION ? hints : null))
  }
  return { errorCode, sessionId, responses, nodeEndpoints: hints.endpoints }
}

const partitionData = (result: FetchedPartition, hints: LeaderHints | null): PartitionData => {
  const { topic: name, topicId, partition } = result.target
  const currentLeader = hints?.leaderFor(result.errorCode, { name, topicId }, partition)
  return {
    partitionIndex: partition,
    errorCode: result.errorCode,
    highWatermark: result.highWatermark,
    lastStableOffset: result.lastStableOffset,
    logStartOffset: result.logStartOffset,
    abortedTransactions: result.abortedTransactions,
    records: result.records,
    ...(result.divergingEpoch && { divergingEpoch: result.divergingEpoch }),
    ...(currentLeader && { currentLeader }),
  }
}

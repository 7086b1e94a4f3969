/**
 * Produce (0), versions 3-13; advertised from 0, since librdkafka takes a higher first version for a broker without compression
 * (KAFKA-18659).
 *
 * 5: log start offset in the answer. 8: bad records are named (KIP-467). 10: leader hints (KIP-951). 12: partitions join a transaction
 * by producing to them (KIP-890). 13: topics by id (KIP-516).
 *
 * The appends of a request happen in order and before anything is awaited, so what one connection sends stays in order. With acks=0 a
 * failure closes the connection, which is the only way to make the client look for the leader again.
 */
import { ErrorCode } from '../../protocol/errors'
import { Produce, type ProduceRequest, type ProduceResponse } from '../../protocol/messages/00-produce'
import type { InputOf } from '../../protocol/schema/message'
import type { Clock } from '../io/clock'
import type { Timers } from '../io/timers'
import type { AppendResult } from '../log/log-append'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { Acks, Partition } from '../replication/partition'
import { appendToPartitions, type PartitionAppend } from '../replication/partition-append'
import type { Partitions } from '../replication/partitions'
import { handler } from './handler'
import { LeaderHints } from './leader-hints'
import type { RequestContext } from './request-context'
import { RequestFailure } from './request-failure'

type TopicProduceData = ProduceRequest['topicData'][number]
type PartitionResponse = NonNullable<
  NonNullable<InputOf<typeof ProduceResponse>['responses']>[number]['partitionResponses']
>[number]

export interface ProduceDependencies {
  readonly partitions: Partitions
  readonly cache: MetadataCache
  readonly clock: Clock
  readonly timers: Timers
}

export const produce = (dependencies: ProduceDependencies) =>
  handler(
    Produce,
    {
      versions: [3, 13],
      advertisedFrom: 0,
      errorResponse: (errorCode, message, request) =>
        request.acks === 0 ? null : responseOf(request, () => ({ errorCode, errorMessage: message })),
    },
    (request, context) => new ProduceCall(dependencies, request, context).run(),
  )

const responseOf = (
  request: ProduceRequest,
  answer: (topic: TopicProduceData, index: number) => PartitionResponse,
): InputOf<typeof ProduceResponse> => ({
  responses: request.topicData.map(topic => ({
    name: topic.name,
    topicId: topic.topicId,
    partitionResponses: topic.partitionData.map(({ index }) => ({ baseOffset: -1, ...answer(topic, index), index })),
  })),
})

class ProduceCall {
  readonly #dependencies: ProduceDependencies
  readonly #request: ProduceRequest
  readonly #context: RequestContext
  readonly #appends: PartitionAppend[] = []
  /** One per partition of the request, in order: where its append is in `#appends`, or the error code that prevented it. */
  readonly #outcomes: { readonly append: number; readonly errorCode: number }[] = []

  constructor(dependencies: ProduceDependencies, request: ProduceRequest, context: RequestContext) {
    this.#dependencies = dependencies
    this.#request = request
    this.#context = context
  }

  run(): InputOf<typeof ProduceResponse> | null | Promise<InputOf<typeof ProduceResponse> | null> {
    const { acks, timeoutMs } = this.#request
    if (acks < -1 || acks > 1) return responseOf(this.#request, () => ({ errorCode: ErrorCode.INVALID_REQUIRED_ACKS }))
    for (const topic of this.#request.topicData) {
      for (const { index, records } of topic.partitionData) this.#add(this.#find(topic, index), records)
    }
    const { clock, timers } = this.#dependencies
    const results = appendToPartitions(this.#appends, { acks: acks as Acks, timeoutMs, now: clock.now(), timers })
    return results instanceof Promise ? results.then(list => this.#answer(list)) : this.#answer(results)
  }

  #find(topic: TopicProduceData, index: number): Partition | number {
    const { partitions } = this.#dependencies
    if (this.#context.apiVersion >= 13) {
      return partitions.findById(topic.topicId, index) ?? partitions.absenceById(topic.topicId, index)
    }
    return partitions.find(topic.name, index) ?? partitions.absence(topic.name, index)
  }

  #add(partition: Partition | number, records: Buffer | null): void {
    if (typeof partition === 'number') this.#outcomes.push({ append: -1, errorCode: partition })
    else if (!records) this.#outcomes.push({ append: -1, errorCode: ErrorCode.INVALID_RECORD })
    else {
      this.#outcomes.push({ append: this.#appends.length, errorCode: ErrorCode.NONE })
      this.#appends.push({ partition, records })
    }
  }

  #answer(results: readonly AppendResult[]): InputOf<typeof ProduceResponse> | null {
    if (this.#request.acks === 0) return this.#answerNothing(results)
    const hints = new LeaderHints(this.#dependencies.cache.current, this.#context.listenerName)
    let at = 0
    const response = responseOf(this.#request, (topic, index) => {
      const { append, errorCode } = this.#outcomes[at++]!
      const answer = append < 0 ? { errorCode } : partitionResponse(results[append]!)
      const currentLeader = hints.leaderFor(answer.errorCode, topic, index)
      return currentLeader ? { ...answer, currentLeader } : answer
    })
    return hints.endpoints.length > 0 ? { ...response, nodeEndpoints: hints.endpoints } : response
  }

  #answerNothing(results: readonly AppendResult[]): null {
    const failure = [...this.#outcomes, ...results].find(({ errorCode }) => errorCode !== ErrorCode.NONE)
    if (failure) throw new RequestFailure(failure.errorCode)
    return null
  }
}

const partitionResponse = (result: AppendResult): PartitionResponse & { errorCode: number } => ({
  errorCode: result.errorCode,
  errorMessage: result.errorMessage,
  baseOffset: result.baseOffset,
  logAppendTimeMs: result.logAppendTimeMs,
  logStartOffset: result.logStartOffset,
  recordErrors: result.recordErrors,
})

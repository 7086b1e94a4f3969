/**
 * Produce (0), versions 3-13; advertised from 0, since librdkafka takes a higher first version for a broker without compression
 * (KAFKA-18659).
 *
 * 5: log start offset in the answer. 7: zstd (KIP-110). 8: bad records are named (KIP-467). 10: leader hints (KIP-951). 12: partitions join a transaction
 * by producing to them (KIP-890). 13: topics by id (KIP-516).
 *
 * Batches of transactions may have to wait until their coordinator knows of them. Where it refuses, errors are those that clients of the
 * version can handle: 11: TRANSACTION_ABORTABLE. 12: CONCURRENT_TRANSACTIONS.
 *
 * The appends of a request happen in order and before anything is awaited, so what one connection sends stays in order. With acks=0 a
 * failure closes the connection, which is the only way to make the client look for the leader again.
 */
import { CompressionType } from '../../protocol/compression/codec'
import { ErrorCode } from '../../protocol/errors'
import { Produce, type ProduceRequest, type ProduceResponse } from '../../protocol/messages/00-produce'
import {
  attributesAt,
  BATCH_HEADER_SIZE,
  CURRENT_MAGIC,
  compressionOf,
  isTransactional,
  magicAt,
} from '../../protocol/records/batch-header'
import type { InputOf } from '../../protocol/schema/message'
import type { Clock } from '../io/clock'
import type { Timers } from '../io/timers'
import type { AppendResult } from '../log/log-append'
import { UNVERIFIED } from '../log/pending-verifications'
import type { MetadataCache } from '../metadata/metadata-cache'
import { isInternalTopic } from '../metadata/topic-name'
import type { Acks, Partition } from '../replication/partition'
import {
  type AcknowledgementOptions,
  acknowledged,
  appendToPartitions,
  type PartitionAppend,
} from '../replication/partition-append'
import type { Partitions } from '../replication/partitions'
import type { TransactionGate } from '../replication/transaction-gate'
import { handler } from './handler'
import { LeaderHints } from './leader-hints'
import type { RequestContext } from './request-context'
import { RequestFailure } from './request-failure'
import { appendRefusal } from './transaction-errors'

type TopicProduceData = ProduceRequest['topicData'][number]
type PartitionResponse = NonNullable<
  NonNullable<InputOf<typeof ProduceResponse>['responses']>[number]['partitionResponses']
>[number]

export interface ProduceDependencies {
  readonly partitions: Partitions
  readonly cache: MetadataCache
  readonly clock: Clock
  readonly timers: Timers
  readonly transactions: TransactionGate
  /** Whether batches of transactions have to be known to their coordinator (`transaction.partition.verification.enable`). */
  readonly isVerified: () => boolean
}

/** The first version whose batches may be compressed with zstd. */
const ZSTD_VERSION = 7
/** The first version at which a client knows TRANSACTION_ABORTABLE. */
const ABORTABLE_VERSION = 11
/** The first version at which partitions join a transaction by producing to them. */
const JOINING_VERSION = 12
const REFUSALS = {
  abortable: ABORTABLE_VERSION,
  concurrent: JOINING_VERSION,
  retriable: ErrorCode.NOT_ENOUGH_REPLICAS,
}
/** The one client id that may write to internal topics (Kafka: AdminUtils.ADMIN_CLIENT_ID). */
const ADMIN_CLIENT_ID = '__admin_client'

export const produce = (dependencies: ProduceDependencies) =>
  handler(
    Produce,
    {
      versions: [3, 13],
      advertisedFrom: 0,
      // Logs copy what they take, and so do transactions that wait.
      borrowsRequests: true,
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

/** Whether a batch says that it is part of a transaction, and the request does not say of which. */
const hasTransactionWithoutId = ({ transactionalId, topicData }: ProduceRequest): boolean =>
  transactionalId === null &&
  topicData.some(({ partitionData }) =>
    partitionData.some(({ records }) => records !== null && isPartOfTransaction(records)),
  )

const isPartOfTransaction = (records: Buffer): boolean => isBatch(records) && isTransactional(attributesAt(records, 0))

const isZstd = (records: Buffer): boolean =>
  isBatch(records) && compressionOf(attributesAt(records, 0)) === CompressionType.zstd

const isBatch = (records: Buffer): boolean =>
  records.length >= BATCH_HEADER_SIZE && magicAt(records, 0) === CURRENT_MAGIC

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
    if (acks < -1 || acks > 1) throw new RequestFailure(ErrorCode.INVALID_REQUIRED_ACKS)
    if (hasTransactionWithoutId(this.#request)) {
      throw new RequestFailure(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    }
    for (const topic of this.#request.topicData) {
      for (const { index, records } of topic.partitionData) this.#add(this.#find(topic, index), records)
    }
    const results = this.#append({ acks: acks as Acks, timeoutMs, timers: this.#dependencies.timers })
    return results instanceof Promise ? results.then(list => this.#answer(list)) : this.#answer(results)
  }

  #append(options: AcknowledgementOptions): AppendResult[] | Promise<AppendResult[]> {
    const { clock, transactions, isVerified } = this.#dependencies
    const { transactionalId } = this.#request
    const joins = this.#context.apiVersion >= JOINING_VERSION
    if (transactionalId === null || !(joins || isVerified())) {
      const verification = isVerified() ? UNVERIFIED : undefined
      return appendToPartitions(this.#appends, { ...options, now: clock.now(), verification })
    }
    const results = transactions.append(this.#appends, { transactionalId, joins }, ({ partition, records }, guard) =>
      partition.append(records, options.acks, { origin: 'client', now: clock.now(), verification: guard }),
    )
    return results instanceof Promise
      ? results.then(list => acknowledged(this.#appends, list, options))
      : acknowledged(this.#appends, results, options)
  }

  #find(topic: TopicProduceData, index: number): Partition | number {
    const { partitions } = this.#dependencies
    if (this.#context.apiVersion >= 13) {
      return partitions.findById(topic.topicId, index) ?? partitions.absenceById(topic.topicId, index)
    }
    return partitions.find(topic.name, index) ?? partitions.absence(topic.name, index)
  }

  #add(partition: Partition | number, records: Buffer | null): void {
    const errorCode = typeof partition === 'number' ? partition : this.#refusal(partition, records)
    if (typeof partition === 'number' || !records || errorCode !== ErrorCode.NONE) {
      this.#outcomes.push({ append: -1, errorCode })
      return
    }
    this.#outcomes.push({ append: this.#appends.length, errorCode })
    this.#appends.push({ partition, records })
  }

  /** Why this may not be appended, whatever the log says. */
  #refusal({ topic }: Partition, records: Buffer | null): number {
    const { apiVersion, clientId } = this.#context
    if (!records) return ErrorCode.INVALID_RECORD
    if (apiVersion < ZSTD_VERSION && isZstd(records)) return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
    return isInternalTopic(topic) && clientId !== ADMIN_CLIENT_ID ? ErrorCode.INVALID_TOPIC_EXCEPTION : ErrorCode.NONE
  }

  #answer(results: readonly AppendResult[]): InputOf<typeof ProduceResponse> | null {
    if (this.#request.acks === 0) return this.#answerNothing(results)
    const hints = new LeaderHints(this.#dependencies.cache.current, this.#context.listenerName)
    let at = 0
    const response = responseOf(this.#request, (topic, index) => {
      const { append, errorCode } = this.#outcomes[at++]!
      const answer = append < 0 ? { errorCode } : partitionResponse(results[append]!, this.#context.apiVersion)
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

const partitionResponse = (result: AppendResult, apiVersion: number): PartitionResponse & { errorCode: number } => ({
  errorCode: clientErrorCode(result.errorCode, apiVersion),
  errorMessage: result.errorMessage,
  baseOffset: result.baseOffset,
  logAppendTimeMs: result.logAppendTimeMs,
  logStartOffset: result.logStartOffset,
  recordErrors: result.recordErrors,
})

/** A coordinator that is not there is to a producer as a replica that is not there. */
const clientErrorCode = (errorCode: number, apiVersion: number): number => {
  switch (errorCode) {
    case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode.COORDINATOR_NOT_AVAILABLE:
    case ErrorCode.NOT_COORDINATOR:
      return ErrorCode.NOT_ENOUGH_REPLICAS
    default:
      return appendRefusal(errorCode, apiVersion, REFUSALS)
  }
}

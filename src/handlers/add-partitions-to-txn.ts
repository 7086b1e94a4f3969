/**
 * AddPartitionsToTxn (24), versions 0-5: partitions become part of a producer's transaction before it writes to them.
 *
 * 2: PRODUCER_FENCED, which is INVALID_PRODUCER_EPOCH below. 4: brokers ask for several transactions at once, and may only want to know
 * whether partitions are in them (KIP-890). 5: partitions that join by being written to (KIP-890 part 2).
 *
 * A request of a client is done as a whole or not at all: when a partition does not exist, the others are OPERATION_NOT_ATTEMPTED.
 */
import { ErrorCode } from '../../protocol/errors'
import {
  AddPartitionsToTxn,
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponse,
} from '../../protocol/messages/24-add-partitions-to-txn'
import type { InputOf } from '../../protocol/schema/message'
import { partitionsOf, type TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator'
import type { MetadataCache } from '../metadata/metadata-cache'
import { isInternalTopic } from '../metadata/topic-name'
import { handler } from './handler'
import { fencedBefore } from './transaction-errors'

export interface AddPartitionsToTxnDependencies {
  readonly cache: MetadataCache
  readonly transactions: TransactionCoordinator
}

type Transaction = AddPartitionsToTxnRequest['transactions'][number]
type Response = InputOf<typeof AddPartitionsToTxnResponse>
type TopicResults = NonNullable<Response['resultsByTopicV3AndBelow']>

const PRODUCER_FENCED_VERSION = 2
const BATCHED_VERSION = 4
const JOINING_VERSION = 5

export const addPartitionsToTxn = (dependencies: AddPartitionsToTxnDependencies) =>
  handler(
    AddPartitionsToTxn,
    {
      versions: [0, 5],
      errorResponse: (errorCode, _message, request) => ({
        errorCode,
        resultsByTopicV3AndBelow: resultsOf(request.v3AndBelowTopics, () => errorCode),
      }),
    },
    async (request, { apiVersion }) => {
      if (apiVersion < BATCHED_VERSION) {
        const transaction = transactionOfClient(request)
        return { resultsByTopicV3AndBelow: await add(dependencies, transaction, apiVersion) }
      }
      const resultsByTransaction = await Promise.all(
        request.transactions.map(async transaction => ({
          transactionalId: transaction.transactionalId,
          topicResults: await add(dependencies, transaction, apiVersion),
        })),
      )
      return { errorCode: ErrorCode.NONE, resultsByTransaction }
    },
  )

const transactionOfClient = (request: AddPartitionsToTxnRequest): Transaction => ({
  transactionalId: request.v3AndBelowTransactionalId,
  producerId: request.v3AndBelowProducerId,
  producerEpoch: request.v3AndBelowProducerEpoch,
  verifyOnly: false,
  topics: request.v3AndBelowTopics,
})

const add = async (
  { cache, transactions }: AddPartitionsToTxnDependencies,
  { transactionalId, producerId, producerEpoch, verifyOnly, topics }: Transaction,
  apiVersion: number,
): Promise<TopicResults> => {
  const isPresent = (topic: string, partition: number) => cache.current.partition(topic, partition) !== undefined
  const isComplete = topics.every(({ name, partitions }) => partitions.every(index => isPresent(name, index)))
  if (!isComplete) {
    return resultsOf(topics, (topic, index) =>
      isPresent(topic, index) ? ErrorCode.OPERATION_NOT_ATTEMPTED : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    )
  }
  const isForbidden = (topic: string) => apiVersion < BATCHED_VERSION && isInternalTopic(topic)
  if (topics.some(({ name }) => isForbidden(name))) {
    return resultsOf(topics, topic =>
      isForbidden(topic) ? ErrorCode.TOPIC_AUTHORIZATION_FAILED : ErrorCode.OPERATION_NOT_ATTEMPTED,
    )
  }
  const partitions = topics.flatMap(({ name, partitions: of }) => of.map(index => ({ topic: name, index })))
  if (verifyOnly) {
    const question = { transactionalId, producerId, producerEpoch, joins: false, partitions }
    const errorCodes = await transactions.verify(question)
    let at = 0
    return resultsOf(topics, () => errorCodes[at++]!)
  }
  const errorCode = await transactions.add(transactionalId, {
    producerId,
    producerEpoch,
    partitions: partitionsOf(partitions),
    clientVersion: apiVersion >= JOINING_VERSION ? 2 : 0,
  })
  return resultsOf(topics, () => fencedBefore(PRODUCER_FENCED_VERSION, apiVersion, errorCode))
}

const resultsOf = (
  topics: Transaction['topics'],
  errorCodeOf: (topic: string, partition: number) => number,
): TopicResults =>
  topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map(partitionIndex => ({
      partitionIndex,
      partitionErrorCode: errorCodeOf(name, partitionIndex),
    })),
  }))

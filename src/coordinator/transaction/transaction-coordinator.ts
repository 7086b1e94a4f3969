/**
 * The transactions that this broker coordinates, as handlers ask for them. Everything is answered with error codes; a promise that rejects
 * is a bug.
 */
import { ErrorCode } from '../../../protocol/errors'
import type { Timers } from '../../io/timers'
import type { ProducerIdBlocks } from '../../metadata/producer-id-blocks'
import type { TransactionQuestion, TransactionVerifier } from '../../replication/transaction-gate'
import { answeredOr } from '../coordinator-error'
import type { CoordinatorRuntime } from '../coordinator-runtime'
import { CoordinatorFailure, type Transition } from '../coordinator-shard'
import {
  type DescribedTransaction,
  describeTransaction,
  type ListedTransaction,
  listTransactions,
  type TransactionFilters,
  undescribed,
} from './transaction-listing'
import { containsPartition, NONE, type TransactionPartitions } from './transaction-metadata'
import type { ProducerAnswer, TransactionSettings, TransactionShard } from './transaction-shard'
import {
  type AddPartitions,
  checkVerification,
  type EndTransaction,
  type InitProducer,
  NEEDS_PRODUCER_ID,
} from './transaction-transitions'

export const TRANSACTION_STATE = '__transaction_state'

export interface TransactionCoordinatorOptions {
  readonly runtime: CoordinatorRuntime<TransactionShard>
  readonly producerIds: ProducerIdBlocks
  readonly settings: () => TransactionSettings
  readonly timers: Timers
}

/** Whoever adds partitions while the last transaction is about to end is kept this long for its end, in milliseconds. */
const ENDING_PATIENCE_MS = 1000

export class TransactionCoordinator implements TransactionVerifier {
  readonly #options: TransactionCoordinatorOptions

  constructor(options: TransactionCoordinatorOptions) {
    this.#options = options
  }

  /** CONCURRENT_TRANSACTIONS while another transaction of this id has to end first. */
  init(request: InitProducer): Promise<ProducerAnswer> {
    const { timeoutMs, transactionalId } = request
    if (timeoutMs <= 0 || timeoutMs > this.#options.settings().transactionMaxTimeoutMs) {
      return Promise.resolve(refused(ErrorCode.INVALID_TRANSACTION_TIMEOUT))
    }
    return this.#withProducerId(transactionalId, (shard, newId, now) => shard.init(request, newId, now))
  }

  /** An error code. A transaction that is about to end is waited for. */
  async add(transactionalId: string, request: AddPartitions): Promise<number> {
    const errorCode = await this.#add(transactionalId, request)
    if (errorCode !== ErrorCode.CONCURRENT_TRANSACTIONS) return errorCode
    await this.whenEnded(transactionalId)
    return this.#add(transactionalId, request)
  }

  end(transactionalId: string, request: EndTransaction): Promise<ProducerAnswer> {
    if (transactionalId === '') return Promise.resolve(refused(ErrorCode.INVALID_REQUEST))
    return this.#withProducerId(transactionalId, (shard, newId, now) => shard.end(transactionalId, request, newId, now))
  }

  /** Whether partitions are in an ongoing transaction, or made part of it; TRANSACTION_ABORTABLE for those that are not. */
  async verify(question: TransactionQuestion): Promise<readonly number[]> {
    const { transactionalId, joins, partitions } = question
    if (joins) {
      const byTopic = partitionsOf(partitions)
      const errorCode = await this.#add(transactionalId, { ...question, partitions: byTopic, clientVersion: 2 })
      return partitions.map(() => errorCode)
    }
    if (transactionalId === '') return partitions.map(() => ErrorCode.INVALID_REQUEST)
    const check = (shard: TransactionShard) => {
      const current = shard.transactions.get(transactionalId)
      const refusal = checkVerification(current, question)
      return partitions.map(({ topic, index }) => {
        if (refusal !== ErrorCode.NONE) return refusal
        return containsPartition(current!.partitions, topic, index) ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE
      })
    }
    return answeredOr(
      () => this.#options.runtime.ask(transactionalId, check),
      errorCode => partitions.map(() => errorCode),
    )
  }

  async describe(transactionalId: string): Promise<DescribedTransaction> {
    const refusal = (errorCode: number) => undescribed(transactionalId, errorCode)
    if (transactionalId === '') return refusal(ErrorCode.INVALID_REQUEST)
    return answeredOr(
      () =>
        this.#options.runtime.ask(transactionalId, shard =>
          describeTransaction(transactionalId, shard.transactions.get(transactionalId)),
        ),
      refusal,
    )
  }

  async list(filters: TransactionFilters): Promise<{ errorCode: number; transactions: ListedTransaction[] }> {
    return answeredOr(
      async () => {
        const { runtime } = this.#options
        const found = await runtime.askAll((shard, now) => listTransactions(shard.transactions.values(), filters, now))
        return { errorCode: ErrorCode.NONE, transactions: found.flat() }
      },
      errorCode => ({ errorCode, transactions: [] }),
    )
  }

  async whenEnded(transactionalId: string): Promise<void> {
    const { runtime, timers } = this.#options
    const shard = runtime.host(runtime.partitionOf(transactionalId))?.shard
    if (!shard) return
    await new Promise<void>(resolve => {
      const patience = timers.after(ENDING_PATIENCE_MS, resolve)
      void shard.whenEnded(transactionalId).then(() => {
        patience.cancel()
        resolve()
      })
    })
  }

  async #add(transactionalId: string, request: AddPartitions): Promise<number> {
    if (transactionalId === '') return ErrorCode.INVALID_REQUEST
    const { runtime } = this.#options
    return answeredOr(
      () => runtime.run(transactionalId, (shard, now) => shard.add(transactionalId, request, now)),
      errorCode => errorCode,
    )
  }

  /** Runs a transition, and once more with a new producer id if it cannot do without. */
  async #withProducerId(
    transactionalId: string,
    operation: (
      shard: TransactionShard,
      newProducerId: number | null,
      now: number,
    ) => Transition<ProducerAnswer | typeof NEEDS_PRODUCER_ID>,
  ): Promise<ProducerAnswer> {
    const attempt = (newProducerId: number | null) =>
      this.#options.runtime.run(transactionalId, (shard, now) => operation(shard, newProducerId, now))
    return answeredOr(() => this.#attempt(attempt), refused)
  }

  async #attempt(
    attempt: (
      newProducerId: number | null,
    ) => ProducerAnswer | typeof NEEDS_PRODUCER_ID | Promise<ProducerAnswer | typeof NEEDS_PRODUCER_ID>,
  ): Promise<ProducerAnswer> {
    let answer = await attempt(null)
    while (answer === NEEDS_PRODUCER_ID) answer = await attempt(await this.#nextProducerId())
    return answer
  }

  async #nextProducerId(): Promise<number> {
    try {
      return await this.#options.producerIds.next()
    } catch {
      throw new CoordinatorFailure(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
    }
  }
}

/** Partition numbers by topic. */
export const partitionsOf = (
  partitions: readonly { readonly topic: string; readonly index: number }[],
): TransactionPartitions => {
  const byTopic = new Map<string, Set<number>>()
  for (const { topic, index } of partitions) {
    const of = byTopic.get(topic)
    if (of) of.add(index)
    else byTopic.set(topic, new Set([index]))
  }
  return byTopic
}

const refused = (errorCode: number): ProducerAnswer => ({ errorCode, producerId: NONE, producerEpoch: NONE })

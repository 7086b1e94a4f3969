/**
 * The transactional ids of one partition of `__transaction_state`.
 *
 * Invariants
 * - What an id is, is made by replaying records; soft are only the epochs that a repeated request may name, and the work on markers.
 * - Markers are written when PrepareCommit or PrepareAbort is replicated, and again after a restart, until CompleteCommit or CompleteAbort
 *   says that all of them are.
 */
import { ErrorCode } from '../../../protocol/errors'
import type { Logger } from '../../io/logger'
import {
  CoordinatorFailure,
  type CoordinatorRecord,
  type CoordinatorShard,
  type LoggedRecord,
  type ProducerIdAndEpoch,
  type ShardTimers,
  type Transition,
} from '../coordinator-shard'
import type { MarkerWriter } from './marker-writer'
import { PendingMarkers } from './pending-markers'
import type { TransactionFigures } from './transaction-figures'
import { isEnding, NONE, type TransactionMetadata, TransactionState } from './transaction-metadata'
import { readTransactionRecord, transactionRecord, transactionTombstone } from './transaction-record'
import {
  type AddPartitions,
  addPartitions,
  afterEnd,
  complete,
  type EndTransaction,
  endTransaction,
  fence,
  type InitProducer,
  initProducer,
  isExpired,
  isTimedOut,
  NEEDS_PRODUCER_ID,
} from './transaction-transitions'

/** The settings of the broker that concern transactions; the names are those of `BrokerConfig`. */
export interface TransactionSettings {
  readonly transactionMaxTimeoutMs: number
  readonly transactionalIdExpirationMs: number
  readonly transactionAbortTimedOutTransactionCleanupIntervalMs: number
  readonly transactionRemoveExpiredTransactionCleanupIntervalMs: number
}

export interface TransactionShardOptions {
  readonly timers: ShardTimers<TransactionShard>
  readonly settings: () => TransactionSettings
  readonly markers: MarkerWriter
  /** Leader epoch of the partition. */
  readonly coordinatorEpoch: number
  /** A promise when one has to be fetched. */
  readonly nextProducerId: () => number | Promise<number>
  /** Runs a transition of this shard. */
  readonly run: (operation: (shard: TransactionShard, now: number) => Transition<void>) => Promise<void>
  readonly figures: TransactionFigures
  readonly logger: Logger
}

/** What a producer is answered; id and epoch are -1 with an error. */
export interface ProducerAnswer extends ProducerIdAndEpoch {
  readonly errorCode: number
}

/** Bytes of records that timeouts and expiry append at once; there may be more when they are through. */
const SWEEP_BYTES = 256 * 1024
/** Milliseconds until the end of a transaction that could not be written is tried again. */
const RETRY_MS = 100

export class TransactionShard implements CoordinatorShard {
  readonly transactions = new Map<string, TransactionMetadata>()
  readonly #options: TransactionShardOptions
  readonly #pendingMarkers: PendingMarkers
  readonly #ongoing = new Set<string>()
  /** The epoch that a request would name if its answer was lost, with the producer that the answer told of. */
  readonly #lastEpochs = new Map<string, ProducerIdAndEpoch & { readonly lastProducerEpoch: number }>()
  #looksForTimeouts = false

  constructor(options: TransactionShardOptions) {
    this.#options = options
    const { markers, coordinatorEpoch, timers, logger } = options
    this.#pendingMarkers = new PendingMarkers({
      markers,
      coordinatorEpoch,
      logger,
      retryIn: (delayMs, key, retry) =>
        timers.set(key, delayMs, () => {
          retry()
          return NOTHING
        }),
      onWritten: transactionalId => this.#completeWritten(transactionalId),
    })
  }

  replay(record: LoggedRecord): void {
    const { transactionalId, metadata } = readTransactionRecord(record)
    if (metadata) this.transactions.set(transactionalId, metadata)
    else {
      this.transactions.delete(transactionalId)
      this.#lastEpochs.delete(transactionalId)
    }
    if (metadata?.state === TransactionState.Ongoing) this.#ongoing.add(transactionalId)
    else this.#ongoing.delete(transactionalId)
    if (!metadata || !isEnding(metadata)) this.#pendingMarkers.settle(transactionalId)
  }

  /** Nothing in this log is part of a transaction. */
  replayMarker(): void {}

  activate(): void {
    const ending = [...this.transactions.values()].filter(isEnding)
    if (ending.length > 0) this.#options.timers.set('resume', 0, () => this.#beginning([], ending, undefined))
    if (this.#ongoing.size > 0) this.#lookForTimeouts()
    this.#scheduleExpiry()
  }

  close(): void {
    this.#pendingMarkers.close()
  }

  /** Resolves when a transaction that is about to end has ended, or when this shard is given up. */
  async whenEnded(transactionalId: string): Promise<void> {
    const current = this.transactions.get(transactionalId)
    if (current && isEnding(current)) await this.#pendingMarkers.whenSettled(transactionalId)
  }

  init(
    request: InitProducer,
    newProducerId: number | null,
    now: number,
  ): Transition<ProducerAnswer | typeof NEEDS_PRODUCER_ID> {
    const { transactionalId } = request
    const current = this.transactions.get(transactionalId)
    const decision = initProducer(current, this.#lastEpochOf(current), request, newProducerId, now)
    if (decision === NEEDS_PRODUCER_ID) return { records: [], response: decision }
    const { errorCode, next, lastProducerEpoch } = decision
    if (!next) return { records: [], response: failed(errorCode) }
    this.#keepLastEpoch(next, lastProducerEpoch)
    if (errorCode !== ErrorCode.NONE) return this.#beginning([transactionRecord(next)], [next], failed(errorCode))
    return { records: [transactionRecord(next)], response: succeeded(next) }
  }

  /** Responds with an error code. */
  add(transactionalId: string, request: AddPartitions, now: number): Transition<number> {
    const { errorCode, next } = addPartitions(this.transactions.get(transactionalId), request, now)
    if (!next) return { records: [], response: errorCode }
    this.#lookForTimeouts()
    return { records: [transactionRecord(next)], response: errorCode }
  }

  end(
    transactionalId: string,
    request: EndTransaction,
    newProducerId: number | null,
    now: number,
  ): Transition<ProducerAnswer | typeof NEEDS_PRODUCER_ID> {
    const current = this.transactions.get(transactionalId)
    const decision = endTransaction(current, request, newProducerId, now)
    if (decision === NEEDS_PRODUCER_ID) return { records: [], response: decision }
    const { errorCode, next } = decision
    if (errorCode !== ErrorCode.NONE) return { records: [], response: failed(errorCode) }
    if (!next) return { records: [], response: succeeded(current!) }
    if (next.producerEpoch !== current!.producerEpoch) this.#keepLastEpoch(next, current!.producerEpoch)
    return this.#beginning([transactionRecord(next)], [next], succeeded(afterEnd(next)))
  }

  /** When nothing can be appended now, it is tried again; a shard that is loaded anew begins with the markers once more. */
  #completeWritten(transactionalId: string): void {
    const operation = (shard: TransactionShard, now: number) => shard.#complete(transactionalId, now)
    this.#options.run(operation).catch((error: unknown) => {
      if (!(error instanceof CoordinatorFailure)) {
        this.#options.logger.error('a transaction could not be completed', { transactionalId, error })
      } else if (this.#pendingMarkers.isWritten(transactionalId)) {
        this.#options.timers.set(`complete ${transactionalId}`, RETRY_MS, operation)
      }
    })
  }

  #complete(transactionalId: string, now: number): Transition<void> {
    const current = this.transactions.get(transactionalId)
    if (!current || !this.#pendingMarkers.isWritten(transactionalId)) return NOTHING
    const afterReplication = () => this.#options.figures.ended(current.state === TransactionState.PrepareCommit)
    return { records: [transactionRecord(complete(current, now))], response: undefined, afterReplication }
  }

  /** Markers are begun with when `records`, and whatever is in front of them, are replicated. */
  #beginning<Response>(
    records: readonly CoordinatorRecord[],
    ending: readonly TransactionMetadata[],
    response: Response,
  ): Transition<Response> {
    return {
      records,
      response,
      afterReplication: () => {
        for (const metadata of ending) this.#pendingMarkers.begin(metadata)
      },
    }
  }

  #lastEpochOf(current: TransactionMetadata | undefined): number {
    if (!current) return NONE
    const kept = this.#lastEpochs.get(current.transactionalId)
    const isOfThis = kept?.producerId === current.producerId && kept.producerEpoch === current.producerEpoch
    return isOfThis ? kept.lastProducerEpoch : NONE
  }

  #keepLastEpoch(next: TransactionMetadata, lastProducerEpoch: number): void {
    const { transactionalId } = next
    if (lastProducerEpoch === NONE) this.#lastEpochs.delete(transactionalId)
    else this.#lastEpochs.set(transactionalId, { ...afterEnd(next), lastProducerEpoch })
  }

  /** While transactions are ongoing. */
  #lookForTimeouts(delayMs = this.#options.settings().transactionAbortTimedOutTransactionCleanupIntervalMs): void {
    if (this.#looksForTimeouts) return
    this.#looksForTimeouts = true
    this.#options.timers.set('timeouts', delayMs, (_shard, now) => {
      this.#looksForTimeouts = false
      return this.#abortTimedOut(now)
    })
  }

  #abortTimedOut(now: number): Transition<void> {
    const timedOut = [...this.#ongoing]
      .map(id => this.transactions.get(id)!)
      .filter(metadata => isTimedOut(metadata, now))
    const ending = timedOut.flatMap(metadata => this.#fence(metadata, now))
    const records = upToSweepBytes(ending.map(transactionRecord))
    const aborted = ending.slice(0, records.length)
    if (aborted.length < ending.length) this.#lookForTimeouts(0)
    else if (aborted.length < this.#ongoing.size) this.#lookForTimeouts()
    this.#options.figures.timedOut += aborted.length
    for (const metadata of aborted) {
      const { transactionalId } = metadata
      this.#keepLastEpoch(metadata, this.transactions.get(transactionalId)!.producerEpoch)
      this.#options.logger.info('a transaction is aborted because it timed out', { transactionalId })
    }
    return this.#beginning(records, aborted, undefined)
  }

  /** Nothing when there is no producer id at hand for what comes after the last epoch: the next look at timeouts finds one. */
  #fence(metadata: TransactionMetadata, now: number): TransactionMetadata[] {
    let fenced = fence(metadata, null, now)
    if (fenced === NEEDS_PRODUCER_ID) {
      const newProducerId = this.#options.nextProducerId()
      if (newProducerId instanceof Promise) newProducerId.catch(() => {})
      else fenced = fence(metadata, newProducerId, now)
    }
    return fenced === NEEDS_PRODUCER_ID ? [] : [fenced]
  }

  #scheduleExpiry(delayMs = this.#options.settings().transactionRemoveExpiredTransactionCleanupIntervalMs): void {
    this.#options.timers.set('expiry', delayMs, (_shard, now) => {
      const { transactionalIdExpirationMs } = this.#options.settings()
      const expired = [...this.transactions.values()].filter(of => isExpired(of, now, transactionalIdExpirationMs))
      const records = upToSweepBytes(expired.map(({ transactionalId }) => transactionTombstone(transactionalId)))
      if (records.length < expired.length) this.#scheduleExpiry(0)
      else this.#scheduleExpiry()
      return { records, response: undefined }
    })
  }
}

/** As many as fit into one append, at least one. */
const upToSweepBytes = (records: readonly CoordinatorRecord[]): CoordinatorRecord[] => {
  let bytes = 0
  const end = records.findIndex(({ key, value }, index) => {
    bytes += key.length + (value?.length ?? 0)
    return index > 0 && bytes > SWEEP_BYTES
  })
  return end < 0 ? [...records] : records.slice(0, end)
}

const NOTHING: Transition<void> = { records: [], response: undefined }

const succeeded = ({ producerId, producerEpoch }: ProducerIdAndEpoch): ProducerAnswer => ({
  errorCode: ErrorCode.NONE,
  producerId,
  producerEpoch,
})

const failed = (errorCode: number): ProducerAnswer => ({ errorCode, producerId: NONE, producerEpoch: NONE })

/**
 * The transactions whose end is decided, on the way into their partitions.
 *
 * Invariants
 * - A marker is written only while its transaction has not completed and its coordinator has not been given up: a late one would end the
 *   producer's next transaction.
 * - A transaction is done when each of its partitions has the marker, or is gone.
 */
import { ErrorCode, errorName } from '../../../protocol/errors'
import type { Logger } from '../../io/logger'
import type { MarkerWriter, TransactionMarker } from './marker-writer'
import { type TransactionMetadata, TransactionState } from './transaction-metadata'

export interface PendingMarkersOptions {
  readonly markers: MarkerWriter
  readonly coordinatorEpoch: number
  readonly logger: Logger
  /** Calls `retry` in `delayMs` milliseconds, unless the coordinator is given up by then. */
  readonly retryIn: (delayMs: number, key: string, retry: () => void) => void
  /** All markers of the transaction are in their partitions. */
  readonly onWritten: (transactionalId: string) => void
}

interface MarkerTarget {
  readonly topic: string
  readonly partition: number
}

/** Milliseconds until markers that could not be written are tried again. */
const RETRY_MS = 100

export class PendingMarkers {
  readonly #options: PendingMarkersOptions
  readonly #waiting = new Map<string, (() => void)[]>()
  /** The transactions in work. */
  readonly #pending = new Map<string, TransactionMetadata>()
  /** Those of them that have all their markers. */
  readonly #written = new Set<string>()
  #isClosed = false

  constructor(options: PendingMarkersOptions) {
    this.#options = options
  }

  /** Starts with a transaction in PrepareCommit or PrepareAbort, which is replicated. */
  begin(metadata: TransactionMetadata): void {
    if (this.#isClosed) return
    this.#pending.set(metadata.transactionalId, metadata)
    const targets = Array.from(metadata.partitions, ([topic, partitions]) =>
      Array.from(partitions, partition => ({ topic, partition })),
    ).flat()
    void this.#write(metadata, targets)
  }

  /** The transaction has completed. */
  settle(transactionalId: string): void {
    this.#pending.delete(transactionalId)
    this.#written.delete(transactionalId)
    const waiting = this.#waiting.get(transactionalId)
    if (!waiting) return
    this.#waiting.delete(transactionalId)
    for (const resolve of waiting) resolve()
  }

  whenSettled(transactionalId: string): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise(resolve => {
      const waiting = this.#waiting.get(transactionalId)
      if (waiting) waiting.push(resolve)
      else this.#waiting.set(transactionalId, [resolve])
    })
  }

  /** Whether the transaction has all its markers and has not completed. */
  isWritten(transactionalId: string): boolean {
    return this.#written.has(transactionalId)
  }

  close(): void {
    this.#isClosed = true
    for (const transactionalId of [...this.#waiting.keys()]) this.settle(transactionalId)
    this.#pending.clear()
    this.#written.clear()
  }

  async #write(metadata: TransactionMetadata, targets: readonly MarkerTarget[]): Promise<void> {
    const { transactionalId } = metadata
    const marker = this.#markerOf(metadata)
    const errorCodes = await Promise.all(
      targets.map(({ topic, partition }) => this.#options.markers.write(marker, topic, partition)),
    )
    if (this.#pending.get(transactionalId) !== metadata) return
    const failed = targets.filter((_target, at) => mayPass(errorCodes[at]!))
    this.#report(transactionalId, targets, errorCodes)
    if (errorCodes.includes(ErrorCode.TRANSACTION_COORDINATOR_FENCED)) return
    if (failed.length === 0) {
      this.#written.add(transactionalId)
      this.#options.onWritten(transactionalId)
      return
    }
    this.#options.retryIn(RETRY_MS, `markers ${transactionalId}`, () => {
      if (this.#pending.get(transactionalId) === metadata) void this.#write(metadata, failed)
    })
  }

  #markerOf({ producerId, producerEpoch, state, clientVersion }: TransactionMetadata): TransactionMarker {
    const { coordinatorEpoch } = this.#options
    const isCommit = state === TransactionState.PrepareCommit
    return { producerId, producerEpoch, coordinatorEpoch, isCommit, transactionVersion: clientVersion }
  }

  #report(transactionalId: string, targets: readonly MarkerTarget[], errorCodes: readonly number[]): void {
    const at = errorCodes.findIndex(code => code !== ErrorCode.NONE && code !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    if (at < 0) return
    const error = errorName(errorCodes[at]!)
    this.#options.logger.warn('an end marker was not written', { transactionalId, ...targets[at]!, error })
  }
}

/** With a newer epoch in the partition, or without the partition, there is no transaction left to end. */
const mayPass = (errorCode: number): boolean =>
  errorCode !== ErrorCode.NONE &&
  errorCode !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION &&
  errorCode !== ErrorCode.INVALID_PRODUCER_EPOCH

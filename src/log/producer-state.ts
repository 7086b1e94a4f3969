/**
 * What a log remembers of its producers, so that retries are not written twice and open transactions hold back the last stable offset
 * (Kafka: ProducerStateManager, ProducerAppendInfo).
 *
 * Invariants
 * - It reflects every batch up to the end of the log, queued ones too, and nothing else: `apply` follows each append.
 * - `check` changes nothing; what it lets pass, `apply` takes.
 * - A transaction is unstable from its first record until its end marker is below the high watermark.
 */
import { ErrorCode } from '../../protocol/errors'
import { type BatchHeader, isTransactional, lastSequenceOf } from '../../protocol/records/batch-header'
import type { EndTransactionMarker } from '../../protocol/records/control-record'
import { type AppendOrigin, AppendRefusal } from './log-append'
import type { ProducerDescription } from './log-read'
import { PendingVerifications, type VerifiedBatch } from './pending-verifications'
import { NONE_SEEN, type ProducerBatch, ProducerStateEntry, type ProducerStateFields } from './producer-state-entry'

/** A transaction whose end marker was just applied. */
export interface CompletedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Of the marker. */
  readonly lastOffset: number
  readonly isAborted: boolean
  /** First offset that is still undecided: that of the oldest transaction open, or the one behind the marker. */
  readonly lastStableOffset: number
}

export class ProducerState {
  readonly #producers = new Map<number, ProducerStateEntry>()
  /** Producer id by first offset, ascending, since transactions open at the end of the log. */
  readonly #open = new Map<number, number>()
  /** Complete, but with a marker that may not be replicated yet; ascending by marker. */
  #unreplicated: { readonly firstOffset: number; readonly markerOffset: number }[] = []
  #firstUnstableOffset = Number.POSITIVE_INFINITY
  readonly #verifications = new PendingVerifications()

  /** First offset that is undecided or not known to be replicated as decided; infinite when there is none. */
  get firstUnstableOffset(): number {
    return this.#firstUnstableOffset
  }

  get producerCount(): number {
    return this.#producers.size
  }

  /** Whether the producer has a transaction open; under `producerEpoch` if given, since one of an older epoch is about to be ended. */
  hasOpenTransaction(producerId: number, producerEpoch?: number): boolean {
    const entry = this.#producers.get(producerId)
    if (!entry || entry.currentTxnFirstOffset === NONE_SEEN) return false
    return producerEpoch === undefined || entry.producerEpoch === producerEpoch
  }

  /**
   * The coordinator is going to be asked about the transaction that `batch` begins in this log; the guard goes with its append. With
   * `isNewEpoch` every transaction has an epoch of its own, so even of an unknown producer its sequences begin with 0.
   */
  beginVerification(batch: VerifiedBatch, isNewEpoch: boolean, now: number): number {
    const isFirst = isNewEpoch && batch.baseSequence > 0 && !this.#producers.has(batch.producerId)
    return this.#verifications.begin(isFirst ? { ...batch, baseSequence: 0 } : batch, now)
  }

  /** The batch that this one repeats; null when it is new or too old to tell. */
  duplicateOf(batch: BatchHeader): ProducerBatch | null {
    const entry = this.#producers.get(batch.producerId)
    return entry ? entry.batchWith(batch.producerEpoch, batch.baseSequence, lastSequenceOf(batch)) : null
  }

  /**
   * Why a data batch of a producer may not be appended: INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_TXN_STATE.
   * With a `guard` a transaction is begun only when that is the one it was verified under.
   */
  check(batch: BatchHeader, origin: AppendOrigin, guard?: number): AppendRefusal | null {
    if (origin === 'replication') return null
    if (guard !== undefined && isTransactional(batch.attributes)) {
      const isOpen = this.hasOpenTransaction(batch.producerId, batch.producerEpoch)
      const refusal = isOpen ? null : this.#verifications.check(batch, guard)
      if (refusal) return refusal
    }
    const entry = this.#producers.get(batch.producerId)
    if (!entry) return null
    if (batch.producerEpoch < entry.producerEpoch) return staleEpoch(batch, entry)
    if (origin === 'client' && !isInSequence(batch, entry)) {
      return new AppendRefusal(
        ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
        `Producer ${batch.producerId} sent sequence ${batch.baseSequence} in epoch ${batch.producerEpoch}, ` +
          `but the last one was ${entry.lastSequence} in epoch ${entry.producerEpoch}.`,
      )
    }
    if (entry.currentTxnFirstOffset === NONE_SEEN || isTransactional(batch.attributes)) return null
    return new AppendRefusal(
      ErrorCode.INVALID_TXN_STATE,
      `Producer ${batch.producerId} has a transaction open and sent a batch that is not part of it.`,
    )
  }

  /** Why an end marker may not be appended: INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED. */
  checkMarker(batch: BatchHeader, marker: EndTransactionMarker, origin: AppendOrigin): AppendRefusal | null {
    const entry = this.#producers.get(batch.producerId)
    if (!entry || origin === 'replication') return null
    if (batch.producerEpoch < entry.producerEpoch) return staleEpoch(batch, entry)
    if (marker.coordinatorEpoch >= entry.coordinatorEpoch) return null
    return new AppendRefusal(
      ErrorCode.TRANSACTION_COORDINATOR_FENCED,
      `A transaction coordinator of epoch ${marker.coordinatorEpoch} ended a transaction of producer ` +
        `${batch.producerId}, which one of epoch ${entry.coordinatorEpoch} looks after.`,
    )
  }

  /** A data batch was appended at `baseOffset`, with `timestamp` as its largest; what the header says of both does not count. */
  apply(batch: BatchHeader, baseOffset: number, timestamp: number): void {
    const entry = this.#entryOf(batch.producerId)
    entry.addBatch(batch.producerEpoch, {
      lastSequence: lastSequenceOf(batch),
      lastOffset: baseOffset + batch.lastOffsetDelta,
      offsetDelta: batch.lastOffsetDelta,
      timestamp,
    })
    if (entry.currentTxnFirstOffset !== NONE_SEEN || !isTransactional(batch.attributes)) return
    this.#verifications.end(batch.producerId)
    entry.currentTxnFirstOffset = baseOffset
    this.#open.set(baseOffset, batch.producerId)
    this.#updateFirstUnstable()
  }

  /** The same for an end marker; null when the transaction had no records in this log. */
  applyMarker(
    batch: BatchHeader,
    marker: EndTransactionMarker,
    markerOffset: number,
    timestamp: number,
  ): CompletedTransaction | null {
    const entry = this.#entryOf(batch.producerId)
    const firstOffset = entry.currentTxnFirstOffset
    this.#verifications.end(batch.producerId)
    entry.addMarker(batch.producerEpoch, marker.coordinatorEpoch, timestamp)
    if (firstOffset === NONE_SEEN) return null
    this.#open.delete(firstOffset)
    this.#unreplicated.push({ firstOffset, markerOffset })
    this.#updateFirstUnstable()
    return {
      producerId: batch.producerId,
      firstOffset,
      lastOffset: markerOffset,
      isAborted: !marker.isCommit,
      lastStableOffset: this.#oldestOpen() ?? markerOffset + 1,
    }
  }

  /** Everything below `offset` is replicated, or gone from the log. */
  settleBelow(offset: number): void {
    const unreplicated = this.#unreplicated
    if (unreplicated.length === 0 || unreplicated[0]!.markerOffset >= offset) return
    this.#unreplicated = unreplicated.filter(transaction => transaction.markerOffset >= offset)
    this.#updateFirstUnstable()
  }

  /** Forgets producers that were silent for `expirationMs`, except those with a transaction open. */
  expire(now: number, expirationMs: number): void {
    for (const entry of this.#producers.values()) {
      if (isExpired(entry, now, expirationMs)) this.#producers.delete(entry.producerId)
    }
    this.#verifications.expire(now, expirationMs)
  }

  clear(): void {
    this.#producers.clear()
    this.#verifications.clear()
    this.#open.clear()
    this.#unreplicated = []
    this.#updateFirstUnstable()
  }

  /** Replaces everything by what a snapshot holds, without the producers that have expired. */
  load(entries: readonly ProducerStateFields[], now: number, expirationMs: number): void {
    this.clear()
    const byTransaction = [...entries].sort((a, b) => a.currentTxnFirstOffset - b.currentTxnFirstOffset)
    for (const fields of byTransaction) {
      if (isExpired({ ...fields, lastTimestamp: fields.timestamp }, now, expirationMs)) continue
      this.#entryOf(fields.producerId).restore(fields)
      if (fields.currentTxnFirstOffset !== NONE_SEEN) this.#open.set(fields.currentTxnFirstOffset, fields.producerId)
    }
    this.#updateFirstUnstable()
  }

  entries(): ProducerStateFields[] {
    return Array.from(this.#producers.values(), entry => entry.fields()).flat()
  }

  describe(): ProducerDescription[] {
    return Array.from(this.#producers.values(), entry => ({
      producerId: entry.producerId,
      producerEpoch: entry.producerEpoch,
      lastSequence: entry.lastSequence,
      lastTimestamp: entry.lastTimestamp,
      coordinatorEpoch: entry.coordinatorEpoch,
      currentTxnStartOffset: entry.currentTxnFirstOffset,
    }))
  }

  #entryOf(producerId: number): ProducerStateEntry {
    let entry = this.#producers.get(producerId)
    if (!entry) {
      entry = new ProducerStateEntry(producerId)
      this.#producers.set(producerId, entry)
    }
    return entry
  }

  #oldestOpen(): number | undefined {
    const next = this.#open.keys().next()
    return next.done ? undefined : next.value
  }

  #updateFirstUnstable(): void {
    let first = this.#oldestOpen() ?? Number.POSITIVE_INFINITY
    for (const { firstOffset } of this.#unreplicated) first = Math.min(first, firstOffset)
    this.#firstUnstableOffset = first
  }
}

/** In a new epoch sequences begin with 0; in the same one they go on. A producer without an epoch (only just known) may begin anywhere. */
const isInSequence = (batch: BatchHeader, entry: ProducerStateEntry): boolean => {
  if (entry.producerEpoch === NONE_SEEN) return true
  return batch.producerEpoch === entry.producerEpoch ? entry.isNext(batch.baseSequence) : batch.baseSequence === 0
}

const isExpired = (
  { currentTxnFirstOffset, lastTimestamp }: Pick<ProducerStateEntry, 'currentTxnFirstOffset' | 'lastTimestamp'>,
  now: number,
  expirationMs: number,
): boolean => currentTxnFirstOffset === NONE_SEEN && now - lastTimestamp >= expirationMs

const staleEpoch = (batch: BatchHeader, entry: ProducerStateEntry): AppendRefusal =>
  new AppendRefusal(
    ErrorCode.INVALID_PRODUCER_EPOCH,
    `Producer ${batch.producerId} is in epoch ${entry.producerEpoch}, the batch in ${batch.producerEpoch}.`,
  )

import { type BatchHeader, isTransactional } from '../../../protocol/records/batch-header'
import type { EndTransactionMarker } from '../../../protocol/records/control-record'
import type { AbortedTransactionEntry } from '../transaction-index'

interface AbortedTransaction {
  readonly entry: AbortedTransactionEntry
  hasData: boolean
}

/**
 * What became of the transactions in a log, for one who walks over its batches in order, from the start of the log on (Kafka:
 * CleanedTransactionMetadata).
 *
 * An end marker is needed as long as any batch of its transaction is there, also one without records. What is removed in this walk counts as
 * there: the marker goes in a later one.
 */
export class TransactionFates {
  /** By first offset, the highest first. */
  readonly #coming: AbortedTransactionEntry[]
  /** By producer id. */
  readonly #aborted = new Map<number, AbortedTransaction>()
  /** Ids of producers that had data in a transaction that was not aborted. */
  readonly #committed = new Set<number>()
  readonly #onNeeded: (transaction: AbortedTransactionEntry) => void

  /** `aborted`: all transactions that reach into the walk. `onNeeded` is told of those whose marker stays, when it comes. */
  constructor(
    aborted: readonly AbortedTransactionEntry[],
    onNeeded: (transaction: AbortedTransactionEntry) => void = () => {},
  ) {
    this.#coming = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset)
    this.#onNeeded = onNeeded
  }

  /** A batch with data comes by; true when its transaction was aborted. */
  sawData(header: BatchHeader): boolean {
    if (!isTransactional(header.attributes)) return false
    this.#advanceTo(header)
    const aborted = this.#aborted.get(header.producerId)
    if (aborted) aborted.hasData = true
    else this.#committed.add(header.producerId)
    return aborted !== undefined
  }

  /** An end marker comes by; true when nothing is left of its transaction. */
  sawMarker(header: BatchHeader, { isCommit }: EndTransactionMarker): boolean {
    this.#advanceTo(header)
    const { producerId } = header
    if (isCommit) return !this.#committed.delete(producerId)
    const aborted = this.#aborted.get(producerId)
    this.#aborted.delete(producerId)
    if (!aborted?.hasData) return true
    this.#onNeeded(aborted.entry)
    return false
  }

  #advanceTo({ baseOffset, lastOffsetDelta }: BatchHeader): void {
    for (;;) {
      const entry = this.#coming.at(-1)
      if (!entry || entry.firstOffset > baseOffset + lastOffsetDelta) return
      this.#coming.pop()
      if (!this.#aborted.has(entry.producerId)) this.#aborted.set(entry.producerId, { entry, hasData: false })
    }
  }
}

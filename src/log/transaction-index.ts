/** An aborted transaction as the .txnindex holds it. */
export interface AbortedTransactionEntry {
  readonly producerId: number
  /** First offset of the transaction. */
  readonly firstOffset: number
  /** Offset of its abort marker. */
  readonly lastOffset: number
  /** Last stable offset once the transaction was complete. */
  readonly lastStableOffset: number
}

/** Aborted transactions of a segment (.txnindex): 34-byte entries; the file is absent while there are none. */
export declare class TransactionIndex {
  readonly isEmpty: boolean
  /** Markers come in the order of their offsets. Memory only, until the segment is flushed or sealed. */
  append(transaction: AbortedTransactionEntry): void
  /**
   * Transactions that overlap [fromOffset, toOffset), in the order of their markers. `isComplete`: transactions in later segments cannot
   * overlap, the search need not go on there.
   */
  collect(fromOffset: number, toOffset: number): { transactions: AbortedTransactionEntry[]; isComplete: boolean }
  all(): readonly AbortedTransactionEntry[]
  /** Null when fine, otherwise what is wrong. */
  sanityCheck(): string | null
}

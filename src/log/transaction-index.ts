import { DamagedFile } from './damaged-file'
import { IndexFile, type IndexFileOptions } from './index-file'
import { readInt64, writeInt64 } from './int64'

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

export interface AbortedTransactionSearch {
  readonly transactions: AbortedTransactionEntry[]
  /** Transactions in later segments cannot overlap: the search need not go on there. */
  readonly isComplete: boolean
}

const ENTRY_SIZE = 34
const VERSION = 0
const PRODUCER_ID = 2
const FIRST_OFFSET = 10
const LAST_OFFSET = 18
const LAST_STABLE_OFFSET = 26

const lastOffsetAt = (bytes: Buffer, at: number): number => readInt64(bytes, at + LAST_OFFSET)

/**
 * Aborted transactions whose marker is in a segment (.txnindex, Kafka's TransactionIndex and AbortedTxn): 34-byte entries, version int16,
 * producer id, first offset, last offset and last stable offset int64, in the order of the markers. Without entries there is no file.
 */
export class TransactionIndex extends IndexFile {
  readonly #baseOffset: number

  constructor(options: IndexFileOptions & { readonly baseOffset: number }) {
    super(options, ENTRY_SIZE, true)
    this.#baseOffset = options.baseOffset
  }

  /** Markers come in the order of their offsets. In memory, until `save`. */
  append(transaction: AbortedTransactionEntry): void {
    const count = this.entryCount
    if (count > 0 && transaction.lastOffset <= this.#entry(count - 1).lastOffset) {
      throw new RangeError(`the marker at ${transaction.lastOffset} is not above the last one in ${this.path}`)
    }
    const at = this.grow()
    const bytes = this.entries()
    bytes.writeInt16BE(VERSION, at)
    writeInt64(bytes, at + PRODUCER_ID, transaction.producerId)
    writeInt64(bytes, at + FIRST_OFFSET, transaction.firstOffset)
    writeInt64(bytes, at + LAST_OFFSET, transaction.lastOffset)
    writeInt64(bytes, at + LAST_STABLE_OFFSET, transaction.lastStableOffset)
  }

  /** Transactions that overlap [fromOffset, toOffset), in the order of their markers. */
  collect(fromOffset: number, toOffset: number): AbortedTransactionSearch {
    const transactions: AbortedTransactionEntry[] = []
    for (let n = this.floorSlot(fromOffset - 1, lastOffsetAt) + 1; n < this.entryCount; n++) {
      const transaction = this.#entry(n)
      if (transaction.firstOffset < toOffset) transactions.push(transaction)
      if (transaction.lastStableOffset >= toOffset) return { transactions, isComplete: true }
    }
    return { transactions, isComplete: false }
  }

  all(): AbortedTransactionEntry[] {
    return Array.from({ length: this.entryCount }, (_, n) => this.#entry(n))
  }

  /** Drops transactions whose marker is at this offset or above. */
  truncateTo(offset: number): void {
    this.truncateToCount(this.floorSlot(offset - 1, lastOffsetAt) + 1)
  }

  override sanityCheck(): string | null {
    let lastOffset = this.#baseOffset - 1
    for (const transaction of this.all()) {
      if (transaction.lastOffset <= lastOffset) return `a marker at ${transaction.lastOffset} comes after ${lastOffset}`
      lastOffset = transaction.lastOffset
    }
    return null
  }

  protected override countEntries(length: number): number {
    return Math.floor(length / ENTRY_SIZE)
  }

  #entry(n: number): AbortedTransactionEntry {
    const bytes = this.entries()
    const at = n * ENTRY_SIZE
    const version = bytes.readInt16BE(at)
    if (version !== VERSION) throw new DamagedFile(this.path, `entry ${n} has version ${version}`)
    return {
      producerId: readInt64(bytes, at + PRODUCER_ID),
      firstOffset: readInt64(bytes, at + FIRST_OFFSET),
      lastOffset: lastOffsetAt(bytes, at),
      lastStableOffset: readInt64(bytes, at + LAST_STABLE_OFFSET),
    }
  }
}

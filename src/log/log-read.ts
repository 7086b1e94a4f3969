/** What reads and lookups in a partition's log take and answer. */

export interface ReadOptions {
  readonly offset: number
  /** Limit in bytes; what is returned ends at a batch border. */
  readonly maxBytes: number
  /** Batches that reach this offset or lie above it are not returned: high watermark, last stable offset or log end offset. */
  readonly upTo: number
  /** Whether the first batch is returned even if it alone exceeds `maxBytes`. */
  readonly minOneBatch: boolean
  /**
   * For followers: batches from which compaction took all records are returned like others, since they tell of their producers. Consumers
   * are better off without them: some do not advance over a batch that has nothing for them.
   */
  readonly keepEmptyBatches?: boolean
}

/** Batches that were found; `firstOffset` is -1 and `nextOffset` the offset asked for when none were. */
export interface FoundBatches {
  readonly records: readonly Buffer[]
  readonly sizeInBytes: number
  readonly firstOffset: number
  readonly nextOffset: number
}

export interface ReadResult {
  /** NONE, OFFSET_OUT_OF_RANGE or KAFKA_STORAGE_ERROR. */
  readonly errorCode: number
  /** Whole batches, several to a buffer. The first may begin below the offset asked for. They must not be changed. */
  readonly records: readonly Buffer[]
  readonly sizeInBytes: number
  readonly logStartOffset: number
  /** Base offset of the first batch; -1 when there is none. */
  readonly firstOffset: number
  /** Offset behind the last batch: where the next read begins. The offset asked for when there is none. */
  readonly nextOffset: number
}

/** A transaction that a reader of committed records must leave out (Fetch response). */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** A record found by its timestamp (ListOffsets). */
export interface TimestampOffset {
  readonly timestamp: number
  readonly offset: number
  /** Of the batch that holds the record; -1 when unknown. */
  readonly leaderEpoch: number
}

/** Where an epoch ends (OffsetForLeaderEpoch); both -1 when that is not known. */
export interface EpochEndOffset {
  readonly leaderEpoch: number
  readonly endOffset: number
}

/** A producer that the log remembers (DescribeProducers, KIP-664). */
export interface ProducerDescription {
  readonly producerId: number
  readonly producerEpoch: number
  /** -1 when the producer has no batches in this epoch yet. */
  readonly lastSequence: number
  readonly lastTimestamp: number
  /** Highest epoch of a transaction coordinator seen for this producer; -1 when none. */
  readonly coordinatorEpoch: number
  /** -1 when no transaction is open. */
  readonly currentTxnStartOffset: number
}

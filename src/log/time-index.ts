export interface TimestampEntry {
  readonly timestamp: number
  readonly offset: number
}

/** Timestamp to offset (.timeindex): 12-byte entries, timestamp int64 and offset relative to the base offset int32. */
export declare class TimeIndex {
  readonly entryCount: number
  /** Timestamp -1 and the base offset when the index is empty. */
  readonly lastEntry: TimestampEntry
  readonly isFull: boolean
  entry(n: number): TimestampEntry
  /** The last entry with a timestamp of at most `timestamp`; timestamp -1 and the base offset when there is none. */
  lookup(timestamp: number): TimestampEntry
  /** Null when fine, otherwise what is wrong. */
  sanityCheck(): string | null
}

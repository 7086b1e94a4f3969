export interface OffsetPosition {
  readonly offset: number
  /** Byte in the .log file where the batch begins whose last offset is `offset`. */
  readonly position: number
}

/** Offset to position (.index): 8-byte entries, offset relative to the base offset int32 and position int32. */
export declare class OffsetIndex {
  readonly entryCount: number
  /** Last offset in the index; the base offset when it is empty. */
  readonly lastOffset: number
  readonly isFull: boolean
  /** Entry number `n`, from 0. */
  entry(n: number): OffsetPosition
  /** The last entry with an offset of at most `offset`; base offset and position 0 when there is none. */
  lookup(offset: number): OffsetPosition
  /** Null when fine, otherwise what is wrong. */
  sanityCheck(): string | null
}

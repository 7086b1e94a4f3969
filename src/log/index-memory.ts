/** What holds entries of an index file in memory and can read them again. */
export interface ReleasableIndex {
  /** Drops what is in memory. */
  release(): void
}

/**
 * The bound on memory for indexes of segments that are no longer appended to: the least recently used are dropped first, and loaded again
 * when they are asked for. One for all logs of a broker.
 */
export declare class IndexMemory {
  constructor(maxBytes: number)
  readonly sizeInBytes: number
  /** `index` was used and holds `bytes`. */
  touch(index: ReleasableIndex, bytes: number): void
  /** `index` holds nothing any more, or must not be dropped. */
  forget(index: ReleasableIndex): void
}

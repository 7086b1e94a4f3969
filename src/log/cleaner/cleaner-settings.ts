/** The settings of the broker that concern compaction; the names are those of `BrokerConfig`. */
export interface CleanerSettings {
  readonly logCleanerEnable: boolean
  /** How long the cleaner rests when it has found nothing to do. */
  readonly logCleanerBackoffMs: number
  /** Memory for the keys of one pass. */
  readonly logCleanerDedupeBufferSize: number
  /** Memory for reading and writing, half of it for each. */
  readonly logCleanerIoBufferSize: number
  /** Share of the memory for keys that may be filled. */
  readonly logCleanerIoBufferLoadFactor: number
  /** Read and written together. */
  readonly logCleanerIoMaxBytesPerSecond: number
}

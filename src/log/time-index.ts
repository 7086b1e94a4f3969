import { IndexFile, type IndexFileOptions } from './index-file'
import { readInt64, writeInt64 } from './int64'

export interface TimestampEntry {
  /** Largest timestamp of the segment up to `offset`. */
  readonly timestamp: number
  /** Last offset of the first batch that has it. */
  readonly offset: number
}

const ENTRY_SIZE = 12
const RELATIVE_OFFSET = 8
const NO_TIMESTAMP = -1

const timestampAt = (bytes: Buffer, at: number): number => readInt64(bytes, at)
const relativeOffsetAt = (bytes: Buffer, at: number): number => bytes.readInt32BE(at + RELATIVE_OFFSET)

/**
 * Timestamp to offset (.timeindex, Kafka's TimeIndex): 12-byte entries, timestamp int64 and offset relative to the base offset int32,
 * both ascending. The last entry of a sealed segment holds its largest timestamp.
 */
export class TimeIndex extends IndexFile {
  readonly #baseOffset: number
  readonly #maxEntries: number
  #lastEntry: TimestampEntry | null = null

  /** `maxBytes`: `segment.index.bytes`. */
  constructor(options: IndexFileOptions & { readonly baseOffset: number; readonly maxBytes: number }) {
    super(options, ENTRY_SIZE)
    this.#baseOffset = options.baseOffset
    this.#maxEntries = Math.floor(options.maxBytes / ENTRY_SIZE)
  }

  /** Timestamp -1 and the base offset when the index is empty. */
  get lastEntry(): TimestampEntry {
    const count = this.entryCount
    this.#lastEntry ??= count === 0 ? this.#noEntry() : this.entry(count - 1)
    return this.#lastEntry
  }

  /** One entry is kept free for the last one. */
  get isFull(): boolean {
    return this.entryCount >= this.#maxEntries - 1
  }

  /** Entry number `n`, from 0. */
  entry(n: number): TimestampEntry {
    if (n < 0 || n >= this.entryCount) throw new RangeError(`no entry ${n} among ${this.entryCount} in ${this.path}`)
    const bytes = this.entries()
    const at = n * ENTRY_SIZE
    return { timestamp: timestampAt(bytes, at), offset: this.#baseOffset + relativeOffsetAt(bytes, at) }
  }

  /** The last entry with a timestamp of at most `timestamp`; timestamp -1 and the base offset when there is none. */
  lookup(timestamp: number): TimestampEntry {
    const slot = this.floorSlot(timestamp, timestampAt)
    return slot < 0 ? this.#noEntry() : this.entry(slot)
  }

  /** Adds an entry if its timestamp is above that of the last one. In memory, until `save`. */
  maybeAppend(timestamp: number, offset: number): void {
    const last = this.lastEntry
    if (timestamp <= last.timestamp) return
    if (offset < last.offset)
      throw new RangeError(`offset ${offset} is below the last one (${last.offset}) in ${this.path}`)
    const at = this.grow()
    const bytes = this.entries()
    writeInt64(bytes, at, timestamp)
    bytes.writeInt32BE(offset - this.#baseOffset, at + RELATIVE_OFFSET)
    this.#lastEntry = { timestamp, offset }
  }

  /** Drops entries with this offset or a higher one. */
  truncateTo(offset: number): void {
    this.truncateToCount(this.floorSlot(offset - 1 - this.#baseOffset, relativeOffsetAt) + 1)
    this.#lastEntry = null
  }

  override reset(): void {
    super.reset()
    this.#lastEntry = null
  }

  override sanityCheck(): string | null {
    const bytes = this.entries()
    let lastTimestamp = NO_TIMESTAMP
    let lastOffset = -1
    for (let n = 0; n < this.entryCount; n++) {
      const timestamp = timestampAt(bytes, n * ENTRY_SIZE)
      const relativeOffset = relativeOffsetAt(bytes, n * ENTRY_SIZE)
      if (timestamp <= lastTimestamp || relativeOffset <= lastOffset) return `entry ${n} is not above the one before`
      lastTimestamp = timestamp
      lastOffset = relativeOffset
    }
    return null
  }

  /** A file of one entry may hold timestamp 0 at the base offset; a longer one of nothing but zeros is a preallocated one. */
  protected override countEntries(length: number, lengthWithoutZeros: number): number {
    return length === ENTRY_SIZE ? 1 : Math.ceil(lengthWithoutZeros / ENTRY_SIZE)
  }

  #noEntry(): TimestampEntry {
    return { timestamp: NO_TIMESTAMP, offset: this.#baseOffset }
  }
}

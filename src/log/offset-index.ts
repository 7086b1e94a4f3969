import { IndexFile, type IndexFileOptions } from './index-file'

export interface OffsetPosition {
  readonly offset: number
  /** Byte in the .log file where the batch begins whose last offset is `offset`. */
  readonly position: number
}

const ENTRY_SIZE = 8
const POSITION = 4
/** Largest distance of an offset from the base offset of its segment. */
export const MAX_RELATIVE_OFFSET = 0x7fff_ffff

const relativeOffsetAt = (bytes: Buffer, at: number): number => bytes.readInt32BE(at)
const positionAt = (bytes: Buffer, at: number): number => bytes.readInt32BE(at + POSITION)

/**
 * Offset to position (.index, Kafka's OffsetIndex): 8-byte entries, offset relative to the base offset int32 and position int32, both
 * strictly ascending.
 *
 * All zeros are always the unused rest of a preallocated file: an entry with offset and position 0 would say what is true without it.
 */
export class OffsetIndex extends IndexFile {
  readonly #baseOffset: number
  readonly #maxEntries: number

  /** `maxBytes`: `segment.index.bytes`. */
  constructor(options: IndexFileOptions & { readonly baseOffset: number; readonly maxBytes: number }) {
    super(options, ENTRY_SIZE)
    this.#baseOffset = options.baseOffset
    this.#maxEntries = Math.floor(options.maxBytes / ENTRY_SIZE)
  }

  /** Last offset in the index; the base offset when it is empty. */
  get lastOffset(): number {
    const count = this.entryCount
    return count === 0
      ? this.#baseOffset
      : this.#baseOffset + relativeOffsetAt(this.entries(), (count - 1) * ENTRY_SIZE)
  }

  get isFull(): boolean {
    return this.entryCount >= this.#maxEntries
  }

  /** Entry number `n`, from 0. */
  entry(n: number): OffsetPosition {
    if (n < 0 || n >= this.entryCount) throw new RangeError(`no entry ${n} among ${this.entryCount} in ${this.path}`)
    const bytes = this.entries()
    const at = n * ENTRY_SIZE
    return { offset: this.#baseOffset + relativeOffsetAt(bytes, at), position: positionAt(bytes, at) }
  }

  /** The last entry with an offset of at most `offset`; base offset and position 0 when there is none. */
  lookup(offset: number): OffsetPosition {
    return this.#entryOrStart(this.floorSlot(offset - this.#baseOffset, relativeOffsetAt))
  }

  /** The last entry with a position below `position`; base offset and position 0 when there is none. */
  lookupBefore(position: number): OffsetPosition {
    return this.#entryOrStart(this.floorSlot(position - 1, positionAt))
  }

  /** Adds an entry above all before, at most `MAX_RELATIVE_OFFSET` from the base offset. In memory, until `save`. */
  append(offset: number, position: number): void {
    const relativeOffset = offset - this.#baseOffset
    if (this.entryCount > 0 && offset <= this.lastOffset) {
      throw new RangeError(`offset ${offset} is not above the last one (${this.lastOffset}) in ${this.path}`)
    }
    if (relativeOffset < 0 || relativeOffset > MAX_RELATIVE_OFFSET) {
      throw new RangeError(`offset ${offset} is out of reach in ${this.path}`)
    }
    const at = this.grow()
    const bytes = this.entries()
    bytes.writeInt32BE(relativeOffset, at)
    bytes.writeInt32BE(position, at + POSITION)
  }

  /** Drops entries with this offset or a higher one. */
  truncateTo(offset: number): void {
    this.truncateToCount(this.floorSlot(offset - 1 - this.#baseOffset, relativeOffsetAt) + 1)
  }

  override sanityCheck(): string | null {
    const bytes = this.entries()
    let lastOffset = -1
    let lastPosition = -1
    for (let n = 0; n < this.entryCount; n++) {
      const relativeOffset = relativeOffsetAt(bytes, n * ENTRY_SIZE)
      const position = positionAt(bytes, n * ENTRY_SIZE)
      if (relativeOffset <= lastOffset || position <= lastPosition) return `entry ${n} is not above the one before`
      lastOffset = relativeOffset
      lastPosition = position
    }
    return null
  }

  protected override countEntries(_length: number, lengthWithoutZeros: number): number {
    return Math.ceil(lengthWithoutZeros / ENTRY_SIZE)
  }

  #entryOrStart(slot: number): OffsetPosition {
    return slot < 0 ? { offset: this.#baseOffset, position: 0 } : this.entry(slot)
  }
}

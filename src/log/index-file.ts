import type { Disk } from '../io/disk'
import { DamagedFile } from './damaged-file'
import type { IndexMemory, ReleasableIndex } from './index-memory'

export interface IndexFileOptions {
  readonly disk: Disk
  readonly path: string
  readonly memory: IndexMemory
  /** Nothing lies at `path`: the index begins empty without a look at the disk. */
  readonly isNew: boolean
}

/** Entries for which there is room when the first one is appended. */
const INITIAL_CAPACITY = 16
const NOT_COUNTED = -1
const NO_BYTES = Buffer.alloc(0)

/**
 * Entries of equal size in ascending order, in a file and, while they are in use, in memory.
 *
 * - Nothing is read before the first use, and nothing allocated before the first entry.
 * - New entries are in memory only until `save`: a segment saves its indexes when it is sealed or closed, and after an unclean stop they
 *   are rebuilt from the log. What is saved may be dropped from memory at any time (`IndexMemory`) and is read again.
 * - The file is never longer than its entries, unlike that of a running Apache Kafka, which is preallocated: its unused rest is zeros,
 *   which `countEntries` leaves out.
 */
export abstract class IndexFile implements ReleasableIndex {
  readonly #disk: Disk
  readonly #memory: IndexMemory
  readonly #entrySize: number
  readonly #isOptional: boolean
  #path: string
  /** The entries and room for more; empty when they are not in memory. */
  #bytes: Buffer = NO_BYTES
  #count: number
  /** Entries from the first on that the file has, too. */
  #savedCount = 0
  #fileExists: boolean
  /** The file has bytes behind the saved entries: cut off entries, zeros, half an entry. */
  #hasExcess = false
  #isUnsynced = false

  /** `isOptional`: there is no file while there are no entries. */
  protected constructor(options: IndexFileOptions, entrySize: number, isOptional = false) {
    this.#disk = options.disk
    this.#path = options.path
    this.#memory = options.memory
    this.#entrySize = entrySize
    this.#isOptional = isOptional
    this.#count = options.isNew ? 0 : NOT_COUNTED
    this.#fileExists = !options.isNew
  }

  get path(): string {
    return this.#path
  }

  get entryCount(): number {
    if (this.#count === NOT_COUNTED) this.#load()
    return this.#count
  }

  /** Null when fine, otherwise what is wrong. */
  abstract sanityCheck(): string | null

  /** Number of entries in a file of these bytes; `length` of them are not all zeros. */
  protected abstract countEntries(length: number, lengthWithoutZeros: number): number

  /** The bytes of all entries; longer than they are. Not to be kept: the next use may find others. */
  protected entries(): Buffer {
    if (this.#count === NOT_COUNTED || (this.#count > 0 && this.#bytes.length === 0)) this.#load()
    if (this.#count > 0 && this.#count === this.#savedCount) this.#memory.touch(this, this.#bytes.length)
    return this.#bytes
  }

  /** Makes room for one entry at the end and returns where it begins in `entries()`. */
  protected grow(): number {
    let bytes = this.entries()
    const at = this.#count * this.#entrySize
    if (at + this.#entrySize > bytes.length) {
      bytes = Buffer.allocUnsafeSlow(Math.max(INITIAL_CAPACITY * this.#entrySize, bytes.length * 2))
      this.#bytes.copy(bytes, 0, 0, at)
      this.#bytes = bytes
    }
    this.#memory.forget(this)
    this.#count += 1
    return at
  }

  /** Number of the last entry whose key is at most `target`, -1 when there is none. `keyAt` reads the key of the entry that begins at a byte. */
  protected floorSlot(target: number, keyAt: (bytes: Buffer, at: number) => number): number {
    const bytes = this.entries()
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keyAt(bytes, middle * this.#entrySize) <= target) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Drops the entries from number `count` on. */
  protected truncateToCount(count: number): void {
    if (count >= this.entryCount) return
    this.#count = count
    if (this.#savedCount > count) {
      this.#savedCount = count
      this.#hasExcess = true
    }
  }

  /** Drops all entries without looking at them. */
  reset(): void {
    this.#memory.forget(this)
    this.#bytes = NO_BYTES
    this.#count = 0
    this.#savedCount = 0
    this.#hasExcess = this.#fileExists
  }

  /** Brings the file up to date, and makes it if need be. Into the page cache: `sync` makes it durable. */
  save(): void {
    if (this.#count === NOT_COUNTED) return
    if (this.#fileExists && !this.#hasExcess && this.#savedCount === this.#count) return
    if (this.#count === 0 && this.#isOptional) this.#removeFile()
    else this.#writeFile()
  }

  /** Makes durable what was saved. */
  async sync(): Promise<void> {
    if (!this.#isUnsynced || !this.#fileExists) return
    this.#isUnsynced = false
    const file = this.#disk.open(this.#path, 'write')
    try {
      await file.sync()
    } finally {
      file.close()
    }
  }

  release(): void {
    this.#bytes = NO_BYTES
  }

  /** Gives up what is in memory without saving it. The object is of no use afterwards. */
  abandon(): void {
    this.#memory.forget(this)
    this.#bytes = NO_BYTES
  }

  /** Renames the file, if there is one. */
  rename(path: string): void {
    if (this.#disk.stat(this.#path) !== null) this.#disk.rename(this.#path, path)
    this.#path = path
  }

  /** The folder has been renamed. */
  moveTo(path: string): void {
    this.#path = path
  }

  #writeFile(): void {
    const file = this.#disk.open(this.#path, 'create')
    try {
      const from = this.#savedCount * this.#entrySize
      const to = this.#count * this.#entrySize
      if (to > from) file.writeSync([this.#bytes.subarray(from, to)], from)
      if (file.size() > to) file.truncate(to)
    } finally {
      file.close()
    }
    this.#savedCount = this.#count
    this.#fileExists = true
    this.#hasExcess = false
    this.#isUnsynced = true
    if (this.#count > 0) this.#memory.touch(this, this.#bytes.length)
  }

  #removeFile(): void {
    if (this.#fileExists) this.#disk.remove(this.#path)
    this.#fileExists = false
    this.#hasExcess = false
  }

  #load(): void {
    const bytes = this.#disk.readFile(this.#path)
    const length = bytes?.length ?? 0
    if (this.#count === NOT_COUNTED) {
      this.#fileExists = bytes !== null
      this.#count = bytes === null ? 0 : this.countEntries(length, lengthWithoutZeros(bytes))
      this.#savedCount = this.#count
      this.#hasExcess = length > this.#count * this.#entrySize
    } else if (length < this.#count * this.#entrySize) {
      throw new DamagedFile(this.#path, `has ${length} bytes where ${this.#count} entries were saved`)
    }
    this.#bytes = this.#count === 0 ? NO_BYTES : head(bytes!, this.#count * this.#entrySize)
  }
}

/** The first `length` bytes, copied when there is more: a preallocated file is mostly zeros, which are not worth the memory. */
const head = (bytes: Buffer, length: number): Buffer => {
  if (bytes.length === length) return bytes
  const copy = Buffer.allocUnsafeSlow(length)
  bytes.copy(copy)
  return copy
}

const lengthWithoutZeros = (bytes: Buffer): number => {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length -= 1
  return length
}

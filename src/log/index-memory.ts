/** What holds entries of an index file in memory and can read them again. */
export interface ReleasableIndex {
  /** Drops what is in memory. */
  release(): void
}

/**
 * The bound on memory for indexes whose entries all lie in their files (those of segments no longer appended to, above all): the least
 * recently used are dropped first, and read again when they are asked for. One for all logs of a broker.
 */
export class IndexMemory {
  readonly #maxBytes: number
  /** In the order of use, the oldest first. */
  readonly #sizes = new Map<ReleasableIndex, number>()
  #sizeInBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get sizeInBytes(): number {
    return this.#sizeInBytes
  }

  /** `index` was used and holds `bytes`. It stays, even if it is larger than the bound by itself, until another one is used. */
  touch(index: ReleasableIndex, bytes: number): void {
    this.forget(index)
    this.#sizes.set(index, bytes)
    this.#sizeInBytes += bytes
    for (const oldest of this.#sizes.keys()) {
      if (this.#sizeInBytes <= this.#maxBytes || oldest === index) return
      this.forget(oldest)
      oldest.release()
    }
  }

  /** `index` holds nothing any more, or must not be dropped. */
  forget(index: ReleasableIndex): void {
    const bytes = this.#sizes.get(index)
    if (bytes === undefined) return
    this.#sizes.delete(index)
    this.#sizeInBytes -= bytes
  }
}

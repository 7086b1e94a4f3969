import { BATCH_HEADER_SIZE, batchSizeAt } from '../../../protocol/records/batch-header'
import type { DiskFile } from '../../io/disk'
import { FileWindow } from '../file-window'

/** A file in two windows, one behind the other: the second is read from the disk while the batches of the first are looked at. */
export class BatchStream {
  readonly #end: number
  #current: FileWindow
  #spare: FileWindow
  #ahead: { readonly position: number; readonly loaded: Promise<void> } | null = null

  /** Nothing at `end` or behind it is read; `gulpBytes` at once. */
  constructor(file: DiskFile, end: number, gulpBytes: number) {
    this.#end = end
    this.#current = new FileWindow(file, end, gulpBytes)
    this.#spare = new FileWindow(file, end, gulpBytes)
  }

  /** What is in memory begins at `indexOf(position)`; another buffer after each load. */
  get bytes(): Buffer {
    return this.#current.bytes
  }

  indexOf(position: number): number {
    return this.#current.indexOf(position)
  }

  covers(position: number, length: number): boolean {
    return this.#current.covers(position, length)
  }

  /** Moves to `position` so that `length` bytes from there are covered; throws `DamagedFile` when the file ends before. */
  async load(position: number, length: number): Promise<void> {
    const ahead = this.#ahead
    this.#ahead = null
    if (ahead?.position === position) {
      await ahead.loaded
      this.#swap()
    } else {
      // The spare window is not used again before its read has ended, however that ends.
      await ahead?.loaded.catch(() => {})
    }
    if (!this.covers(position, length)) await this.#current.load(position, length)
    this.#readAhead(position)
  }

  #swap(): void {
    const current = this.#current
    this.#current = this.#spare
    this.#spare = current
  }

  /** Begins at the first batch that does not lie in the current window as a whole. */
  #readAhead(from: number): void {
    let position = from
    while (this.covers(position, BATCH_HEADER_SIZE)) {
      const size = batchSizeAt(this.bytes, this.indexOf(position))
      // What is damaged is found by the one who looks at it.
      if (size < BATCH_HEADER_SIZE) return
      if (!this.covers(position, size)) break
      position += size
    }
    if (position === from || position >= this.#end) return
    const loaded = this.#spare.load(position, Math.min(BATCH_HEADER_SIZE, this.#end - position))
    this.#ahead = { position, loaded }
    // Whoever comes there hears of it; perhaps nobody does.
    loaded.catch(() => {})
  }
}

import type { DiskFile } from '../io/disk'
import { DamagedFile } from './damaged-file'

/** A stretch of a file in memory that moves along it: what is read piece by piece comes from the disk in gulps. */
export class FileWindow {
  readonly #file: DiskFile
  readonly #end: number
  readonly #gulpBytes: number
  readonly #allocate: (bytes: number) => Buffer
  #start = 0
  #length = 0
  /** What is in memory begins at `indexOf(position)`; another buffer after each load. */
  bytes: Buffer = Buffer.alloc(0)

  /** Nothing at `end` or behind it is read. `allocate` finds memory for the bytes. */
  constructor(file: DiskFile, end: number, gulpBytes: number, allocate = Buffer.allocUnsafeSlow) {
    this.#file = file
    this.#end = end
    this.#gulpBytes = gulpBytes
    this.#allocate = allocate
  }

  covers(position: number, length: number): boolean {
    return position >= this.#start && position + length <= this.#start + this.#length
  }

  /** Index in `bytes` of a position that is covered. */
  indexOf(position: number): number {
    return position - this.#start
  }

  /** Moves to `position` so that `length` bytes from there are covered; throws `DamagedFile` when the file ends before. */
  loadSync(position: number, length: number): void {
    const into = this.#room(position, length)
    this.#moved(position, length, this.#file.readSync(into, position))
  }

  async load(position: number, length: number): Promise<void> {
    const into = this.#room(position, length)
    this.#moved(position, length, await this.#file.read(into, position))
  }

  #room(position: number, length: number): Buffer {
    const wanted = Math.max(length, Math.min(this.#gulpBytes, this.#end - position))
    if (this.bytes.length < wanted) this.bytes = this.#allocate(wanted)
    this.#length = 0
    return this.bytes.subarray(0, wanted)
  }

  #moved(position: number, length: number, read: number): void {
    if (read < length) throw new DamagedFile(this.#file.path, `ends at ${position + read}, before ${position + length}`)
    this.#start = position
    this.#length = read
  }
}

import type { Disk, DiskFile } from '../io/disk'

/**
 * The .log file of a segment. Batches are taken first and written later, all that queued up with one gathered write; the file is opened
 * on first use.
 */
export class BatchFile {
  readonly #disk: Disk
  #path: string
  #file: DiskFile | null = null
  /** Taken, not yet given to the disk. */
  #pending: Buffer[] = []
  #isWriting = false
  #sizeInBytes: number
  #writtenBytes: number
  /** What was there before may have been left in the page cache by a process that died. */
  #isUnsynced = true

  constructor(disk: Disk, path: string, sizeInBytes: number) {
    this.#disk = disk
    this.#path = path
    this.#sizeInBytes = sizeInBytes
    this.#writtenBytes = sizeInBytes
  }

  get path(): string {
    return this.#path
  }

  /** Bytes taken, written or not. */
  get sizeInBytes(): number {
    return this.#sizeInBytes
  }

  /** Bytes that the disk has. */
  get writtenBytes(): number {
    return this.#writtenBytes
  }

  /** The open file. */
  get handle(): DiskFile {
    this.#file ??= this.#disk.open(this.#path, 'write')
    return this.#file
  }

  append(records: Buffer): void {
    this.#pending.push(records)
    this.#sizeInBytes += records.length
  }

  writeSync(): void {
    if (this.#isWriting) throw new Error(`a write to ${this.#path} is under way`)
    if (this.#pending.length === 0) return
    this.#isUnsynced = true
    this.handle.writeSync(this.#pending, this.#writtenBytes)
    this.#writtenBytes = this.#sizeInBytes
    this.#pending.length = 0
  }

  async write(): Promise<void> {
    if (this.#isWriting) throw new Error(`a write to ${this.#path} is under way`)
    if (this.#pending.length === 0) return
    const buffers = this.#pending
    const end = this.#sizeInBytes
    this.#pending = []
    this.#isUnsynced = true
    this.#isWriting = true
    try {
      await this.handle.write(buffers, this.#writtenBytes)
      this.#writtenBytes = end
    } finally {
      this.#isWriting = false
    }
  }

  /** Drops what is not written, and cuts the file if it is longer than `length`. */
  truncate(length: number): void {
    if (this.#isWriting) throw new Error(`a write to ${this.#path} is under way`)
    this.#pending.length = 0
    if (length < this.#writtenBytes) {
      this.#isUnsynced = true
      this.handle.truncate(length)
      this.#writtenBytes = length
    }
    this.#sizeInBytes = this.#writtenBytes
  }

  async sync(): Promise<void> {
    if (!this.#isUnsynced) return
    // What is written while the sync runs is not covered by it.
    this.#isUnsynced = false
    await this.handle.sync()
  }

  rename(path: string): void {
    if (this.#file) this.#file.rename(path)
    else this.#disk.rename(this.#path, path)
    this.#path = path
  }

  /** The folder has been renamed. */
  moveTo(path: string): void {
    this.close()
    this.#path = path
  }

  /** A later use opens the file again. */
  close(): void {
    this.#file?.close()
    this.#file = null
  }

  remove(): void {
    this.close()
    this.#disk.remove(this.#path)
  }
}

import { DiskError, type DiskFile } from '../disk'
import type { DiskOperation } from './disk-faults'
import type { FileNode } from './file-tree'

/** What a handle needs of its disk. */
export interface FileOwner {
  /** Where `file` is; null when it was removed or replaced, or when the disk has crashed since. */
  pathOf(file: FileNode): string | null
  /** Throws the failure ordered for this call, if any. */
  checkFaults(operation: DiskOperation, file: FileNode): void
  write(file: FileNode, buffers: readonly Buffer[], position: number): void
  resize(file: FileNode, size: number): void
  rename(from: string, to: string): void
  /** Begins a sync; the result is called when the sync is done. */
  beginSync(file: FileNode): () => void
  /** Runs the second half of an asynchronous call: at once, or when the simulation says so; never after a crash. */
  complete(finish: () => void): void
}

export class MemoryFile implements DiskFile {
  readonly #owner: FileOwner
  readonly #node: FileNode
  readonly #writable: boolean
  #path: string
  #closed = false

  constructor(owner: FileOwner, node: FileNode, path: string, writable: boolean) {
    this.#owner = owner
    this.#node = node
    this.#path = path
    this.#writable = writable
  }

  get path(): string {
    this.#path = this.#owner.pathOf(this.#node) ?? this.#path
    return this.#path
  }

  size(): number {
    this.#check()
    return this.#node.content.size
  }

  readSync(into: Buffer, position: number): number {
    this.#check('read')
    return this.#node.content.read(into, position)
  }

  read(into: Buffer, position: number): Promise<number> {
    return this.#later(() => this.readSync(into, position))
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    this.#check('write')
    this.#owner.write(this.#node, buffers, position)
  }

  write(buffers: readonly Buffer[], position: number): Promise<void> {
    return this.#later(() => this.writeSync(buffers, position))
  }

  truncate(length: number): void {
    this.#check('truncate')
    this.#owner.resize(this.#node, length)
  }

  syncSync(): void {
    this.#check()
    this.#owner.beginSync(this.#node)()
  }

  async sync(): Promise<void> {
    this.#check()
    return this.#later(this.#owner.beginSync(this.#node))
  }

  rename(to: string): void {
    this.#check()
    this.#owner.rename(this.path, to)
  }

  close(): void {
    this.#closed = true
  }

  #later<Result>(run: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#owner.complete(() => {
        try {
          resolve(run())
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  #check(operation?: 'read' | 'write' | 'truncate'): void {
    if (this.#closed) throw new DiskError('EBADF', this.#path, `EBADF: closed: ${this.#path}`)
    if (this.#owner.pathOf(this.#node) === null) {
      throw new DiskError('ENOENT', this.#path, `ENOENT: no longer there: ${this.#path}`)
    }
    if (operation === undefined) return
    if (operation !== 'read' && !this.#writable) {
      throw new DiskError('EBADF', this.#path, `EBADF: open for reading only: ${this.#path}`)
    }
    this.#owner.checkFaults(operation, this.#node)
  }
}

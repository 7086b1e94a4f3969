import fs from 'node:fs'
import { DiskError, type DiskFile } from '../disk'
import type { DescriptorCache, Slot } from './descriptor-cache'
import { diskErrorOf, guarded } from './disk-failure'
import type { OpenFile } from './open-files'

/** What a handle needs of its disk. */
export interface FileOwner {
  readonly descriptors: DescriptorCache
  rename(from: string, to: string): void
  closed(file: OpenFile): void
}

type Callback = (error: NodeJS.ErrnoException | null, count: number) => void

export class NodeDiskFile implements DiskFile, OpenFile {
  readonly #owner: FileOwner
  readonly #slot: Slot
  readonly #flags: string
  #state: 'open' | 'lost' | 'closed' = 'open'

  /** `creationFlags` are those of the first open only: a file that has vanished since must not be made again. */
  constructor(owner: FileOwner, path: string, flags: 'r' | 'r+', creationFlags: string | number) {
    this.#owner = owner
    this.#flags = flags
    this.#slot = { path, fd: -1, users: 0, dirty: false, chances: 0, failure: null }
    guarded(path, () => owner.descriptors.descriptorOf(this.#slot, creationFlags))
  }

  get path(): string {
    return this.#slot.path
  }

  size(): number {
    return this.#run(fd => fs.fstatSync(fd).size)
  }

  readSync(into: Buffer, position: number): number {
    return this.#run(fd => {
      let done = 0
      while (done < into.length) {
        const count = fs.readSync(fd, into, done, into.length - done, position + done)
        if (count === 0) break
        done += count
      }
      return done
    })
  }

  async read(into: Buffer, position: number): Promise<number> {
    let done = 0
    while (done < into.length) {
      const from = done
      const count = await this.#start((fd, callback) => {
        fs.read(fd, into, from, into.length - from, position + from, callback)
      })
      if (count === 0) break
      done += count
    }
    return done
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    this.#slot.dirty = true
    const written = this.#run(fd => fs.writevSync(fd, buffers, position))
    this.#checkWritten(byteLengthOf(buffers), written)
  }

  async write(buffers: readonly Buffer[], position: number): Promise<void> {
    if (buffers.length === 0) return
    this.#slot.dirty = true
    const written = await this.#start((fd, callback) => fs.writev(fd, buffers, position, callback))
    this.#checkWritten(byteLengthOf(buffers), written)
  }

  truncate(length: number): void {
    this.#slot.dirty = true
    this.#run(fd => fs.ftruncateSync(fd, length))
  }

  syncSync(): void {
    this.#slot.dirty = false
    this.#run(fd => fs.fdatasyncSync(fd))
  }

  async sync(): Promise<void> {
    this.#slot.dirty = false
    await this.#start((fd, callback) => fs.fdatasync(fd, error => callback(error, 0)))
  }

  rename(to: string): void {
    this.#check()
    this.#owner.rename(this.#slot.path, to)
  }

  close(): void {
    if (this.#state === 'open') this.#owner.closed(this)
    this.#state = 'closed'
    this.#closeWhenIdle()
  }

  movedTo(path: string): void {
    this.#slot.path = path
  }

  lost(): void {
    this.#state = 'lost'
    this.#closeWhenIdle()
  }

  /** The system may give the number of a closed descriptor to another file: never close it below a call in flight. */
  #closeWhenIdle(): void {
    if (this.#slot.users === 0) guarded(this.#slot.path, () => this.#owner.descriptors.close(this.#slot))
  }

  #check(): void {
    const { path } = this.#slot
    if (this.#state === 'closed') throw new DiskError('EBADF', path, `EBADF: closed: ${path}`)
    if (this.#state === 'lost') throw new DiskError('ENOENT', path, `ENOENT: no longer there: ${path}`)
  }

  #run<Result>(call: (fd: number) => Result): Result {
    this.#check()
    return guarded(this.#slot.path, () => call(this.#owner.descriptors.descriptorOf(this.#slot, this.#flags)))
  }

  #start(call: (fd: number, callback: Callback) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#run(fd => {
        this.#slot.users++
        call(fd, (error, count) => {
          this.#slot.users--
          if (error) reject(diskErrorOf(this.#slot.path, error))
          else resolve(count)
          if (this.#state !== 'open') this.#closeWhenIdle()
        })
      })
    })
  }

  #checkWritten(asked: number, written: number): void {
    if (written === asked) return
    const { path } = this.#slot
    throw new DiskError('ESHORT', path, `ESHORT: ${written} of ${asked} bytes written: ${path}`)
  }
}

function byteLengthOf(buffers: readonly Buffer[]): number {
  let length = 0
  for (const buffer of buffers) length += buffer.length
  return length
}

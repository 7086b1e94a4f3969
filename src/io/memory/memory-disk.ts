import type { Clock } from '../clock'
import { type Disk, DiskError, type DiskFile } from '../disk'
import type { Random } from '../random'
import { CrashJournal, type EntryChange } from './crash-journal'
import { DiskFaults, type DiskOperation } from './disk-faults'
import { DirectoryNode, directoryAt, FileNode, find, namesOf, pathOf, placeOf } from './file-tree'
import { type FileOwner, MemoryFile } from './memory-file'

export interface MemoryDiskOptions {
  /** Gives files their modification times; without it they are 0. */
  readonly clock?: Clock
  /** Bytes of all files together; a write beyond it stores what fits and fails with ENOSPC. Unlimited by default. */
  readonly capacityBytes?: number
  /** Remembers what was synced, so that a crash can lose the rest: about twice the memory. */
  readonly crashable?: boolean
  /** Runs the second half of asynchronous reads, writes and syncs when the simulation wants it; by default at once. */
  readonly schedule?: (complete: () => void) => void
}

/** A disk in memory. Paths begin at its root whether they are written with a leading slash or not. */
export class MemoryDisk implements Disk {
  /** Failures to order. */
  readonly faults = new DiskFaults()
  readonly #clock: Clock | undefined
  readonly #capacityBytes: number
  readonly #journal: CrashJournal | null
  readonly #schedule: (complete: () => void) => void
  readonly #locks = new Set<string>()
  #root = new DirectoryNode()
  #usedBytes = 0
  #owner: FileOwner

  constructor(options: MemoryDiskOptions = {}) {
    this.#clock = options.clock
    this.#capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER
    this.#journal = options.crashable ? new CrashJournal() : null
    this.#schedule = options.schedule ?? (complete => complete())
    this.#owner = this.#newOwner()
  }

  open(path: string, mode: 'read' | 'write' | 'create'): DiskFile {
    this.faults.check('open', path)
    let node = find(this.#root, path)
    if (node === null && mode === 'create') {
      node = new FileNode()
      const { directory, name } = placeOf(this.#root, path)
      this.#change([{ directory, name, node }])
    }
    if (node === null) throw new DiskError('ENOENT', path, `ENOENT: no such file: ${path}`)
    if (node instanceof DirectoryNode) throw new DiskError('EISDIR', path, `EISDIR: is a directory: ${path}`)
    return new MemoryFile(this.#owner, node, path, mode !== 'read')
  }

  stat(path: string): { size: number; isDirectory: boolean; modifiedMs: number } | null {
    this.faults.check('stat', path)
    const node = find(this.#root, path)
    if (node === null) return null
    const isDirectory = node instanceof DirectoryNode
    return { size: isDirectory ? 0 : node.content.size, isDirectory, modifiedMs: node.modifiedMs }
  }

  list(path: string): string[] {
    this.faults.check('list', path)
    return [...directoryAt(this.#root, path).entries.keys()].sort()
  }

  makeDirectory(path: string): void {
    this.faults.check('makeDirectory', path)
    let directory = this.#root
    for (const name of namesOf(path)) {
      let child = directory.entries.get(name)
      if (!child) {
        child = new DirectoryNode()
        this.#change([{ directory, name, node: child }])
      }
      if (!(child instanceof DirectoryNode))
        throw new DiskError('EEXIST', path, `EEXIST: a file is in the way: ${path}`)
      directory = child
    }
  }

  rename(from: string, to: string): void {
    this.faults.check('rename', from)
    const node = find(this.#root, from)
    if (node === null) throw new DiskError('ENOENT', from, `ENOENT: nothing to rename: ${from}`)
    const target = placeOf(this.#root, to)
    const replaced = target.directory.entries.get(target.name)
    if (replaced === node) return
    if (replaced) this.#checkReplaceable(node, replaced, to)
    if (isWithin(target.directory, node)) throw new DiskError('EINVAL', to, `EINVAL: inside itself: ${to}`)
    if (replaced instanceof FileNode) this.#usedBytes -= replaced.content.size
    const source = placeOf(this.#root, from)
    this.#change([
      { ...source, node: null },
      { ...target, node },
    ])
  }

  remove(path: string): void {
    this.faults.check('remove', path)
    const node = find(this.#root, path)
    if (node === null) return
    if (node instanceof DirectoryNode) throw new DiskError('EISDIR', path, `EISDIR: is a directory: ${path}`)
    this.#usedBytes -= node.content.size
    this.#change([{ ...placeOf(this.#root, path), node: null }])
  }

  removeTree(path: string): void {
    this.faults.check('removeTree', path)
    const node = find(this.#root, path)
    if (node === null) return
    this.#usedBytes -= bytesIn(node)
    this.#change([{ ...placeOf(this.#root, path), node: null }])
  }

  readFile(path: string): Buffer | null {
    this.faults.check('readFile', path)
    const node = find(this.#root, path)
    if (node === null) return null
    if (node instanceof DirectoryNode) throw new DiskError('EISDIR', path, `EISDIR: is a directory: ${path}`)
    const bytes = Buffer.alloc(node.content.size)
    node.content.read(bytes, 0)
    return bytes
  }

  replaceFile(path: string, content: Buffer | string): void {
    const file = this.open(`${path}.tmp`, 'create')
    file.truncate(0)
    file.writeSync([Buffer.from(content)], 0)
    file.syncSync()
    file.rename(path)
    file.close()
    this.syncDirectory(namesOf(path).slice(0, -1).join('/'))
  }

  syncDirectory(path: string): void {
    this.faults.check('syncDirectory', path)
    const directory = directoryAt(this.#root, path)
    this.#journal?.directorySynced(directory)
  }

  lock(path: string): { release(): void } {
    this.faults.check('lock', path)
    const key = namesOf(path).join('/')
    const locks = this.#locks
    if (locks.has(key)) throw new DiskError('ELOCKED', path, `ELOCKED: held by another broker of this process: ${path}`)
    this.open(path, 'create').close()
    locks.add(key)
    const owner = this.#owner
    let held = true
    return {
      release: () => {
        if (held && owner === this.#owner && locks.delete(key)) this.remove(path)
        held = false
      },
    }
  }

  isLocked(path: string): boolean {
    this.faults.check('isLocked', path)
    return this.#locks.has(namesOf(path).join('/'))
  }

  space(path: string): { totalBytes: number; usableBytes: number } {
    this.faults.check('space', path)
    return { totalBytes: this.#capacityBytes, usableBytes: Math.max(0, this.#capacityBytes - this.#usedBytes) }
  }

  /**
   * What remains when the process dies (`keepPageCache`) or the machine does; the latter needs `crashable`. All handles and locks from
   * before are dead, and asynchronous calls that have not completed never do.
   */
  crash(options: { readonly keepPageCache: boolean; readonly random: Random }): void {
    this.#locks.clear()
    this.#owner = this.#newOwner()
    if (options.keepPageCache) return
    if (!this.#journal) throw new Error('a disk that is not crashable does not know what was synced')
    this.#root = this.#journal.crash(this.#root, options.random)
    this.#usedBytes = bytesIn(this.#root)
  }

  /** A new one after every crash, so that old handles can be told from new ones. */
  #newOwner(): FileOwner {
    const isCurrent = () => this.#owner === owner
    const owner: FileOwner = {
      pathOf: file => (isCurrent() ? pathOf(this.#root, file) : null),
      checkFaults: (operation, file) => this.#checkFaults(operation, file),
      write: (file, buffers, position) => this.#write(file, buffers, position),
      resize: (file, size) => this.#resize(file, size),
      rename: (from, to) => this.rename(from, to),
      beginSync: file => this.#beginSync(file),
      complete: finish => this.#schedule(() => isCurrent() && finish()),
    }
    return owner
  }

  #checkFaults(operation: DiskOperation, file: FileNode): void {
    if (!this.faults.isEmpty) this.faults.check(operation, pathOf(this.#root, file) ?? '')
  }

  #write(file: FileNode, buffers: readonly Buffer[], position: number): void {
    let at = position
    for (const buffer of buffers) {
      const grown = Math.max(0, at + buffer.length - file.content.size)
      const room = Math.max(0, this.#capacityBytes - this.#usedBytes)
      const bytes = grown > room ? buffer.subarray(0, Math.max(0, buffer.length - (grown - room))) : buffer
      this.#usedBytes += Math.min(grown, room)
      file.content.write(bytes, at)
      this.#journal?.contentChanged(file, { kind: 'write', position: at, bytes: Buffer.from(bytes) })
      if (bytes !== buffer) throw noSpace(pathOf(this.#root, file) ?? '')
      at += buffer.length
    }
    this.#touch(file)
  }

  #resize(file: FileNode, size: number): void {
    this.#usedBytes += size - file.content.size
    file.content.resize(size)
    this.#journal?.contentChanged(file, { kind: 'resize', size })
    this.#touch(file)
  }

  #beginSync(file: FileNode): () => void {
    const mark = this.#journal?.mark(file) ?? 0
    return () => {
      try {
        this.#checkFaults('sync', file)
      } catch (error) {
        this.#journal?.syncFailed(file, mark)
        throw error
      }
      this.#journal?.synced(file, mark)
    }
  }

  #change(changes: readonly EntryChange[]): void {
    for (const { directory, name, node } of changes) {
      if (node) directory.link(name, node)
      else directory.unlink(name)
      this.#touch(directory)
    }
    this.#journal?.entriesChanged(changes)
  }

  #touch(node: FileNode | DirectoryNode): void {
    if (this.#clock) node.modifiedMs = this.#clock.now()
  }

  #checkReplaceable(node: FileNode | DirectoryNode, replaced: FileNode | DirectoryNode, to: string): void {
    if (node instanceof FileNode && replaced instanceof DirectoryNode) {
      throw new DiskError('EISDIR', to, `EISDIR: a directory is in the way: ${to}`)
    }
    if (node instanceof DirectoryNode && replaced instanceof FileNode) {
      throw new DiskError('ENOTDIR', to, `ENOTDIR: a file is in the way: ${to}`)
    }
    if (replaced instanceof DirectoryNode && replaced.entries.size > 0) {
      throw new DiskError('ENOTEMPTY', to, `ENOTEMPTY: the directory there has entries: ${to}`)
    }
  }
}

function noSpace(path: string): DiskError {
  return new DiskError('ENOSPC', path, `ENOSPC: no space left: ${path}`)
}

function bytesIn(node: FileNode | DirectoryNode): number {
  if (node instanceof FileNode) return node.content.size
  let bytes = 0
  for (const child of node.entries.values()) bytes += bytesIn(child)
  return bytes
}

function isWithin(directory: DirectoryNode, node: FileNode | DirectoryNode): boolean {
  for (let at: DirectoryNode | null = directory; at; at = at.parent) if (at === node) return true
  return false
}

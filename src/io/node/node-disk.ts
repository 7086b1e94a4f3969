import fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Disk, DiskFile } from '../disk'
import { DescriptorCache } from './descriptor-cache'
import { guarded } from './disk-failure'
import { QUIETLY, removeFile, removeTree } from './file-removal'
import { type FileOwner, NodeDiskFile } from './node-disk-file'
import { OpenFiles } from './open-files'
import { isLocked, lockFile } from './process-lock'

export interface NodeDiskOptions {
  /** Descriptors of files kept open; sockets need the rest of what the process may have. 1024 by default. */
  readonly descriptorsMax?: number
}

const DESCRIPTORS_MAX = 1024

/** Real files, on Linux and macOS. */
export class NodeDisk implements Disk {
  readonly #files = new OpenFiles()
  readonly #owner: FileOwner

  constructor(options: NodeDiskOptions = {}) {
    this.#owner = {
      descriptors: new DescriptorCache(options.descriptorsMax ?? DESCRIPTORS_MAX),
      rename: (from, to) => this.rename(from, to),
      closed: file => this.#files.delete(file),
    }
  }

  open(path: string, mode: 'read' | 'write' | 'create'): DiskFile {
    const flags = mode === 'read' ? 'r' : 'r+'
    const creationFlags = mode === 'create' ? fs.constants.O_RDWR | fs.constants.O_CREAT : flags
    const file = new NodeDiskFile(this.#owner, resolve(path), flags, creationFlags)
    this.#files.add(file)
    return file
  }

  stat(path: string): { size: number; isDirectory: boolean; modifiedMs: number } | null {
    const stats = guarded(path, () => nullIfAbsent(() => fs.statSync(path, QUIETLY) ?? null))
    if (stats === null) return null
    const isDirectory = stats.isDirectory()
    return { size: isDirectory ? 0 : stats.size, isDirectory, modifiedMs: Math.floor(stats.mtimeMs) }
  }

  list(path: string): string[] {
    return guarded(path, () => fs.readdirSync(path).sort())
  }

  makeDirectory(path: string): void {
    guarded(path, () => makeDirectories(path))
  }

  rename(from: string, to: string): void {
    guarded(from, () => fs.renameSync(from, to))
    const [source, target] = [resolve(from), resolve(to)]
    if (source === target) return
    if (guarded(to, () => fs.statSync(to)).isDirectory()) this.#files.directoryMoved(source, target)
    else this.#files.fileMoved(source, target)
  }

  remove(path: string): void {
    guarded(path, () => nullIfAbsent(() => removeFile(path)))
    this.#files.fileRemoved(resolve(path))
  }

  removeTree(path: string): void {
    guarded(path, () => nullIfAbsent(() => removeTree(path)))
    this.#files.fileRemoved(resolve(path))
    this.#files.directoryRemoved(resolve(path))
  }

  readFile(path: string): Buffer | null {
    return guarded(path, () => nullIfAbsent(() => (fs.lstatSync(path, QUIETLY) ? fs.readFileSync(path) : null)))
  }

  replaceFile(path: string, content: Buffer | string): void {
    const temporary = `${path}.tmp`
    guarded(path, () => fs.writeFileSync(temporary, content, { flush: true }))
    this.rename(temporary, path)
    this.syncDirectory(dirname(path))
  }

  syncDirectory(path: string): void {
    guarded(path, () => {
      const fd = fs.openSync(path, 'r')
      try {
        fs.fsyncSync(fd)
      } finally {
        fs.closeSync(fd)
      }
    })
  }

  lock(path: string): { release(): void } {
    return guarded(path, () => lockFile(path))
  }

  isLocked(path: string): boolean {
    return guarded(path, () => isLocked(path))
  }

  space(path: string): { totalBytes: number; usableBytes: number } {
    const { blocks, bavail, bsize } = guarded(path, () => fs.statfsSync(path))
    return { totalBytes: blocks * bsize, usableBytes: bavail * bsize }
  }
}

/** Step by step: Node's `recursive` tries for ever where nothing can be made in a directory that is there, as in /proc. */
function makeDirectories(path: string): void {
  if (isDirectory(path)) return
  const parent = dirname(path)
  if (!fs.statSync(parent, QUIETLY)) makeDirectories(parent)
  try {
    fs.mkdirSync(path)
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(path)) throw error
  }
}

const isDirectory = (path: string): boolean => fs.statSync(path, QUIETLY)?.isDirectory() ?? false

function nullIfAbsent<Result>(call: () => Result): Result | null {
  try {
    return call()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

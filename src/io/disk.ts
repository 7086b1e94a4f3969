/**
 * The disk as the broker sees it. Two adapters: `io/node` (real files) and `io/memory` (embedded brokers, tests and simulation;
 * loses unsynced writes, tears the last one and fails on command).
 *
 * Every call throws (or rejects with) `DiskError` when the disk fails; "not found" of the calls that return null is no failure.
 * Synchronous calls are for what is short: metadata operations and writes into the page cache. Long ones have a promise form.
 *
 * Handles follow their file through renames, also of a directory above it. Once the file was removed or replaced, every call of its
 * handles but `close` fails with ENOENT, unlike on POSIX: an adapter may have given the descriptor up. Calls in flight still end well.
 */
export interface Disk {
  /**
   * A handle of a regular file. `read`: must exist. `write`: must exist, for reading and writing. `create`: made when absent, for
   * reading and writing, never truncated. A handle is logical: the adapter may close and reopen the descriptor behind it.
   */
  open(path: string, mode: 'read' | 'write' | 'create'): DiskFile
  /** Size in bytes and kind; null when there is nothing at `path`. */
  stat(path: string): { readonly size: number; readonly isDirectory: boolean; readonly modifiedMs: number } | null
  /** Names in a directory, sorted; throws when it is not there. */
  list(path: string): string[]
  /** Makes a directory and its parents; nothing happens when it is there. */
  makeDirectory(path: string): void
  /** Atomic within one directory tree; replaces a file at `to`. */
  rename(from: string, to: string): void
  /** Removes a file; nothing happens when it is absent. */
  remove(path: string): void
  /** Removes a directory with all in it; nothing happens when it is absent. */
  removeTree(path: string): void
  /** The whole file, or null when it is absent. For small files. */
  readFile(path: string): Buffer | null
  /** Replaces a small file so that a crash leaves the old or the new content: temporary file, fsync, rename, fsync of the directory. */
  replaceFile(path: string, content: Buffer | string): void
  /** Makes creations, renames and removals in a directory durable. */
  syncDirectory(path: string): void
  /** Takes an exclusive lock for this process on the lock file at `path`; throws `DiskError` with code `ELOCKED` when another owner lives. */
  lock(path: string): { release(): void }
  /** Whether a living owner holds the lock file at `path`, a broker of Apache Kafka (where the system tells) included. Changes nothing. */
  isLocked(path: string): boolean
  /** Bytes of the volume that holds `path`: whole and free for this process. */
  space(path: string): { readonly totalBytes: number; readonly usableBytes: number }
}

export interface DiskFile {
  /** Where the file is now: follows `rename`. */
  readonly path: string
  /** Current size in bytes. */
  size(): number
  /** Reads up to `into.length` bytes at `position`; the result is shorter only at the end of the file. */
  readSync(into: Buffer, position: number): number
  read(into: Buffer, position: number): Promise<number>
  /** Writes all buffers in order at `position`. Returns when they are in the page cache. A write cut short is a failure. */
  writeSync(buffers: readonly Buffer[], position: number): void
  write(buffers: readonly Buffer[], position: number): Promise<void>
  truncate(length: number): void
  /** fdatasync. A failure is final for what was written before: never retry as if nothing had happened. */
  syncSync(): void
  sync(): Promise<void>
  /** Renames the file below this handle. */
  rename(to: string): void
  close(): void
}

/** A failed disk operation; `code` is the system's (EIO, ENOSPC, EROFS, ENOENT ...), `ELOCKED`, or `MDB_...` for the metadata file. */
export class DiskError extends Error {
  override readonly name = 'DiskError'
  readonly code: string
  readonly path: string
  constructor(code: string, path: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.path = path
  }
}

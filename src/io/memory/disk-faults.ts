import { type Disk, DiskError, type DiskFile } from '../disk'

/** The calls of the port that can be made to fail; the synchronous and the asynchronous form of a call have one name. */
export type DiskOperation =
  | Exclude<keyof Disk, 'replaceFile'>
  | Exclude<keyof DiskFile, 'path' | 'close' | 'readSync' | 'writeSync' | 'syncSync'>

export interface DiskCall {
  readonly operation: DiskOperation
  readonly path: string
}

interface Fault {
  readonly matches: (call: DiskCall) => boolean
  readonly code: string
  /** Calls still to fail. */
  remaining: number
}

/**
 * Failures to order. `replaceFile` is made of open, write, sync, rename and syncDirectory, and fails where one of these does. A failed
 * `sync` loses the unsynced writes of the file for good, as on Linux: later reads still see them, later syncs succeed, a crash does not
 * bring them back.
 */
export class DiskFaults {
  #faults: Fault[] = []

  get isEmpty(): boolean {
    return this.#faults.length === 0
  }

  /** The next `times` calls of `operation` fail with `code`. */
  failNext(operation: DiskOperation, code: string, times = 1): void {
    this.#faults.push({ matches: call => call.operation === operation, code, remaining: times })
  }

  /** Calls for which `predicate` holds fail with `code` until the returned function is called. */
  failWhen(predicate: (call: DiskCall) => boolean, code: string): () => void {
    const fault: Fault = { matches: predicate, code, remaining: Number.POSITIVE_INFINITY }
    this.#faults.push(fault)
    return () => this.#drop(fault)
  }

  /** The disk works again. */
  clear(): void {
    this.#faults = []
  }

  /** Throws the failure that was ordered for this call, if any. */
  check(operation: DiskOperation, path: string): void {
    if (this.isEmpty) return
    const fault = this.#faults.find(candidate => candidate.matches({ operation, path }))
    if (!fault) return
    fault.remaining--
    if (fault.remaining === 0) this.#drop(fault)
    throw new DiskError(fault.code, path, `${fault.code}: ordered failure of ${operation}: ${path}`)
  }

  #drop(fault: Fault): void {
    this.#faults = this.#faults.filter(other => other !== fault)
  }
}

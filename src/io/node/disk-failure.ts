import { DiskError } from '../disk'

/** Runs a call of the file system; what it throws becomes a DiskError. */
export function guarded<Result>(path: string, call: () => Result): Result {
  try {
    return call()
  } catch (error) {
    throw diskErrorOf(path, error)
  }
}

/** Only what the system reports is a failure of the disk; a wrong argument stays the error that it is. */
export function diskErrorOf(path: string, error: unknown): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException
  return code === undefined || syscall === undefined ? error : new DiskError(code, path, message, { cause: error })
}

import fs from 'node:fs'
import { join } from 'node:path'

/** From so many bytes on the system takes its time to free what a file holds: some milliseconds for each 16 MiB. */
const LARGE_BYTES = 4 * 1024 * 1024
/** What may well be absent is asked for first: a call that throws takes ten times as long. */
export const QUIETLY = { throwIfNoEntry: false } as const

/**
 * Removes the name of a file; nothing happens when there is none. Of a large one a descriptor stays open until the thread pool closes it:
 * only then is freed what the file holds, and nobody waits for that.
 */
export const removeFile = (path: string): void => {
  const stats = fs.lstatSync(path, QUIETLY)
  if (!stats) return
  const fd = stats.isFile() && stats.size >= LARGE_BYTES ? openQuietly(path) : null
  try {
    fs.unlinkSync(path)
  } finally {
    if (fd !== null) fs.close(fd, () => {})
  }
}

/** Removes a directory with all in it; nothing happens when it is absent. */
export const removeTree = (path: string): void => {
  if (fs.lstatSync(path, QUIETLY)?.isDirectory()) removeFilesIn(path)
  fs.rmSync(path, { recursive: true, force: true })
}

const removeFilesIn = (directory: string): void => {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) removeFilesIn(path)
    else if (entry.isFile()) removeFile(path)
  }
}

/** null when no descriptor is to be had: the file can be removed without. */
const openQuietly = (path: string): number | null => {
  try {
    return fs.openSync(path, 'r')
  } catch {
    return null
  }
}

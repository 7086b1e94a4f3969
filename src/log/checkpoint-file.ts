import type { Disk } from '../io/disk'
import { DamagedFile } from './damaged-file'

const VERSION = 0
const WHOLE_NUMBER = /^-?\d+$/

/**
 * The text format of Kafka's checkpoint files (CheckpointFile): a line with version 0, a line with the number of entries, a line for each
 * of them. Returns the fields of each entry, separated by white space; none when the file is absent or empty. Throws `DamagedFile`.
 */
export const readCheckpoint = (disk: Disk, path: string): string[][] => {
  const content = disk.readFile(path)
  if (content === null) return []
  const lines = content.toString('utf8').split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const [version, count, ...entries] = lines
  if (version === undefined) return []
  if (wholeNumber(path, version) !== VERSION)
    throw new DamagedFile(path, `has version ${version} instead of ${VERSION}`)
  if (count === undefined) return []
  if (wholeNumber(path, count) !== entries.length) {
    throw new DamagedFile(path, `announces ${count} entries and has ${entries.length}`)
  }
  return entries.map(line => line.split(/\s+/))
}

/** A field of an entry as a number, of up to 2^53 either way. Throws `DamagedFile`. */
export const wholeNumber = (path: string, field: string | undefined): number => {
  const value = field !== undefined && WHOLE_NUMBER.test(field) ? Number(field) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new DamagedFile(path, `has ${JSON.stringify(field)} where a number belongs`)
  return value
}

/** Replaces the file as a whole: a crash leaves the old or the new one. `lines` are the entries. */
export const writeCheckpoint = (disk: Disk, path: string, lines: readonly string[]): void =>
  disk.replaceFile(path, contentOf(lines))

/** The same without holding up the event loop. The change of the folder is not synced, so that the old file may come back. */
export const saveCheckpoint = async (disk: Disk, path: string, lines: readonly string[]): Promise<void> => {
  const file = disk.open(`${path}.tmp`, 'create')
  try {
    file.truncate(0)
    file.writeSync([Buffer.from(contentOf(lines))], 0)
    await file.sync()
    file.rename(path)
  } finally {
    file.close()
  }
}

const contentOf = (lines: readonly string[]): string =>
  [VERSION, lines.length, ...lines].map(line => `${line}\n`).join('')

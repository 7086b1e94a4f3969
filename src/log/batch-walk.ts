/** Walks over the batches of a .log file: their headers only, or each of them whole. */

import { BATCH_HEADER_SIZE, batchSizeAt, CURRENT_MAGIC, magicAt } from '../../protocol/records/batch-header'
import { InvalidBatch } from '../../protocol/records/invalid-batch'
import type { DiskFile } from '../io/disk'
import { DamagedFile } from './damaged-file'
import { FileWindow } from './file-window'

export interface FileRange {
  readonly from: number
  readonly end: number
}

/** Headers are mostly looked for within one index interval, 4 KiB by default. */
const HEADER_GULP_BYTES = 8 * 1024
const BATCH_GULP_BYTES = 256 * 1024

/** What is wrong with the length or the magic of the batch at `at`, null when nothing is. The header must be in the buffer. */
export const batchProblem = (bytes: Buffer, at: number, remainingBytes: number): string | null => {
  const size = batchSizeAt(bytes, at)
  if (magicAt(bytes, at) !== CURRENT_MAGIC) return `a batch has magic ${magicAt(bytes, at)} instead of ${CURRENT_MAGIC}`
  if (size < BATCH_HEADER_SIZE) return `a batch of ${size} bytes is smaller than its header`
  if (size > remainingBytes) return `a batch of ${size} bytes begins ${remainingBytes} bytes before the end`
  return null
}

/** Told of a header at `at` in `bytes`, of a batch at `position` in the file. True: enough. */
export type HeaderVisitor = (bytes: Buffer, at: number, position: number) => boolean

/** Visits headers until `visit` returns true. The batches are trusted: `DamagedFile` is thrown where there is none. */
export const walkHeaders = (file: DiskFile, range: FileRange, visit: HeaderVisitor): void => {
  const window = new FileWindow(file, range.end, HEADER_GULP_BYTES)
  let position = range.from
  try {
    while (position < range.end) {
      if (!window.covers(position, BATCH_HEADER_SIZE)) window.loadSync(position, BATCH_HEADER_SIZE)
      const at = window.indexOf(position)
      const problem = batchProblem(window.bytes, at, range.end - position)
      if (problem !== null) throw damagedAt(file, position, problem)
      if (visit(window.bytes, at, position)) return
      position += batchSizeAt(window.bytes, at)
    }
  } catch (error) {
    throw error instanceof InvalidBatch ? damagedAt(file, position, error.message) : error
  }
}

/** Where a walk ended and why: null at the end of the range. */
export interface WalkEnd {
  readonly position: number
  readonly reason: string | null
}

/**
 * Visits whole batches until `visit` returns why not to go on (or throws InvalidBatch), or something is no batch; nothing is checked of
 * them but magic and length. `afterSlice` is awaited between slices of about 256 KiB.
 */
export const walkBatches = async (
  file: DiskFile,
  range: FileRange,
  visit: (bytes: Buffer, at: number, position: number) => string | null,
  afterSlice?: (walkedBytes: number) => Promise<void>,
): Promise<WalkEnd> => {
  const window = new FileWindow(file, range.end, BATCH_GULP_BYTES)
  let position = range.from
  const move = async (length: number): Promise<void> => {
    if (afterSlice && position > range.from) await afterSlice(position - range.from)
    await window.load(position, length)
  }
  try {
    while (position < range.end) {
      const remainingBytes = range.end - position
      if (remainingBytes < BATCH_HEADER_SIZE)
        return { position, reason: `${remainingBytes} bytes are too few for a batch` }
      if (!window.covers(position, BATCH_HEADER_SIZE)) await move(BATCH_HEADER_SIZE)
      const problem = batchProblem(window.bytes, window.indexOf(position), remainingBytes)
      if (problem !== null) return { position, reason: problem }
      const size = batchSizeAt(window.bytes, window.indexOf(position))
      if (!window.covers(position, size)) await move(size)
      const reason = visit(window.bytes, window.indexOf(position), position)
      if (reason !== null) return { position, reason }
      position += size
    }
  } catch (error) {
    if (error instanceof InvalidBatch) return { position, reason: error.message }
    throw error
  }
  return { position, reason: null }
}

export const damagedAt = (file: DiskFile, position: number, reason: string): DamagedFile =>
  new DamagedFile(file.path, `at byte ${position}: ${reason}`)

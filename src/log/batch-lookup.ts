/** Finds batches and records in a .log file, beginning at a position that an index gave. The batches are trusted. */

import {
  BATCH_HEADER_SIZE,
  baseOffsetAt,
  batchSizeAt,
  lastOffsetAt,
  maxTimestampAt,
  partitionLeaderEpochAt,
} from '../../protocol/records/batch-header'
import { InvalidBatch } from '../../protocol/records/invalid-batch'
import { openRecords } from '../../protocol/records/record-cursor'
import type { DiskFile } from '../io/disk'
import { batchProblem, damagedAt, type FileRange, walkBatches, walkHeaders } from './batch-walk'
import { FileWindow } from './file-window'
import type { TimestampOffset } from './log-read'

/** Where a batch lies in the .log file. */
export interface BatchPosition {
  readonly baseOffset: number
  readonly position: number
  readonly sizeInBytes: number
}

export interface SegmentReadOptions {
  readonly offset: number
  readonly maxBytes: number
  /** Batches whose last offset is not below it are not returned. */
  readonly upTo: number
  /** Whether the first batch is returned even if it alone exceeds `maxBytes`. */
  readonly minOneBatch: boolean
  /** Finds memory for the bytes. */
  readonly allocate?: (bytes: number) => Buffer<ArrayBuffer>
}

export interface SegmentRead {
  /** Whole batches; empty when the limits leave none. */
  readonly records: Buffer
  /** Base offset of the first batch, -1 when there is none. */
  readonly firstOffset: number
  /** Offset behind the last batch; the offset asked for when there is none. */
  readonly nextOffset: number
}

/** A batch that decompresses to more is not looked into. */
const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024
const NO_RECORDS = Buffer.alloc(0)

/** The first batch whose last offset is `offset` or above; null when there is none. */
export const findBatch = (file: DiskFile, range: FileRange, offset: number): BatchPosition | null => {
  let found: BatchPosition | null = null
  walkHeaders(file, range, (bytes, at, position) => {
    if (lastOffsetAt(bytes, at) < offset) return false
    found = { baseOffset: baseOffsetAt(bytes, at), position, sizeInBytes: batchSizeAt(bytes, at) }
    return true
  })
  return found
}

/**
 * Reads whole batches from the first whose last offset is `offset` or above; null when there is none. One read of the disk does when that
 * one begins within `lookupBytes` of where the range begins; less than `maxBytes` may come back otherwise.
 */
export const readBatches = async (
  file: DiskFile,
  range: FileRange,
  options: SegmentReadOptions,
  lookupBytes: number,
): Promise<SegmentRead | null> => {
  const gulpBytes = Math.max(options.maxBytes, BATCH_HEADER_SIZE) + lookupBytes
  const window = new FileWindow(file, range.end, gulpBytes, options.allocate)
  for (let position = range.from; position < range.end; ) {
    if (!window.covers(position, BATCH_HEADER_SIZE)) await window.load(position, BATCH_HEADER_SIZE)
    const at = window.indexOf(position)
    const problem = batchProblem(window.bytes, at, range.end - position)
    if (problem !== null) throw damagedAt(file, position, problem)
    const size = batchSizeAt(window.bytes, at)
    if (lastOffsetAt(window.bytes, at) >= options.offset) {
      const isWithinLimits = size <= options.maxBytes || options.minOneBatch
      if (!isWithinLimits || lastOffsetAt(window.bytes, at) >= options.upTo) return nothingRead(options.offset)
      if (!window.covers(position, size)) await window.load(position, size)
      return batchesIn(window, position, options)
    }
    position += size
  }
  return null
}

const nothingRead = (offset: number): SegmentRead => ({ records: NO_RECORDS, firstOffset: -1, nextOffset: offset })

/** The batch at `first`, which is in the window and goes out whatever its size, and those behind it that are within the limits. */
const batchesIn = (window: FileWindow, first: number, options: SegmentReadOptions): SegmentRead => {
  const { bytes } = window
  const from = window.indexOf(first)
  let size = batchSizeAt(bytes, from)
  let lastOffset = lastOffsetAt(bytes, from)
  while (window.covers(first + size, BATCH_HEADER_SIZE)) {
    const next = from + size
    const nextSize = batchSizeAt(bytes, next)
    if (nextSize < BATCH_HEADER_SIZE || size + nextSize > options.maxBytes) break
    if (!window.covers(first + size, nextSize) || lastOffsetAt(bytes, next) >= options.upTo) break
    size += nextSize
    lastOffset = lastOffsetAt(bytes, next)
  }
  return {
    records: bytes.subarray(from, from + size),
    firstOffset: baseOffsetAt(bytes, from),
    nextOffset: lastOffset + 1,
  }
}

/**
 * The first record with an offset of at least `startingOffset` and a timestamp of at least `timestamp` (Kafka:
 * FileRecords.searchForTimestamp); null when there is none. Of a batch that cannot be looked into, its first offset stands for the record.
 */
export const findRecordByTimestamp = async (
  file: DiskFile,
  range: FileRange,
  timestamp: number,
  startingOffset: number,
): Promise<TimestampOffset | null> => {
  let found: TimestampOffset | null = null
  const { position, reason } = await walkBatches(file, range, (bytes, at) => {
    if (maxTimestampAt(bytes, at) < timestamp || lastOffsetAt(bytes, at) < startingOffset) return null
    found = recordInBatch(bytes, at, timestamp, startingOffset)
    return found && 'found'
  })
  if (found === null && reason !== null) throw damagedAt(file, position, reason)
  return found
}

const recordInBatch = (
  bytes: Buffer,
  at: number,
  timestamp: number,
  startingOffset: number,
): TimestampOffset | null => {
  const leaderEpoch = partitionLeaderEpochAt(bytes, at)
  try {
    const record = openRecords(bytes, at, { maxBytes: MAX_DECOMPRESSED_BYTES })
    while (record.next()) {
      const { offset } = record
      if (offset >= startingOffset && record.timestamp >= timestamp) {
        return { timestamp: record.timestamp, offset, leaderEpoch }
      }
    }
    return null
  } catch (error) {
    if (!(error instanceof InvalidBatch)) throw error
    const offset = Math.max(baseOffsetAt(bytes, at), startingOffset)
    return { timestamp: maxTimestampAt(bytes, at), offset, leaderEpoch }
  }
}

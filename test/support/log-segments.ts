import { encodeBatch } from '../../protocol/records/record-batch'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { IndexMemory } from '../../src/log/index-memory'
import { LogSegment, type LogSegmentOptions } from '../../src/log/log-segment'

export const LOG_FOLDER = '/data/topic-0'

/** A disk that has the folder of a log. */
export const diskWithFolder = (disk = new MemoryDisk()): MemoryDisk => {
  disk.makeDirectory(LOG_FOLDER)
  return disk
}

export const segmentOptions = (disk: MemoryDisk, changes: Partial<LogSegmentOptions> = {}): LogSegmentOptions => ({
  disk,
  directory: LOG_FOLDER,
  baseOffset: 0,
  indexIntervalBytes: 4096,
  segmentIndexBytes: 10 * 1024 * 1024,
  rollJitterMs: 0,
  createdMs: 0,
  indexMemory: new IndexMemory(1024 * 1024),
  ...changes,
})

export const createSegment = (disk: MemoryDisk, changes: Partial<LogSegmentOptions> = {}): LogSegment =>
  LogSegment.create(segmentOptions(disk, changes))

export const openSegment = (disk: MemoryDisk, changes: Partial<LogSegmentOptions> = {}): LogSegment =>
  LogSegment.open(segmentOptions(disk, changes))

export interface BatchShape {
  readonly baseOffset: number
  /** Default 1. */
  readonly records?: number
  /** Of the first record; each further one is 1 ms later. Default: the base offset. */
  readonly timestamp?: number
  /** Of each value. Default 10. */
  readonly valueBytes?: number
  readonly compression?: number
  readonly leaderEpoch?: number
}

/** A valid batch whose values are filled with the letter v. */
export const batchOf = (shape: BatchShape): Buffer => {
  const { baseOffset, records = 1, timestamp = baseOffset, valueBytes = 10, compression, leaderEpoch = 0 } = shape
  return encodeBatch({
    baseOffset,
    ...(compression === undefined ? {} : { compression }),
    partitionLeaderEpoch: leaderEpoch,
    records: Array.from({ length: records }, (_, n) => ({
      value: Buffer.alloc(valueBytes, 'v'),
      timestamp: timestamp + n,
    })),
  })
}

/** Appends and writes; the batches are returned in one piece. */
export const appendBatches = (segment: LogSegment, shapes: readonly BatchShape[]): Buffer => {
  const batches = shapes.map(batchOf)
  for (const batch of batches) segment.append(batch)
  segment.writeSync()
  return Buffer.concat(batches)
}

/** `count` batches of one record each, from `baseOffset` on. */
export const singles = (baseOffset: number, count: number, shape: Partial<BatchShape> = {}): BatchShape[] =>
  Array.from({ length: count }, (_, n) => ({ baseOffset: baseOffset + n, ...shape }))

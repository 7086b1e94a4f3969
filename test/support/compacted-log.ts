import {
  baseOffsetAt,
  batchSizeAt,
  isControl,
  isTransactional,
  readBatchHeader,
} from '../../protocol/records/batch-header'
import { encodeEndTransactionMarker, readEndTransactionMarker } from '../../protocol/records/control-record'
import { type BatchInput, type DecodedRecord, decodeRecords } from '../../protocol/records/record-batch'
import type { TopicConfig } from '../../src/config/topic-config'
import type { MemoryDisk } from '../../src/io/memory/memory-disk'
import type { LogSettings } from '../../src/log/log-settings'
import type { AppendResult, PartitionLog } from '../../src/log/partition-log'
import { appendBatch, LogWorld } from './log-directories'

/** How long the cleaner rests, in the settings of `LogWorld`. */
export const BACKOFF_MS = 15_000
/** A segment holds a handful of small batches. */
const SEGMENT_BYTES = 400

/** A disk with one log that is compacted as soon as anything can be. */
export const compactedWorld = async (
  config: Partial<TopicConfig> = {},
  options: { crashable?: boolean; seed?: number; disk?: MemoryDisk; settings?: Partial<LogSettings> } = {},
): Promise<LogWorld> => {
  const world = new LogWorld({
    ...options,
    config: {
      cleanupPolicy: { compact: true, delete: false },
      segmentBytes: SEGMENT_BYTES,
      indexIntervalBytes: 100,
      minCleanableDirtyRatio: 0,
      maxMessageBytes: SEGMENT_BYTES,
      ...config,
    },
  })
  world.settings = { ...world.settings, ...options.settings }
  await world.open()
  return world
}

/** Appends one batch of records like `a=1`, `a` for a tombstone, at the time it is now, and commits it. */
export const put = async (
  world: LogWorld,
  pairs: readonly string[],
  batch: Partial<BatchInput> = {},
): Promise<AppendResult> => {
  const result = appendBatch(world.log(), {
    now: world.clock.now(),
    records: pairs.map(pair => {
      const [key, value] = pair.split('=')
      return {
        key: Buffer.from(key!),
        value: value === undefined ? null : Buffer.from(value),
        timestamp: world.clock.now(),
      }
    }),
    ...batch,
  })
  await commit(world)
  return result
}

/** Ends the transaction of a producer. */
export const endTransaction = async (
  world: LogWorld,
  producerId: number,
  isCommit: boolean,
  producerEpoch = 0,
): Promise<void> => {
  const now = world.clock.now()
  const marker = encodeEndTransactionMarker({
    producerId,
    producerEpoch,
    isCommit,
    coordinatorEpoch: 0,
    timestamp: now,
  })
  world.log().append(marker, { leaderEpoch: 0, origin: 'coordinator', now })
  await commit(world)
}

/** Everything that was appended is written and replicated. */
export const commit = async (world: LogWorld): Promise<void> => {
  await world.timers.settle()
  world.log().highWatermark = world.log().logEndOffset
}

/** Fills up the active segment with records of a key that nobody looks at, until a new one begins. */
export const roll = async (world: LogWorld): Promise<void> => {
  const before = segmentsOf(world)
  while (segmentsOf(world) === before) await put(world, ['filler='.padEnd(60, '.')])
}

const segmentsOf = (world: LogWorld): number =>
  world.disk.list(world.log().folder).filter(name => name.endsWith('.log')).length

/** Lets the cleaner have its turn. */
export const clean = (world: LogWorld): Promise<void> => world.timers.advance(BACKOFF_MS)

/** What a reader of committed records gets, as a client works it out. */
export const readCommitted = async (log: PartitionLog): Promise<DecodedRecord[]> => {
  const records: DecodedRecord[] = []
  const aborted = [...log.abortedTransactions(log.logStartOffset, log.logEndOffset)].sort(
    (a, b) => b.firstOffset - a.firstOffset,
  )
  const open = new Set<number>()
  for (const bytes of await allBatches(log)) {
    const header = readBatchHeader(bytes, 0)
    const lastOffset = header.baseOffset + header.lastOffsetDelta
    while (aborted.length > 0 && aborted.at(-1)!.firstOffset <= lastOffset) open.add(aborted.pop()!.producerId)
    if (isControl(header.attributes)) {
      if (readEndTransactionMarker(bytes, 0)?.isCommit === false) open.delete(header.producerId)
    } else if (!isTransactional(header.attributes) || !open.has(header.producerId)) {
      records.push(...decodeRecords(bytes, 0, { maxBytes: 1_000_000 }))
    }
  }
  return records
}

/** All batches of a log, each by itself, as a follower reads them. */
export const allBatches = async (log: PartitionLog): Promise<Buffer[]> => {
  const batches: Buffer[] = []
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const { records, nextOffset } = await log.read({
      offset,
      maxBytes: 100_000_000,
      upTo: log.logEndOffset,
      minOneBatch: true,
      keepEmptyBatches: true,
    })
    for (const buffer of records) {
      for (let at = 0; at < buffer.length; at += batchSizeAt(buffer, at)) {
        if (baseOffsetAt(buffer, at) >= offset) batches.push(buffer.subarray(at, at + batchSizeAt(buffer, at)))
      }
    }
    if (nextOffset <= offset) throw new Error(`a read at ${offset} does not get on`)
    offset = nextOffset
  }
  return batches
}

/** `offset:key=value` of all committed records but fillers. */
export const contentOf = async (world: LogWorld): Promise<string[]> =>
  (await readCommitted(world.log()))
    .filter(({ key }) => key?.toString() !== 'filler')
    .map(({ offset, key, value }) => `${offset}:${key}${value === null ? '' : `=${value}`}`)

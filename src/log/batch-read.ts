import { attributesAt, baseOffsetAt, batchSizeAt, isControl, recordCountAt } from '../../protocol/records/batch-header'
import type { SegmentRead } from './batch-lookup'
import type { LocalLog } from './local-log'
import type { FoundBatches, ReadOptions } from './log-read'
import type { LogSegment } from './log-segment'

const noBatches = (offset: number): FoundBatches => ({
  records: [],
  sizeInBytes: 0,
  firstOffset: -1,
  nextOffset: offset,
})

/**
 * Reads from memory if the newest bytes suffice, otherwise from one segment, with one read of the disk if possible. `options.upTo` is not
 * above the end of the log. What was read across a truncation or compaction is void: nothing is returned then, and the reader asks again.
 */
export const readBatches = (log: LocalLog, options: ReadOptions): FoundBatches | Promise<FoundBatches> => {
  const found = log.tail.read(options) ?? log.readAhead.read(log, options, ahead => readSegments(log, ahead))
  if (options.keepEmptyBatches) return found
  return found instanceof Promise
    ? found.then(batches => skipEmpty(log, batches, options))
    : skipEmpty(log, found, options)
}

const readSegments = async (log: LocalLog, options: ReadOptions): Promise<FoundBatches> => {
  const { truncations } = log
  const { offset } = options
  for (
    let segment = log.segments.floor(offset) ?? log.segments.first;
    segment;
    segment = log.segments.higher(segment.baseOffset)
  ) {
    const read = await readUnlessVoid(log, segment, options)
    if (log.truncations !== truncations) return noBatches(offset)
    if (read === null) continue
    const { records, firstOffset, nextOffset } = read
    return records.length === 0
      ? noBatches(offset)
      : { records: [records], sizeInBytes: records.length, firstOffset, nextOffset }
  }
  return noBatches(offset)
}

/** Files that were replaced may be gone: null then. */
const readUnlessVoid = async (
  log: LocalLog,
  segment: LogSegment,
  options: ReadOptions,
): Promise<SegmentRead | null> => {
  const { truncations } = log
  try {
    return await segment.read({ ...options, allocate: log.readBuffers.take })
  } catch (error) {
    if (log.truncations === truncations) throw error
    return null
  }
}

/** Begins at the first batch that has records or a marker, however far that is below `upTo`; if there is none, `batches` stay. */
const skipEmpty = (
  log: LocalLog,
  batches: FoundBatches,
  options: ReadOptions,
): FoundBatches | Promise<FoundBatches> => {
  if (batches.sizeInBytes === 0 || !isEmpty(batches.records[0]!, 0)) return batches
  const rest = withoutLeadingEmpty(batches)
  if (rest) return rest
  if (batches.nextOffset >= options.upTo) return batches
  const settle = (further: FoundBatches) =>
    further.sizeInBytes > 0 && !isEmpty(further.records[0]!, 0) ? further : batches
  const further = readBatches(log, { ...options, offset: batches.nextOffset })
  return further instanceof Promise ? further.then(settle) : settle(further)
}

const withoutLeadingEmpty = ({ records, sizeInBytes, nextOffset }: FoundBatches): FoundBatches | null => {
  let skipped = 0
  for (const [index, buffer] of records.entries()) {
    for (let at = 0; at < buffer.length; at += batchSizeAt(buffer, at)) {
      if (isEmpty(buffer, at)) continue
      return {
        records: [buffer.subarray(at), ...records.slice(index + 1)],
        sizeInBytes: sizeInBytes - skipped - at,
        firstOffset: baseOffsetAt(buffer, at),
        nextOffset,
      }
    }
    skipped += buffer.length
  }
  return null
}

const isEmpty = (buffer: Buffer, at: number): boolean =>
  recordCountAt(buffer, at) === 0 && !isControl(attributesAt(buffer, at))

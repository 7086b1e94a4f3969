import type { BatchHeader } from '../../protocol/records/batch-header'
import type { LocalLog } from './local-log'
import type { TimestampOffset } from './log-read'
import type { LogSegment } from './log-segment'

/** The part of a log that a search covers. */
export interface OffsetRange {
  readonly from: number
  /** Exclusive. */
  readonly upTo: number
}

/** The first record of the range with a timestamp of at least `timestamp`; null when there is none. */
export const findByTimestamp = async (
  log: LocalLog,
  timestamp: number,
  { from, upTo }: OffsetRange,
): Promise<TimestampOffset | null> => {
  for (const segment of log.segments.overlapping(from, upTo)) {
    if (segment.largestTimestamp < timestamp) continue
    const found = await segment.findOffsetByTimestamp(timestamp, from)
    if (found) return found.offset < upTo ? found : null
  }
  return null
}

/** The first of the records of the range that have the largest timestamp; null when there is none or it is -1 ("no timestamp"). */
export const findLargestTimestamp = async (log: LocalLog, range: OffsetRange): Promise<TimestampOffset | null> => {
  let largest = -1
  const segments = log.segments.overlapping(range.from, range.upTo)
  for (const segment of segments) {
    const end = log.segments.higher(segment.baseOffset)?.baseOffset ?? log.nextOffset
    const isWithin = segment.baseOffset >= range.from && end <= range.upTo
    if (segment.largestTimestamp <= largest) continue
    largest = Math.max(largest, isWithin ? segment.largestTimestamp : await largestTimestampIn(segment, range))
  }
  return largest < 0 ? null : findByTimestamp(log, largest, range)
}

const largestTimestampIn = async (segment: LogSegment, { from, upTo }: OffsetRange): Promise<number> => {
  let largest = -1
  const visit = ({ baseOffset, lastOffsetDelta, maxTimestamp }: BatchHeader): void => {
    if (baseOffset + lastOffsetDelta < upTo) largest = Math.max(largest, maxTimestamp)
  }
  await segment.scan(Math.max(from, segment.baseOffset), { visit })
  return largest
}

import type { TopicConfig } from '../../config/topic-config'
import type { LogSegment } from '../log-segment'
import type { SegmentList } from '../segment-list'

/** What the choice of a log to compact depends on. */
export interface CompactedLog {
  readonly segments: SegmentList
  readonly config: TopicConfig
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly lastStableOffset: number
  /** Everything below was compacted before; -1 when nothing was. */
  readonly cleanedUpTo: number
}

/** The part of a log that compaction would look at next: its keys are what older records are superseded by. */
export interface CleanableSection {
  readonly from: number
  /** Exclusive; the beginning of a segment. */
  readonly upTo: number
  /** Share of the section in all that could be compacted, 0 to 1. */
  readonly dirtyRatio: number
  /** Whether there is enough of it, or it has waited for long enough. */
  readonly isDue: boolean
}

/**
 * Finds the section (Kafka: LogCleanerManager.cleanableOffsets, LogToClean). Never part of it are the active segment, a segment that
 * reaches above the last stable offset, and what is younger than `min.compaction.lag.ms`, with all behind it.
 */
export const findCleanableSection = (log: CompactedLog, now: number): CleanableSection => {
  const { segments, config, logStartOffset, logEndOffset, lastStableOffset, cleanedUpTo } = log
  const isKnown = cleanedUpTo >= logStartOffset && cleanedUpTo <= logEndOffset
  const from = isKnown ? cleanedUpTo : logStartOffset
  const dirty = sealedSegments(segments, from)
  const upTo = Math.max(from, endOfOldEnough(dirty, segments, config, lastStableOffset, now))
  const cleanable = dirty.filter(({ baseOffset }) => baseOffset < upTo)
  const dirtyBytes = from === upTo ? 0 : bytesOf(cleanable)
  const totalBytes = bytesOf(segments.overlapping(0, upTo))
  const dirtyRatio = dirtyBytes === 0 ? 0 : dirtyBytes / totalBytes
  const isDue = dirtyRatio > config.minCleanableDirtyRatio || (dirtyBytes > 0 && isOverdue(dirty, config, now))
  return { from, upTo, dirtyRatio, isDue }
}

const sealedSegments = (segments: SegmentList, from: number): LogSegment[] => {
  const active = segments.last!.baseOffset
  return from < active ? segments.overlapping(from, active) : []
}

const endOfOldEnough = (
  dirty: readonly LogSegment[],
  segments: SegmentList,
  { minCompactionLagMs }: TopicConfig,
  lastStableOffset: number,
  now: number,
): number => {
  for (const segment of dirty) {
    const endOffset = segments.higher(segment.baseOffset)!.baseOffset
    const isYoung = minCompactionLagMs > 0 && segment.largestTimestamp > now - minCompactionLagMs
    if (endOffset > lastStableOffset || isYoung) return segment.baseOffset
  }
  return segments.last!.baseOffset
}

/** Whether any record waits for longer than `max.compaction.lag.ms` (KIP-354). */
const isOverdue = (dirty: readonly LogSegment[], { maxCompactionLagMs }: TopicConfig, now: number): boolean => {
  if (maxCompactionLagMs === Number.MAX_SAFE_INTEGER) return false
  return dirty.some(segment => {
    const timestamp = segment.firstBatchTimestamp
    return timestamp !== null && timestamp > 0 && timestamp < now - maxCompactionLagMs
  })
}

const bytesOf = (segments: readonly LogSegment[]): number =>
  segments.reduce((bytes, segment) => bytes + segment.sizeInBytes, 0)

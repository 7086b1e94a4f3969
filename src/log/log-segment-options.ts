import type { Disk } from '../io/disk'
import type { IndexMemory } from './index-memory'
import type { SegmentFileSuffix } from './log-file-names'

export interface LogSegmentOptions {
  readonly disk: Disk
  /** Folder of the log. */
  readonly directory: string
  readonly baseOffset: number
  /** `index.interval.bytes` and `segment.index.bytes`: fixed for the life of the segment. */
  readonly indexIntervalBytes: number
  readonly segmentIndexBytes: number
  /** Taken off `segment.ms`: random, from 0 to `segment.jitter.ms`. */
  readonly rollJitterMs: number
  /** Wall-clock time now, from which a segment without timestamps is aged. */
  readonly createdMs: number
  readonly indexMemory: IndexMemory
  readonly suffix?: SegmentFileSuffix
}

export interface RollOptions {
  readonly segmentBytes: number
  readonly segmentMs: number
  /** What is about to be appended. */
  readonly incomingBytes: number
  readonly incomingLastOffset: number
  readonly incomingMaxTimestamp: number
  readonly now: number
}

import type { LogSegment } from './log-segment'

/** The segments of a log in the order of their base offsets. */
export declare class SegmentList {
  readonly length: number
  readonly first: LogSegment | undefined
  readonly last: LogSegment | undefined
  /** Bytes of all segments. */
  readonly sizeInBytes: number
  /** Adds a segment; one with the same base offset is replaced and returned. */
  add(segment: LogSegment): LogSegment | undefined
  remove(baseOffset: number): LogSegment | undefined
  clear(): void
  /** The segment with exactly this base offset. */
  get(baseOffset: number): LogSegment | undefined
  /** The last segment with a base offset of at most `offset`. */
  floor(offset: number): LogSegment | undefined
  /** The last segment with a base offset below `offset`. */
  lower(offset: number): LogSegment | undefined
  /** The first segment with a base offset above `offset`. */
  higher(offset: number): LogSegment | undefined
  /** From the floor segment of `from` (or the first one) up to base offsets below `to`. */
  overlapping(from: number, to: number): LogSegment[]
  [Symbol.iterator](): Iterator<LogSegment>
}

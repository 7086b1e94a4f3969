import type { LogSegment } from './log-segment'

/** The segments of a log in the order of their base offsets (Kafka's LogSegments). */
export class SegmentList {
  readonly #segments: LogSegment[] = []

  get length(): number {
    return this.#segments.length
  }

  get first(): LogSegment | undefined {
    return this.#segments[0]
  }

  get last(): LogSegment | undefined {
    return this.#segments.at(-1)
  }

  /** Bytes of all segments, also of what is not written yet. */
  get sizeInBytes(): number {
    let bytes = 0
    for (const segment of this.#segments) bytes += segment.sizeInBytes
    return bytes
  }

  /** Adds a segment; one with the same base offset is replaced and returned. */
  add(segment: LogSegment): LogSegment | undefined {
    const n = this.#countBelow(segment.baseOffset)
    const replaced = this.#at(n, segment.baseOffset)
    this.#segments.splice(n, replaced ? 1 : 0, segment)
    return replaced
  }

  remove(baseOffset: number): LogSegment | undefined {
    const n = this.#countBelow(baseOffset)
    const removed = this.#at(n, baseOffset)
    if (removed) this.#segments.splice(n, 1)
    return removed
  }

  clear(): void {
    this.#segments.length = 0
  }

  /** The segment with exactly this base offset. */
  get(baseOffset: number): LogSegment | undefined {
    return this.#at(this.#countBelow(baseOffset), baseOffset)
  }

  /** The last segment with a base offset of at most `offset`. */
  floor(offset: number): LogSegment | undefined {
    return this.#segments[this.#countBelow(offset + 1) - 1]
  }

  /** The last segment with a base offset below `offset`. */
  lower(offset: number): LogSegment | undefined {
    return this.#segments[this.#countBelow(offset) - 1]
  }

  /** The first segment with a base offset above `offset`. */
  higher(offset: number): LogSegment | undefined {
    return this.#segments[this.#countBelow(offset + 1)]
  }

  /** From the segment that holds `from` (or the first one) up to base offsets below `to`; a copy. */
  overlapping(from: number, to: number): LogSegment[] {
    return this.#segments.slice(Math.max(0, this.#countBelow(from + 1) - 1), this.#countBelow(to))
  }

  [Symbol.iterator](): Iterator<LogSegment> {
    return this.#segments[Symbol.iterator]()
  }

  #at(n: number, baseOffset: number): LogSegment | undefined {
    const segment = this.#segments[n]
    return segment?.baseOffset === baseOffset ? segment : undefined
  }

  /** Number of segments with a base offset below `offset`. Most are asked for near the end. */
  #countBelow(offset: number): number {
    let low = 0
    let high = this.#segments.length
    if (high > 0 && this.#segments[high - 1]!.baseOffset < offset) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#segments[middle]!.baseOffset < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}

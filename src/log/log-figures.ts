import { Histogram } from '../metrics/histogram'

/** Upper bounds for a compaction in seconds. */
const COMPACTION_BOUNDS = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800]

/** What all logs of a broker have counted together. */
export class LogFigures {
  /** Time of a group of appends on its way into the page cache. */
  readonly writeSeconds = new Histogram()
  /** Time of a flush, with the files that belong to it. */
  readonly flushSeconds = new Histogram()
  readonly compactionSeconds = new Histogram(COMPACTION_BOUNDS)
  compactedBytesBefore = 0
  compactedBytesAfter = 0
  /** Segments and bytes that retention deleted. */
  deletedSegments = 0
  deletedBytes = 0

  written(milliseconds: number): void {
    this.writeSeconds.observe(milliseconds / 1000)
  }

  flushed(milliseconds: number): void {
    this.flushSeconds.observe(milliseconds / 1000)
  }

  compacted(milliseconds: number, bytesBefore: number, bytesAfter: number): void {
    this.compactionSeconds.observe(milliseconds / 1000)
    this.compactedBytesBefore += bytesBefore
    this.compactedBytesAfter += bytesAfter
  }

  deleted(segments: number, bytes: number): void {
    this.deletedSegments += segments
    this.deletedBytes += bytes
  }
}

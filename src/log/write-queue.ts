/**
 * The bytes of one log on their way to the disk.
 *
 * Invariants
 * - What was appended in one turn of the event loop is written together, in order, and one group at a time; what comes while a group is
 *   written is the next group.
 * - `onWritten` is told the end of a group when its write has returned, and its flush where the policy asks for one.
 * - After a failure nothing is written any more.
 */
import type { Clock } from '../io/clock'
import type { LogSegment } from './log-segment'
import type { WriteSchedule } from './write-schedule'
import type { WriteSpeed } from './write-speed'

export interface WriteQueueOptions {
  readonly schedule: WriteSchedule
  readonly speed: WriteSpeed
  readonly clock: Clock
  /** Whether records up to `endOffset` count as written only when they are flushed. */
  readonly mustFlush: (endOffset: number) => boolean
  /** Whether a full segment has to be flushed before anything is written behind it. */
  readonly mustFlushFull: () => boolean
  /** Flushes what is written, which ends at `endOffset`. */
  readonly flush: (endOffset: number) => Promise<void>
  readonly onWritten: (endOffset: number) => void
  /** A segment has been written to its end. */
  readonly onFull: (segment: LogSegment) => void
  readonly onFailed: (error: unknown) => void
}

export class WriteQueue {
  readonly #options: WriteQueueOptions
  /** Segments with bytes to write; all but the last are full. */
  #segments: LogSegment[] = []
  #bytes = 0
  #endOffset = 0
  #isScheduled = false
  #isClosed = false
  #writing: Promise<void> | null = null

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /** The group that is being written; null when none is. Never rejects. */
  get writing(): Promise<void> | null {
    return this.#writing
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0 && !this.#writing
  }

  /** `segment`, the newest one, took `bytes` more, and the log ends at `endOffset` now. */
  add(segment: LogSegment, bytes: number, endOffset: number): void {
    if (this.#segments.at(-1) !== segment) this.#segments.push(segment)
    this.#bytes += bytes
    this.#endOffset = endOffset
    if (this.#isScheduled || this.#writing) return
    this.#isScheduled = true
    this.#options.schedule.add(this)
  }

  /** Writes what is queued, unless a group is on its way: then it follows that one. */
  write(): void {
    this.#isScheduled = false
    if (this.#writing || this.#isClosed || this.#segments.length === 0) return
    const { speed, clock, mustFlush, mustFlushFull } = this.#options
    const isFlushed = mustFlush(this.#endOffset) || (this.#segments.length > 1 && mustFlushFull())
    if (!isFlushed && speed.isSyncBetter(this.#bytes, clock.monotonic())) this.#writeSync()
    else this.#writing = this.#writeGroups()
  }

  /** Resolves when all that is queued now is written, or never will be. */
  async drain(): Promise<void> {
    this.write()
    while (this.#writing) await this.#writing
  }

  /** Nothing is written from now on. */
  close(): void {
    this.#isClosed = true
    this.#segments = []
  }

  #writeSync(): void {
    const { speed, clock, onFull, onWritten, onFailed } = this.#options
    const { segments, bytes, endOffset } = this.#take()
    const started = clock.monotonic()
    try {
      for (const [index, segment] of segments.entries()) {
        segment.writeSync()
        if (segments[index + 1]) onFull(segment)
      }
    } catch (error) {
      onFailed(error)
      return
    }
    speed.wroteSync(bytes, started, clock.monotonic())
    onWritten(endOffset)
  }

  async #writeGroups(): Promise<void> {
    const { mustFlush, mustFlushFull, flush, onFull, onWritten, onFailed } = this.#options
    try {
      while (this.#segments.length > 0) {
        const { segments, endOffset } = this.#take()
        for (const [index, segment] of segments.entries()) {
          await this.#measured(segment.write())
          const next = segments[index + 1]
          if (next) onFull(segment)
          if (next && mustFlushFull()) await flush(next.baseOffset)
        }
        if (mustFlush(endOffset)) await flush(endOffset)
        if (this.#isClosed) return
        onWritten(endOffset)
      }
    } catch (error) {
      if (!this.#isClosed) onFailed(error)
    } finally {
      this.#writing = null
    }
  }

  #take(): { segments: LogSegment[]; bytes: number; endOffset: number } {
    const group = { segments: this.#segments, bytes: this.#bytes, endOffset: this.#endOffset }
    this.#segments = []
    this.#bytes = 0
    return group
  }

  async #measured(write: Promise<void>): Promise<void> {
    const { speed, clock } = this.#options
    const started = clock.monotonic()
    await write
    speed.wroteAsync(started, clock.monotonic())
  }
}

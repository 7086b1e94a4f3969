/**
 * The files of one log (Kafka: LocalLog): segments, their way to the disk, and the newest bytes in memory. It knows offsets and positions
 * only; producers, epochs and the high watermark are its owner's.
 *
 * Invariants
 * - recoveryPoint <= logEndOffset <= nextOffset: flushed, written, taken.
 * - There is always a last segment, the only one that is appended to.
 * - The recovery point that is told to others never leaves a segment behind whose indexes are not flushed.
 */
import type { TopicConfig } from '../config/topic-config'
import type { BufferPool } from '../io/buffer-pool'
import type { LogContext } from './log-context'
import { LogSegment } from './log-segment'
import type { ReadAhead } from './read-ahead'
import type { SegmentList } from './segment-list'
import { LogTail } from './tail-cache'
import { WriteQueue } from './write-queue'
import type { WriteSpeed } from './write-speed'

export interface LocalLogOptions {
  readonly context: LogContext
  /** Entry of `log.dirs`. */
  readonly directory: { readonly path: string; readonly speed: WriteSpeed }
  readonly folder: string
  readonly config: TopicConfig
  readonly segments: SegmentList
  readonly logEndOffset: number
  readonly recoveryPoint: number
  /** Makes durable what the recovery point depends on besides the segments. */
  readonly beforeFlush: () => Promise<void>
  /** logEndOffset has moved. */
  readonly onWritten: () => void
  /** The disk failed; nothing is written any more. */
  readonly onFailed: (error: unknown) => void
}

export class LocalLog {
  config: TopicConfig
  readonly segments: SegmentList
  readonly tail: LogTail
  readonly readAhead: ReadAhead
  readonly readBuffers: BufferPool
  /** Grows with every truncation and compaction: what was read across one is void. */
  truncations = 0
  readonly #options: LocalLogOptions
  readonly #writes: WriteQueue
  #folder: string
  #nextOffset: number
  #logEndOffset: number
  #recoveryPoint: number
  /** Sealed, and not flushed since. */
  readonly #unflushed = new Set<LogSegment>()
  /** Something was appended or cut, or recovered when the log was opened. */
  #hasChanged: boolean
  #isReleased = false

  constructor(options: LocalLogOptions) {
    const { context, directory, onFailed } = options
    this.config = options.config
    this.segments = options.segments
    this.tail = new LogTail(context.tailCache)
    this.readAhead = context.readAhead
    this.readBuffers = context.readBuffers
    this.#options = options
    this.#folder = options.folder
    this.#nextOffset = options.logEndOffset
    this.#logEndOffset = options.logEndOffset
    this.#recoveryPoint = options.recoveryPoint
    this.#hasChanged = options.recoveryPoint < options.logEndOffset
    this.#writes = new WriteQueue({
      schedule: context.writes,
      speed: directory.speed,
      clock: context.clock,
      mustFlush: endOffset => endOffset - this.#recoveryPoint >= this.config.flushMessages,
      // Compaction leaves gaps between segments: what a power failure took from the end of one could not be told from them.
      mustFlushFull: () => this.config.cleanupPolicy.compact,
      flush: endOffset => this.#flushUpTo(endOffset),
      onWritten: endOffset => this.#written(endOffset),
      onFull: segment => this.#seal(segment),
      onFailed,
    })
  }

  get folder(): string {
    return this.#folder
  }

  get nextOffset(): number {
    return this.#nextOffset
  }

  get logEndOffset(): number {
    return this.#logEndOffset
  }

  /** Offset below which everything is on the disk, indexes too. */
  get recoveryPoint(): number {
    let point = this.#recoveryPoint
    for (const segment of this.#unflushed) point = Math.min(point, segment.baseOffset)
    return point
  }

  get active(): LogSegment {
    return this.segments.last!
  }

  /** Whether a write is on its way. */
  get isWriting(): boolean {
    return this.#writes.writing !== null
  }

  /** Whether everything taken is written. */
  get isWritten(): boolean {
    return this.#writes.isEmpty
  }

  /** Whether the batch that comes must go into a new segment. */
  mustRoll(incomingBytes: number, incomingLastOffset: number, incomingMaxTimestamp: number, now: number): boolean {
    const { segmentBytes, segmentMs, maxCompactionLagMs, cleanupPolicy } = this.config
    return this.active.shouldRoll({
      segmentBytes,
      // Only what is in a full segment is ever compacted.
      segmentMs: cleanupPolicy.compact ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs,
      incomingBytes,
      incomingLastOffset,
      incomingMaxTimestamp,
      now,
    })
  }

  /** Begins a new segment; an empty one at the same offset stays. */
  roll(baseOffset: number, now: number): void {
    if (this.active.baseOffset === baseOffset) return
    this.#writes.add(this.active, 0, this.#nextOffset)
    this.segments.add(createSegment(this.#options.context, this.#folder, baseOffset, this.config, now))
  }

  /** Takes batches that go from `baseOffset` to `nextOffset` (exclusive); written at the end of the turn. */
  append(records: Buffer, baseOffset: number, nextOffset: number): void {
    const bytes = this.tail.append(records, baseOffset, nextOffset)
    this.active.append(bytes)
    this.#nextOffset = nextOffset
    this.#hasChanged = true
    this.#writes.add(this.active, bytes.length, nextOffset)
  }

  /** Makes everything durable that has been appended up to now. Never rejects: a failure takes the directory offline. */
  async flush(): Promise<void> {
    await this.#writes.drain()
    if (this.#recoveryPoint < this.#logEndOffset || this.#unflushed.size > 0) await this.#tryFlush(this.#logEndOffset)
  }

  /** Resolves when everything taken up to now is written, or never will be. */
  settle(): Promise<void> {
    return this.#writes.drain()
  }

  /**
   * Drops the batch that holds `offset` and all above. Returns the new end: `offset`, or the beginning of that batch. Everything must be
   * written.
   */
  truncateTo(offset: number, now: number): number {
    this.#discardDurably(
      this.segments.overlapping(offset + 1, Number.POSITIVE_INFINITY).filter(({ baseOffset }) => baseOffset > offset),
    )
    const { active } = this
    const endOffset = Math.min(offset, active.translate(offset)?.baseOffset ?? offset)
    active.truncateTo(offset, now)
    this.#endAt(endOffset)
    return endOffset
  }

  /** Makes durable what was written of a segment, and the names of its files, when it is the turn of the directory. */
  sync(segment: LogSegment): Promise<void> {
    const { context, directory } = this.#options
    return context.syncs.run(directory.path, () => segment.flush())
  }

  /** Drops everything; the log is empty and begins at `offset`. Everything must be written. */
  truncateFully(offset: number, now: number): void {
    this.#discardDurably([...this.segments])
    this.segments.add(createSegment(this.#options.context, this.#folder, offset, this.config, now))
    this.#endAt(offset)
  }

  /** Takes segments out of the log, all but the last may be; their files go after `file.delete.delay.ms`. */
  removeSegments(segments: readonly LogSegment[]): void {
    for (const segment of segments) this.#discard(segment)
  }

  /**
   * Puts a segment with the suffix `.cleaned` in the place of those it was made of (Kafka: LocalLog.replaceSegments). It must be durable. A
   * crash at any point leaves either, or what `finishSwaps` makes one of it: names become durable in the order in which they are changed.
   */
  replaceSegments(sources: readonly LogSegment[], cleaned: LogSegment): void {
    const behind = this.segments.higher(sources.at(-1)!.baseOffset)!
    cleaned.changeSuffix('.swap')
    this.removeSegments(sources)
    this.segments.add(cleaned)
    cleaned.changeSuffix('')
    this.#options.context.disk.syncDirectory(this.#folder)
    // Of an aborted transaction the index may soon say nothing, and only for the new files is that right.
    this.truncations++
    this.tail.forgetBelow(behind.baseOffset)
  }

  /** Writes, flushes and closes. */
  async close(): Promise<void> {
    await this.#writes.drain()
    if (this.#hasChanged && !this.#isReleased) {
      this.#seal(this.active)
      await this.flush()
    }
    if (this.#isReleased) return
    this.#release()
    for (const segment of this.segments) segment.close()
  }

  /** Gives up without touching the disk: the directory failed, or the files are to go. */
  abandon(): void {
    this.#release()
    for (const segment of this.segments) segment.abandon()
  }

  /** The folder has been renamed. */
  moveTo(folder: string): void {
    this.#folder = folder
    for (const segment of this.segments) segment.moveTo(folder)
  }

  #written(endOffset: number): void {
    this.#logEndOffset = endOffset
    this.tail.writtenTo = endOffset
    if (this.config.flushMs < Number.MAX_SAFE_INTEGER) this.#options.context.flushes.add(this, this.config.flushMs)
    this.#options.onWritten()
  }

  /** A full segment is flushed behind the scenes, so that little is left to recover (Kafka: flush-log on roll). */
  #seal(segment: LogSegment): void {
    segment.seal()
    this.#unflushed.add(segment)
    if (segment !== this.active) void this.#tryFlush(this.active.baseOffset)
  }

  async #tryFlush(endOffset: number): Promise<void> {
    try {
      await this.#flushUpTo(endOffset)
    } catch (error) {
      if (!this.#isReleased) this.#options.onFailed(error)
    }
  }

  #flushUpTo(endOffset: number): Promise<void> {
    const { context, directory } = this.#options
    if (endOffset === this.#nextOffset) context.flushes.remove(this)
    return context.syncs.run(directory.path, async () => {
      if (this.#isReleased) return
      const { truncations } = this
      const startedAt = context.clock.monotonic()
      await this.#options.beforeFlush()
      const sealed = [...this.#unflushed]
      for (const segment of new Set([...sealed, ...this.segments.overlapping(this.#recoveryPoint, endOffset)])) {
        await this.#flushSegment(segment)
      }
      context.figures.flushed(context.clock.monotonic() - startedAt)
      if (truncations !== this.truncations || this.#isReleased) return
      for (const segment of sealed) this.#unflushed.delete(segment)
      this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
    })
  }

  async #flushSegment(segment: LogSegment): Promise<void> {
    const isPartOfLog = () => !this.#isReleased && this.segments.get(segment.baseOffset) === segment
    if (!isPartOfLog()) return
    try {
      await segment.flush()
    } catch (error) {
      if (isPartOfLog()) throw error
    }
  }

  #endAt(offset: number): void {
    this.truncations++
    this.#hasChanged = true
    this.tail.clear()
    this.#nextOffset = offset
    this.#logEndOffset = offset
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset)
  }

  /** For what must not come back: behind it something else is going to be written. */
  #discardDurably(segments: readonly LogSegment[]): void {
    if (segments.length === 0) return
    for (const segment of segments) this.#discard(segment)
    this.#options.context.disk.syncDirectory(this.#folder)
  }

  #discard(segment: LogSegment): void {
    this.segments.remove(segment.baseOffset)
    this.#unflushed.delete(segment)
    segment.changeSuffix('.deleted')
    this.#options.context.removals.add(this.config.fileDeleteDelayMs, {
      description: segment.path,
      remove: () => segment.remove(),
    })
  }

  #release(): void {
    this.#isReleased = true
    this.#writes.close()
    this.tail.clear()
    this.#options.context.flushes.remove(this)
  }
}

/** A new, empty segment at the end of the log in `folder`. */
export const createSegment = (
  context: LogContext,
  folder: string,
  baseOffset: number,
  config: TopicConfig,
  now: number,
): LogSegment => LogSegment.create({ ...segmentOptions(context, folder, config, now), baseOffset })

export const segmentOptions = (context: LogContext, folder: string, config: TopicConfig, now: number) => ({
  disk: context.disk,
  directory: folder,
  indexIntervalBytes: config.indexIntervalBytes,
  segmentIndexBytes: config.segmentIndexBytes,
  rollJitterMs: jitter(context, Math.min(config.segmentJitterMs, config.segmentMs)),
  createdMs: now,
  indexMemory: context.indexMemory,
})

const LARGEST_JITTER_MS = 2 ** 32 - 1

const jitter = ({ random }: LogContext, jitterMs: number): number =>
  jitterMs > 0 ? random.below(Math.min(jitterMs, LARGEST_JITTER_MS) + 1) : 0

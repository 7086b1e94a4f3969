/**
 * Opens the folder of a log: clears away what operations that did not end left behind, checks and cuts what an unclean stop may have
 * damaged, and finds out all that is kept in memory (Kafka: LogLoader).
 */
import type { TopicConfig } from '../config/topic-config'
import { DamagedFile } from './damaged-file'
import { LeaderEpochCache } from './leader-epoch-cache'
import { createSegment, segmentOptions } from './local-log'
import type { LogContext } from './log-context'
import { parseSegmentFileName, type SegmentFileSuffix } from './log-file-names'
import { LogSegment } from './log-segment'
import type { SegmentRecovery } from './log-segment-recovery'
import { ProducerSnapshots } from './producer-snapshots'
import { ProducerState } from './producer-state'
import { indexCompleted, rebuildProducers, replayBatch } from './producer-state-replay'
import { SegmentList } from './segment-list'
import { finishSwaps } from './segment-swaps'

export interface LoadOptions {
  readonly context: LogContext
  readonly folder: string
  readonly config: TopicConfig
  /** Whether the log directory was left in order. */
  readonly isClean: boolean
  /** From the checkpoints; 0 when they do not say. */
  readonly recoveryPoint: number
  readonly logStartOffset: number
  /** Awaited now and then: others may run, and progress may be told. */
  readonly afterSlice: () => Promise<void>
}

export interface LoadedLog {
  readonly segments: SegmentList
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerState
  readonly snapshots: ProducerSnapshots
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly recoveryPoint: number
  /** Bytes that were cut off because they were damaged. */
  readonly lostBytes: number
}

export const loadLog = (options: LoadOptions): Promise<LoadedLog> => new LogLoader(options).load()

const NOTHING_TO_RECOVER = Number.POSITIVE_INFINITY

class LogLoader {
  readonly #options: LoadOptions
  readonly #segments = new SegmentList()
  readonly #producers = new ProducerState()
  readonly #snapshots: ProducerSnapshots
  #epochs: LeaderEpochCache
  #lostBytes = 0

  constructor(options: LoadOptions) {
    const { disk } = options.context
    const { folder } = options
    this.#options = options
    finishSwaps(disk, folder, baseOffset => this.#openSegment(baseOffset, '.swap').readNextOffset())
    const names = disk.list(folder)
    this.#snapshots = new ProducerSnapshots(disk, folder, names)
    this.#epochs = new LeaderEpochCache(disk, folder)
    for (const name of names) {
      const file = parseSegmentFileName(name)
      if (file?.kind === 'log') this.#segments.add(this.#openSegment(file.baseOffset))
    }
    for (const name of names) {
      const file = parseSegmentFileName(name)
      const isOrphan = file && file.kind !== 'snapshot' && !this.#segments.get(file.baseOffset)
      if (isOrphan) disk.remove(`${folder}/${name}`)
    }
  }

  async load(): Promise<LoadedLog> {
    const { context, folder, config } = this.#options
    const recoverFrom = this.#findDamage()
    if (recoverFrom < NOTHING_TO_RECOVER) await this.#recover(recoverFrom)
    if (this.#segments.length === 0)
      this.#segments.add(createSegment(context, folder, this.#options.logStartOffset, config, context.clock.now()))
    let logEndOffset = this.#segments.last!.readNextOffset()
    if (logEndOffset < this.#options.logStartOffset) logEndOffset = this.#startAnew()
    const logStartOffset = Math.max(this.#options.logStartOffset, this.#segments.first!.baseOffset)
    this.#epochs.truncateFromEnd(logEndOffset)
    this.#epochs.truncateFromStart(logStartOffset)
    if (recoverFrom === NOTHING_TO_RECOVER) await this.#loadProducers(logStartOffset, logEndOffset)
    if (logEndOffset > logStartOffset) this.#snapshots.take(logEndOffset, this.#producers.entries())
    const { latest } = this.#snapshots
    this.#snapshots.removeWhere(offset => offset !== latest && !this.#segments.get(offset))
    return {
      segments: this.#segments,
      epochs: this.#epochs,
      producers: this.#producers,
      snapshots: this.#snapshots,
      logStartOffset,
      logEndOffset,
      recoveryPoint: Math.min(recoverFrom, logEndOffset),
      lostBytes: this.#lostBytes,
    }
  }

  /** Offset from which on the log has to be recovered: what was not flushed before an unclean stop, or what is found to be damaged. */
  #findDamage(): number {
    const { isClean, recoveryPoint } = this.#options
    if (isClean)
      return Math.min(this.#findDamagedEpochs(), this.#findDamagedIndex(NOTHING_TO_RECOVER), this.#findDamagedEnd())
    const unflushed = this.#segments.floor(recoveryPoint)?.baseOffset ?? 0
    return Math.min(recoveryPoint, this.#findDamagedEpochs(), this.#findDamagedIndex(unflushed))
  }

  #findDamagedEpochs(): number {
    const { context, folder } = this.#options
    try {
      this.#epochs = LeaderEpochCache.load(context.disk, folder)
      return NOTHING_TO_RECOVER
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error
      this.#warn('leader epochs are found anew', error.message)
      return 0
    }
  }

  /** Looks at the segments that begin below `upTo`. */
  #findDamagedIndex(upTo: number): number {
    for (const segment of this.#segments) {
      if (segment.baseOffset >= upTo) break
      const damage = segment.sanityCheck()
      if (damage === null) continue
      this.#warn('indexes are made anew', damage)
      return segment.baseOffset
    }
    return NOTHING_TO_RECOVER
  }

  #findDamagedEnd(): number {
    const { last } = this.#segments
    try {
      last?.readNextOffset()
      return NOTHING_TO_RECOVER
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error
      this.#warn('the last segment is recovered despite a clean stop', error.message)
      return last!.baseOffset
    }
  }

  /**
   * Checks all segments from the one that holds `from` on, and drops what follows the first damage: bad bytes, or bytes that never came
   * to the disk.
   */
  async #recover(from: number): Promise<void> {
    const [...unchecked] = this.#segments.overlapping(from, Number.POSITIVE_INFINITY)
    const first = unchecked[0]
    if (!first) return
    await this.#rebuildProducers(this.#options.logStartOffset, first.baseOffset)
    for (let segment = unchecked.shift(); segment; segment = unchecked.shift()) {
      const { truncatedBytes, reason, nextOffset } = await this.#recoverSegment(segment)
      if (truncatedBytes > 0) this.#warn('cut off the end of a segment', `${segment.path} ${reason}`)
      this.#lostBytes += truncatedBytes
      const next = unchecked[0]
      if (next && truncatedBytes === 0 && this.#follows(next, nextOffset)) segment.seal()
      else for (const later of unchecked.splice(0)) this.#drop(later)
    }
  }

  /**
   * Whether nothing is missing between a segment that ends at `nextOffset` and the next one. Segments follow each other without a gap until
   * they are compacted. A gap in what was flushed is of a compaction, maybe from before the topic was given another policy, or by Kafka;
   * while the topic is compacted, nothing is written into a segment before the one in front of it is flushed.
   */
  #follows(next: LogSegment, nextOffset: number): boolean {
    const { isClean, recoveryPoint, config } = this.#options
    if (next.baseOffset === nextOffset || isClean || next.baseOffset <= recoveryPoint) return true
    return config.cleanupPolicy.compact && next.sizeInBytes > 0
  }

  #recoverSegment(segment: LogSegment): Promise<SegmentRecovery> {
    const { logStartOffset, afterSlice } = this.#options
    if (segment.baseOffset > logStartOffset) this.#snapshots.take(segment.baseOffset, this.#producers.entries())
    return segment.recover({
      afterSlice,
      visit: (batch, bytes, at) => {
        const { partitionLeaderEpoch, baseOffset, lastOffsetDelta } = batch
        if (partitionLeaderEpoch > this.#epochs.latestEpoch) this.#epochs.assign(partitionLeaderEpoch, baseOffset)
        if (baseOffset + lastOffsetDelta < logStartOffset) return
        indexCompleted(segment, replayBatch(this.#producers, batch, bytes, at))
      },
    })
  }

  #drop(segment: LogSegment): void {
    this.#warn('dropped a segment behind the damage', segment.path)
    this.#lostBytes += segment.sizeInBytes
    this.#segments.remove(segment.baseOffset)
    segment.remove()
  }

  /** A log that says nothing of its producers after a clean stop has none: it is not read for them. */
  async #loadProducers(logStartOffset: number, logEndOffset: number): Promise<void> {
    if (this.#snapshots.latest >= 0) await this.#rebuildProducers(logStartOffset, logEndOffset)
  }

  #rebuildProducers(logStartOffset: number, endOffset: number): Promise<void> {
    const { context, afterSlice } = this.#options
    return rebuildProducers({
      producers: this.#producers,
      snapshots: this.#snapshots,
      segments: this.#segments,
      logStartOffset,
      endOffset,
      now: context.clock.now(),
      expirationMs: context.producerIdExpirationMs(),
      afterSlice,
    })
  }

  /** The log ends below where it begins: records that were deleted on request are all that is left. */
  #startAnew(): number {
    const { context, folder, config, logStartOffset } = this.#options
    this.#warn('the log ends below its start and is emptied', `log start offset ${logStartOffset}`)
    for (const segment of [...this.#segments]) this.#drop(segment)
    this.#epochs.clear()
    this.#producers.clear()
    this.#snapshots.removeWhere(() => true)
    this.#segments.add(createSegment(context, folder, logStartOffset, config, context.clock.now()))
    return logStartOffset
  }

  #openSegment(baseOffset: number, suffix: SegmentFileSuffix = ''): LogSegment {
    const { context, folder, config } = this.#options
    return LogSegment.open({ ...segmentOptions(context, folder, config, context.clock.now()), baseOffset, suffix })
  }

  #warn(message: string, reason: string): void {
    this.#options.context.logger.warn(message, { folder: this.#options.folder, reason })
  }
}

/**
 * One partition's log (Kafka: UnifiedLog): what its files hold, what its producers have done, and what of it may be seen.
 *
 * Invariants
 * - logStartOffset <= lastStableOffset <= highWatermark <= logEndOffset <= nextOffset.
 * - Offsets are given out in the order of the calls of `append`, and written in that order.
 * - Producers and leader epochs are known up to nextOffset; what a truncation cuts off is forgotten by all.
 * - When the directory has failed, nothing changes any more.
 */
import { ErrorCode } from '../../protocol/errors'
import type { TopicConfig } from '../config/topic-config'
import type { LogCompaction } from './cleaner/log-compaction'
import { type AppendOptions, type AppendResult, refusedAppend } from './log-append'
import { appendAsLeader, appendReplicated } from './log-appends'
import type { LogParts, PartitionLogOptions } from './log-parts'
import type {
  AbortedTransaction,
  EpochEndOffset,
  ProducerDescription,
  ReadOptions,
  ReadResult,
  TimestampOffset,
} from './log-read'
import { LogStore } from './log-store'
import { cutLog, dropExpired, settleAfterCut } from './log-truncation'
import { LOG_START_OFFSET_CHECKPOINT, RECOVERY_POINT_CHECKPOINT } from './offset-checkpoint'
import type { VerifiedBatch } from './pending-verifications'

export type { AppendOptions, AppendOrigin, AppendResult, RecordError } from './log-append'
export type * from './log-read'

export class PartitionLog {
  readonly topic: string
  readonly partition: number
  /** Called after every change of logEndOffset, and when the log went offline. */
  onAdvance: (() => void) | null = null
  #store: LogStore
  #topicId: string
  #logStartOffset: number
  #highWatermark: number
  /** Work on the files that nothing may be appended during. */
  #hold: Promise<void> | null = null
  #isClosed = false

  constructor(options: PartitionLogOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.#topicId = options.topicId
    this.#logStartOffset = options.logStartOffset
    this.#highWatermark = Math.min(Math.max(options.highWatermark, options.logStartOffset), options.logEndOffset)
    this.#store = new LogStore(options, this)
    this.#parts.producers.settleBelow(this.#highWatermark)
  }

  get topicId(): string {
    return this.#topicId
  }

  /** Its entry of `log.dirs`. */
  get directory(): string {
    return this.#store.home.path
  }

  get folder(): string {
    return this.#parts.local.folder
  }

  /** For the log cleaner. */
  get compaction(): LogCompaction {
    return this.#store.compaction
  }

  /** Grows with every truncation. */
  get truncations(): number {
    return this.#parts.local.truncations
  }

  /** First readable offset. */
  get logStartOffset(): number {
    return this.#logStartOffset
  }

  /** End of what has been written: what followers and acks=1 may see. */
  get logEndOffset(): number {
    return this.#parts.local.logEndOffset
  }

  /** Next offset to assign: counts what was appended in this turn, too. */
  get nextOffset(): number {
    return this.#parts.local.nextOffset
  }

  /** Whether a write is on its way, and what is appended now waits behind it. */
  get isWriting(): boolean {
    return this.#parts.local.isWriting
  }

  /** Offset up to which a recovery after an unclean stop has nothing to do. */
  get recoveryPoint(): number {
    return this.#parts.local.recoveryPoint
  }

  /** Whether the log start offset lies within the first segment: it is then nowhere to be found but in a checkpoint. */
  get startsWithinSegment(): boolean {
    return this.#logStartOffset > this.#parts.local.segments.first!.baseOffset
  }

  /** Offset below which every in-sync replica has everything; never above logEndOffset. */
  get highWatermark(): number {
    return this.#highWatermark
  }

  set highWatermark(offset: number) {
    this.#highWatermark = Math.min(Math.max(offset, this.#logStartOffset), this.logEndOffset)
    this.#parts.producers.settleBelow(this.#highWatermark)
  }

  /** The high watermark, or the first offset of the oldest transaction that is not known to be decided below it. */
  get lastStableOffset(): number {
    return Math.min(this.#highWatermark, Math.max(this.#parts.producers.firstUnstableOffset, this.#logStartOffset))
  }

  /** -1 when the log knows no epoch. */
  get latestLeaderEpoch(): number {
    return this.#parts.epochs.latestEpoch
  }

  get sizeInBytes(): number {
    return this.#parts.local.segments.sizeInBytes
  }

  get config(): TopicConfig {
    return this.#parts.local.config
  }

  /** Its directory failed, or it was closed: everything answers KAFKA_STORAGE_ERROR. */
  get isOffline(): boolean {
    return this.#isClosed || this.#store.home.isOffline
  }

  updateConfig(config: TopicConfig): void {
    this.#parts.local.config = config
    if (!config.cleanupPolicy.compact) this.compaction.revoke()
  }

  /** The leader of `epoch` was elected: what comes next is appended under it (Kafka: assignEpochStartOffset). */
  beginEpoch(epoch: number): void {
    const { epochs } = this.#parts
    if (!this.isOffline && epoch > epochs.latestEpoch) epochs.assign(epoch, this.nextOffset)
  }

  /**
   * Validates, assigns offsets and queues; all that was queued in a turn is written at its end. The records are
   * patched where they are; what is kept of them is a copy. NOT_LEADER_OR_FOLLOWER while the log is being truncated.
   */
  append(records: Buffer, options: AppendOptions): AppendResult {
    if (this.isOffline) return refusedAppend(ErrorCode.KAFKA_STORAGE_ERROR)
    if (this.#hold) return refusedAppend(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    try {
      return options.origin === 'replication'
        ? appendReplicated(this.#parts, records, options.now, this.#logStartOffset)
        : appendAsLeader(this.#parts, records, options, this.#logStartOffset)
    } catch (error) {
      this.#store.failed(error)
      return refusedAppend(ErrorCode.KAFKA_STORAGE_ERROR)
    }
  }

  /** At once when the bytes are in memory. */
  read(options: ReadOptions): ReadResult | Promise<ReadResult> {
    return this.#store.reader.read(options)
  }

  /** For those who will not look at the `records` of a read any more: their memory may be used for another one. Once for each read. */
  giveBack(records: readonly Buffer[]): void {
    const { readBuffers, tailCache } = this.#parts.context
    for (const bytes of records) {
      readBuffers.giveBack(bytes)
      tailCache.giveBack(bytes)
    }
  }

  /** The first record below `upTo` with a timestamp of at least `timestamp`. */
  offsetForTimestamp(timestamp: number, upTo: number): Promise<TimestampOffset | null> {
    return this.#store.reader.offsetForTimestamp(timestamp, upTo)
  }

  /** The first record that has the largest timestamp of all below `upTo` (KIP-734). */
  maxTimestampOffset(upTo: number): Promise<TimestampOffset | null> {
    return this.#store.reader.maxTimestampOffset(upTo)
  }

  /** Leader epoch under which the record at `offset` was appended; -1 when unknown. */
  leaderEpochAt(offset: number): number {
    return this.#parts.epochs.epochForOffset(offset)
  }

  /** KIP-101 and KIP-279. */
  endOffsetForEpoch(epoch: number): EpochEndOffset {
    return this.#parts.epochs.endOffsetFor(epoch, this.logEndOffset)
  }

  /** Transactions aborted within what was read from `fromOffset` to `toOffset` (exclusive). */
  abortedTransactions(fromOffset: number, toOffset: number): readonly AbortedTransaction[] {
    return this.#store.reader.abortedTransactions(fromOffset, toOffset)
  }

  activeProducers(): ProducerDescription[] {
    return this.#parts.producers.describe()
  }

  /** Whether the producer has a transaction open, under `producerEpoch` if given. */
  hasOpenTransaction(producerId: number, producerEpoch?: number): boolean {
    return this.#parts.producers.hasOpenTransaction(producerId, producerEpoch)
  }

  /**
   * To be called before the coordinator is asked about the transaction that `batch` begins here. The guard goes with its append, which is
   * refused when an end marker came in between. `isNewEpoch`: every transaction of this producer has an epoch of its own.
   */
  beginVerification(batch: VerifiedBatch, isNewEpoch: boolean, now: number): number {
    return this.#parts.producers.beginVerification(batch, isNewEpoch, now)
  }

  /** Forgets producers that were silent for `producer.id.expiration.ms`. */
  expireProducers(now: number): void {
    this.#parts.producers.expire(now, this.#parts.context.producerIdExpirationMs())
  }

  /**
   * Moves the log start offset up to `offset`; the files follow with the next look for expired segments. NONE, OFFSET_OUT_OF_RANGE above
   * the high watermark, KAFKA_STORAGE_ERROR.
   */
  deleteRecordsBefore(offset: number): number {
    if (this.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR
    if (offset > this.#highWatermark) return ErrorCode.OFFSET_OUT_OF_RANGE
    this.#startAt(offset)
    void this.#store.home.saveSoon(LOG_START_OFFSET_CHECKPOINT)
    return ErrorCode.NONE
  }

  /** Deletes segments that retention has no use for; returns how many. */
  deleteExpiredSegments(now: number): number {
    if (this.isOffline || this.#hold || this.compaction.isUnderWay) return 0
    try {
      const { sizeInBytes } = this
      const { count, logStartOffset } = dropExpired(this.#parts, this, now)
      this.#parts.context.figures.deleted(count, sizeInBytes - this.sizeInBytes)
      this.#startAt(logStartOffset)
      return count
    } catch (error) {
      this.#store.failed(error)
      return 0
    }
  }

  /**
   * Drops all at and above `offset`, queued appends too; a batch that reaches across it goes as a whole. Nothing can be appended until
   * that is done.
   */
  truncateTo(offset: number): Promise<void> {
    return this.#exclusively(async () => {
      const endOffset = cutLog(this.#parts, offset)
      this.#logStartOffset = Math.min(this.#logStartOffset, endOffset)
      this.#highWatermark = Math.min(this.#highWatermark, endOffset)
      await settleAfterCut(this.#parts, this.#logStartOffset)
      await this.#store.home.saveSoon(RECOVERY_POINT_CHECKPOINT)
      await this.#store.home.saveSoon(LOG_START_OFFSET_CHECKPOINT)
    })
  }

  /**
   * Goes on with the files of `future`, a log in another directory, once `copyRest` has copied what that lacks. `onSwitched` gets the files
   * that are left behind, in the same turn; nothing changes when the copy fails (false). Nothing can be appended until that is done.
   */
  switchTo(
    future: PartitionLog,
    copyRest: () => Promise<boolean>,
    onSwitched: (left: LogStore) => void,
  ): Promise<void> {
    return this.#exclusively(async () => {
      if (!(await copyRest()) || this.isOffline || future.isOffline) return
      const left = this.#store
      this.#store = future.#store
      this.#store.succeed(left)
      this.#parts.producers.settleBelow(this.#highWatermark)
      left.abandon()
      onSwitched(left)
    })
  }

  /** The folder has been renamed. */
  movedTo(folder: string): void {
    this.#store.moveTo(folder)
  }

  /** Makes durable what has been appended up to now. A failure takes the directory offline. */
  flush(): Promise<void> {
    return this.#parts.local.flush()
  }

  /** The log has no topic id yet, as one that an older Kafka left behind. */
  adopt(topicId: string): void {
    this.#topicId = topicId
  }

  /** Writes all that is in memory, flushes and closes the files. Nothing may be asked of the log afterwards. */
  async close(): Promise<void> {
    this.compaction.revoke()
    while (this.#hold) await this.#hold
    await this.#store.close()
    this.#isClosed = true
  }

  /** The directory has failed, or the folder is about to go: the files are left as they are. */
  abandon(): void {
    this.#isClosed = true
    this.#store.abandon()
    this.onAdvance?.()
  }

  get #parts(): LogParts {
    return this.#store.parts
  }

  /** Runs `work` when everything is written; nothing is appended and nothing else done to the files meanwhile. */
  async #exclusively(work: () => Promise<void>): Promise<void> {
    while (this.#hold) await this.#hold
    if (this.isOffline) return
    this.#hold = this.#work(work)
    await this.#hold
  }

  async #work(work: () => Promise<void>): Promise<void> {
    const store = this.#store
    store.compaction.suspend()
    try {
      await store.parts.local.settle()
      if (!this.isOffline) await work()
    } catch (error) {
      store.failed(error)
    } finally {
      this.#hold = null
      store.compaction.resume()
    }
    this.onAdvance?.()
  }

  #startAt(offset: number): void {
    if (offset <= this.#logStartOffset) return
    this.#logStartOffset = offset
    this.#parts.epochs.truncateFromStart(offset)
    this.#parts.producers.settleBelow(offset)
  }
}

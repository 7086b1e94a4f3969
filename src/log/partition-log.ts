import type { TopicConfig } from '../config/topic-config'
import type { AppendOptions, AppendResult } from './log-append'
import type {
  AbortedTransaction,
  EpochEndOffset,
  ProducerDescription,
  ReadOptions,
  ReadResult,
  TimestampOffset,
} from './log-read'

export type { AppendOptions, AppendOrigin, AppendResult, RecordError } from './log-append'
export type * from './log-read'

/** One partition's log. */
export interface PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  /** Its entry of `log.dirs`. */
  readonly directory: string
  /** First readable offset. */
  readonly logStartOffset: number
  /** End of what has been written: what followers and acks=1 may see. */
  readonly logEndOffset: number
  /** Next offset to assign: counts appends queued in this turn, too. */
  readonly nextOffset: number
  /** Set by the partition; never above logEndOffset. */
  highWatermark: number
  /** The high watermark, or the first offset of the oldest open transaction below it. */
  readonly lastStableOffset: number
  /** -1 when the log knows no epoch. */
  readonly latestLeaderEpoch: number
  readonly sizeInBytes: number
  readonly config: TopicConfig
  /** Its directory failed: everything answers KAFKA_STORAGE_ERROR. */
  readonly isOffline: boolean
  /** Called after every change of logEndOffset, and when the log went offline. */
  onAdvance: (() => void) | null
  updateConfig(config: TopicConfig): void
  /** Validates, assigns offsets and queues; written at the end of the turn with all that was queued. The buffer becomes the log's. */
  append(records: Buffer, options: AppendOptions): AppendResult
  /** At once when the bytes are in memory. */
  read(options: ReadOptions): ReadResult | Promise<ReadResult>
  /** The first record below `upTo` with a timestamp of at least `timestamp`. */
  offsetForTimestamp(timestamp: number, upTo: number): Promise<TimestampOffset | null>
  /** The first record that has the largest timestamp of all below `upTo` (KIP-734). */
  maxTimestampOffset(upTo: number): Promise<TimestampOffset | null>
  /** Leader epoch under which the record at `offset` was appended; -1 when unknown. */
  leaderEpochAt(offset: number): number
  /** KIP-101 and KIP-279. */
  endOffsetForEpoch(epoch: number): EpochEndOffset
  /** Transactions aborted within what was read from `fromOffset` to `toOffset` (exclusive). */
  abortedTransactions(
    fromOffset: number,
    toOffset: number,
  ): readonly AbortedTransaction[] | Promise<readonly AbortedTransaction[]>
  activeProducers(): ProducerDescription[]
  /** Drops all at and above `offset`, queued appends too. */
  truncateTo(offset: number): Promise<void>
  /** Moves the log start offset up to `offset`: NONE, OFFSET_OUT_OF_RANGE above the high watermark, KAFKA_STORAGE_ERROR. */
  deleteRecordsBefore(offset: number): number
  flush(): Promise<void>
}

import type { Disk } from '../io/disk'
import type { EpochEndOffset } from './log-read'

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/**
 * Where each leader epoch begins in a log (Kafka: LeaderEpochFileCache), kept in the file `leader-epoch-checkpoint`. Changes are in memory
 * until `save`, which must come before the recovery point passes them, and at close.
 */
export declare class LeaderEpochCache {
  /** Reads the file; throws `DamagedFile` when it is malformed. */
  static load(disk: Disk, directory: string): LeaderEpochCache
  readonly isDirty: boolean
  readonly entries: readonly EpochEntry[]
  /** -1 when there is none. */
  readonly latestEpoch: number
  /** The epoch before `epoch`, -1 when there is none. */
  previousEpoch(epoch: number): number
  /** Epoch of the record at `offset`; -1 when unknown. */
  epochForOffset(offset: number): number
  /** `epoch` begins at `startOffset`; entries that contradict are dropped. Returns whether anything changed. */
  assign(epoch: number, startOffset: number): boolean
  /** Where `epoch` ends (KIP-101, KIP-279): the largest epoch at or below it with its end; both -1 when undefined. */
  endOffsetFor(epoch: number, logEndOffset: number): EpochEndOffset
  /** Drops epochs that begin at `endOffset` or above. */
  truncateFromEnd(endOffset: number): void
  /** Epochs that begin at or before `startOffset` shrink to one that begins there. */
  truncateFromStart(startOffset: number): void
  clear(): void
  /** Replaces the file if anything changed. */
  save(): void
  moveTo(directory: string): void
}

import type { Disk } from '../io/disk'
import { readCheckpoint, wholeNumber, writeCheckpoint } from './checkpoint-file'
import { DamagedFile } from './damaged-file'
import type { EpochEndOffset } from './log-read'

export const LEADER_EPOCH_CHECKPOINT = 'leader-epoch-checkpoint'

/** A leader epoch and the first offset written under it. */
export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

const UNDEFINED: EpochEndOffset = { leaderEpoch: -1, endOffset: -1 }

/**
 * Where each leader epoch begins in a log (Kafka's LeaderEpochFileCache), kept in the file `leader-epoch-checkpoint`. Epochs and start
 * offsets both ascend strictly.
 *
 * Changes are in memory until `save`, which must come before the recovery point passes them: batches above that tell their epochs again
 * when the log is recovered. An epoch that begins at the end of the log is not worth a file: nothing was written under it, and the leader
 * that comes after a restart begins a later one at the same offset.
 */
export class LeaderEpochCache {
  readonly #disk: Disk
  #path: string
  #entries: readonly EpochEntry[] = []
  /** What the file says. */
  #saved: readonly EpochEntry[] = []

  /** A cache without entries; `load` reads those of the file. */
  constructor(disk: Disk, directory: string) {
    this.#disk = disk
    this.#path = `${directory}/${LEADER_EPOCH_CHECKPOINT}`
  }

  /** Reads the file, if there is one. Throws `DamagedFile`. */
  static load(disk: Disk, directory: string): LeaderEpochCache {
    const cache = new LeaderEpochCache(disk, directory)
    cache.#saved = readEpochs(disk, cache.#path)
    for (const { epoch, startOffset } of cache.#saved) cache.assign(epoch, startOffset)
    return cache
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries
  }

  /** -1 when there is none. */
  get latestEpoch(): number {
    return this.#entries.at(-1)?.epoch ?? -1
  }

  /** The last epoch before `epoch`, -1 when there is none. */
  previousEpoch(epoch: number): number {
    return this.#entries.findLast(entry => entry.epoch < epoch)?.epoch ?? -1
  }

  /** Epoch under which `offset` was or would be written; -1 when it lies before all known ones. */
  epochForOffset(offset: number): number {
    return this.#entries.findLast(entry => entry.startOffset <= offset)?.epoch ?? -1
  }

  /**
   * `epoch` begins at `startOffset`, both 0 or above; entries that contradict are dropped. A later start of the latest epoch says nothing
   * new. Returns whether anything changed.
   */
  assign(epoch: number, startOffset: number): boolean {
    const latest = this.#entries.at(-1)
    if (latest && latest.epoch === epoch && latest.startOffset <= startOffset) return false
    const earlier = this.#entries.filter(entry => entry.epoch < epoch && entry.startOffset < startOffset)
    this.#entries = [...earlier, { epoch, startOffset }]
    return true
  }

  /**
   * Where `epoch` ends: the start of the next epoch, or `logEndOffset` of the latest one. Answers for the largest known epoch at or below
   * it; for `epoch` itself when all known ones are above; undefined (both -1) when all are below or there are none (KIP-101, KIP-279).
   */
  endOffsetFor(epoch: number, logEndOffset: number): EpochEndOffset {
    const latest = this.#entries.at(-1)
    if (epoch < 0 || !latest || epoch > latest.epoch) return UNDEFINED
    if (epoch === latest.epoch) return { leaderEpoch: epoch, endOffset: logEndOffset }
    const next = this.#entries.findIndex(entry => entry.epoch > epoch)
    return { leaderEpoch: this.#entries[next - 1]?.epoch ?? epoch, endOffset: this.#entries[next]!.startOffset }
  }

  /** Drops epochs that begin at `endOffset` or above. */
  truncateFromEnd(endOffset: number): void {
    this.#entries = this.#entries.filter(entry => entry.startOffset < endOffset)
  }

  /** Of epochs that begin at or before `startOffset` the last one stays and begins there. */
  truncateFromStart(startOffset: number): void {
    const first = this.#entries.findLast(entry => entry.startOffset <= startOffset)
    if (!first) return
    const later = this.#entries.filter(entry => entry.startOffset > startOffset)
    this.#entries = [{ epoch: first.epoch, startOffset }, ...later]
  }

  clear(): void {
    this.#entries = []
  }

  /** Knows what `other` knows, and nothing else. */
  adopt(other: LeaderEpochCache): void {
    this.#entries = other.#entries
  }

  /** Replaces the file if it says something else of the epochs of a log that ends at `logEndOffset`. */
  save(logEndOffset: number): void {
    const withRecords = this.#entries.filter(({ startOffset }) => startOffset < logEndOffset)
    if (isSame(withRecords, this.#saved)) return
    writeCheckpoint(
      this.#disk,
      this.#path,
      withRecords.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`),
    )
    this.#saved = withRecords
  }

  /** The folder has been renamed to `directory`. */
  moveTo(directory: string): void {
    this.#path = `${directory}/${LEADER_EPOCH_CHECKPOINT}`
  }
}

const isSame = (left: readonly EpochEntry[], right: readonly EpochEntry[]): boolean =>
  left.length === right.length &&
  left.every(({ epoch, startOffset }, n) => epoch === right[n]!.epoch && startOffset === right[n]!.startOffset)

/** The entries of a `leader-epoch-checkpoint`; none when it is absent. Throws `DamagedFile`. */
export const readEpochs = (disk: Disk, path: string): EpochEntry[] =>
  readCheckpoint(disk, path).map(fields => {
    const [epoch, startOffset] = fields
    if (fields.length !== 2) {
      throw new DamagedFile(path, `has ${JSON.stringify(fields.join(' '))} where epoch and start offset belong`)
    }
    return { epoch: wholeNumber(path, epoch), startOffset: wholeNumber(path, startOffset) }
  })

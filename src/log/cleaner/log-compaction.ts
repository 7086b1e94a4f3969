import type { LogParts } from '../log-parts'
import type { LogSegment } from '../log-segment'
import type { ProducerStateFields } from '../producer-state-entry'
import type { AbortedTransactionEntry } from '../transaction-index'
import { type CleanableSection, findCleanableSection } from './cleanable-section'

/** What the owner of a log knows of it. */
export interface CompactedLogState {
  readonly isOffline: boolean
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly lastStableOffset: number
}

/** The log has changed in a way that makes a run of the cleaner void. */
export class CompactionRevoked extends Error {
  override readonly name = 'CompactionRevoked'
}

/**
 * How far a log is compacted, and the right to go on with that, which one has at a time (Kafka: LogCleanerManager, by partition). Files
 * change only in `replace`, within one turn of the event loop, and only as long as the right was not revoked: by a truncation, or when the
 * log is closed, given up, or to be compacted no more.
 */
export class LogCompaction {
  /** Its files cannot be compacted because they are damaged. */
  isImpossible = false
  readonly #parts: LogParts
  readonly #state: CompactedLogState
  #cleanedUpTo: number
  #claim: CompactionClaim | null = null
  #isSuspended = false

  /** `cleanedUpTo`: from the checkpoint, -1 when that does not say. */
  constructor(parts: LogParts, state: CompactedLogState, cleanedUpTo: number) {
    this.#parts = parts
    this.#state = state
    this.#cleanedUpTo = Math.min(cleanedUpTo, state.logEndOffset)
  }

  /** Everything below was compacted; -1 when nothing was. */
  get cleanedUpTo(): number {
    return this.#cleanedUpTo
  }

  get isUnderWay(): boolean {
    return this.#claim !== null
  }

  /** The log is a copy of one that was compacted so far (Kafka: LogCleanerManager.alterCheckpointDir). */
  adopt({ cleanedUpTo }: LogCompaction): void {
    this.#cleanedUpTo = cleanedUpTo
  }

  /** What could be compacted next; null when nothing may be. May read the disk: throws `DiskError` and `DamagedFile`. */
  section(now: number): CleanableSection | null {
    const { segments, config } = this.#parts.local
    if (this.#cannotBegin || !config.cleanupPolicy.compact) return null
    const { logStartOffset, logEndOffset, lastStableOffset } = this.#state
    const { cleanedUpTo } = this
    return findCleanableSection({ segments, config, logStartOffset, logEndOffset, lastStableOffset, cleanedUpTo }, now)
  }

  /** The right to compact the log, until `release`; null when nobody may have it now. */
  claim(): CompactionClaim | null {
    if (this.#cannotBegin) return null
    this.#claim = new CompactionClaim(this.#parts, cleanedUpTo => this.#release(cleanedUpTo))
    return this.#claim
  }

  /** Whoever has the right loses it at once. */
  revoke(): void {
    this.#claim?.revoke()
    this.#claim = null
  }

  /** The log is about to be truncated. */
  suspend(): void {
    this.revoke()
    this.#isSuspended = true
  }

  /** The log was truncated. */
  resume(): void {
    this.#isSuspended = false
    this.#cleanedUpTo = Math.min(this.#cleanedUpTo, this.#state.logEndOffset)
  }

  get #cannotBegin(): boolean {
    return this.#state.isOffline || this.#isSuspended || this.isImpossible || this.isUnderWay
  }

  #release(cleanedUpTo: number): void {
    this.#cleanedUpTo = cleanedUpTo
    this.#claim = null
  }
}

/** The right to compact a log. All but `isRevoked` throws `CompactionRevoked` when it was lost. */
export class CompactionClaim {
  readonly #parts: LogParts
  readonly #onRelease: (cleanedUpTo: number) => void
  #isRevoked = false

  constructor(parts: LogParts, onRelease: (cleanedUpTo: number) => void) {
    this.#parts = parts
    this.#onRelease = onRelease
  }

  get isRevoked(): boolean {
    return this.#isRevoked
  }

  /** What the log consists of. */
  get parts(): LogParts {
    this.check()
    return this.#parts
  }

  check(): void {
    if (this.#isRevoked) throw new CompactionRevoked('the log was truncated, closed, or is to be compacted no more')
  }

  revoke(): void {
    this.#isRevoked = true
  }

  /** What the log remembers of its producers now. */
  producers(): readonly ProducerStateFields[] {
    return this.parts.producers.entries()
  }

  /** The aborted transactions that have records at or above `from` and below `to`. */
  abortedTransactions(from: number, to: number): readonly AbortedTransactionEntry[] {
    const { segments } = this.parts.local
    const aborted: AbortedTransactionEntry[] = []
    for (const segment of segments.overlapping(from, Number.POSITIVE_INFINITY)) {
      const { transactions, isComplete } = segment.transactionIndex.collect(from, to)
      aborted.push(...transactions)
      if (isComplete) break
    }
    return aborted
  }

  /** Puts `cleaned`, which is flushed, in the place of the segments it was made of. */
  replace(sources: readonly LogSegment[], cleaned: LogSegment): void {
    const { local, snapshots } = this.parts
    local.replaceSegments(sources, cleaned)
    const [, ...merged] = sources
    snapshots.removeWhere(offset => merged.some(({ baseOffset }) => baseOffset === offset))
  }

  /** Gives the right back. Everything below `cleanedUpTo` is compacted. */
  release(cleanedUpTo: number): void {
    if (!this.#isRevoked) this.#onRelease(cleanedUpTo)
    this.#isRevoked = true
  }
}

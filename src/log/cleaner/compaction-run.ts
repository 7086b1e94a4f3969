import { type BatchHeader, isControl } from '../../../protocol/records/batch-header'
import { readEndTransactionMarker } from '../../../protocol/records/control-record'
import { openRecords } from '../../../protocol/records/record-cursor'
import { DiskError } from '../../io/disk'
import type { LogSegment } from '../log-segment'
import { BatchFilter, MAX_DECOMPRESSED_BYTES, RECORDS_PER_LOOK } from './batch-filter'
import { type BatchReading, readBatches } from './batch-reader'
import type { CleanableSection } from './cleanable-section'
import { CleanedSegment } from './cleaned-segment'
import type { CleanerSettings } from './cleaner-settings'
import type { CleaningPace } from './cleaning-pace'
import type { CompactionClaim } from './log-compaction'
import { NO_ROOM, OffsetMap } from './offset-map'
import { groupSegments } from './segment-groups'
import { SupersededOffsets } from './superseded-offsets'
import { TransactionFates } from './transaction-fates'

const HASH_SECRET_BYTES = 16

export interface CompactionResult {
  /** Everything below is compacted now. */
  readonly cleanedUpTo: number
  readonly keys: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/**
 * One pass over a log (Kafka: Cleaner.doClean): finds the latest offset of each key in the section, as far as memory goes, then writes the
 * log anew up to there, group by group. Throws `CompactionRevoked`, `DiskError`, `DamagedFile` and InvalidBatch; the log is whole then.
 */
export class CompactionRun {
  readonly #claim: CompactionClaim
  readonly #section: CleanableSection
  readonly #pace: CleaningPace
  readonly #bufferBytes: number
  readonly #reading: BatchReading
  readonly #keys: OffsetMap
  readonly #superseded: SupersededOffsets | null
  readonly #now: number
  #bytesBefore = 0
  #bytesAfter = 0

  constructor(claim: CompactionClaim, section: CleanableSection, settings: CleanerSettings, pace: CleaningPace) {
    const { disk, random, clock } = claim.parts.context
    this.#claim = claim
    this.#section = section
    this.#pace = pace
    this.#bufferBytes = Math.max(1, settings.logCleanerIoBufferSize)
    // Each read makes a detour through the thread pool, which takes about as long as to copy a quarter of a mebibyte.
    this.#reading = { disk, pace, readBytes: 2 * this.#bufferBytes, check: () => claim.check() }
    this.#now = clock.now()
    this.#keys = new OffsetMap({
      maxBytes: settings.logCleanerDedupeBufferSize,
      loadFactor: settings.logCleanerIoBufferLoadFactor,
      keyCountMax: section.upTo - section.from,
      secret: random.bytes(HASH_SECRET_BYTES),
    })
    this.#superseded = SupersededOffsets.between(section.from, section.upTo)
  }

  async run(): Promise<CompactionResult> {
    await this.#flushed()
    await this.#collectKeys()
    const cleanedUpTo = this.#keys.latestOffset + 1
    await this.#rewrite(cleanedUpTo)
    return {
      cleanedUpTo,
      keys: this.#keys.size,
      bytesBefore: this.#bytesBefore,
      bytesAfter: this.#bytesAfter,
    }
  }

  /** An older record must not go before the one that supersedes it is safe. */
  async #flushed(): Promise<void> {
    const { local } = this.#claim.parts
    if (local.recoveryPoint < this.#section.upTo) await local.flush()
    this.#claim.check()
  }

  async #collectKeys(): Promise<void> {
    const { from, upTo } = this.#section
    const { segments } = this.#claim.parts.local
    const fates = new TransactionFates(this.#claim.abortedTransactions(from, upTo))
    let isFull = false
    const visit = async (header: BatchHeader, bytes: Buffer, at: number): Promise<boolean> => {
      isFull = !(await this.#collectKeysOf(header, bytes, at, fates))
      return !isFull
    }
    for (const segment of segments.overlapping(from, upTo)) {
      const endOffset = segments.higher(segment.baseOffset)!.baseOffset
      await readBatches(segment, Math.max(from, segment.baseOffset), visit, this.#reading)
      if (isFull) return
      this.#keys.advanceTo(endOffset - 1)
    }
  }

  /** False when there is no room for one more key. */
  async #collectKeysOf(header: BatchHeader, bytes: Buffer, at: number, fates: TransactionFates): Promise<boolean> {
    if (isControl(header.attributes)) {
      const marker = readEndTransactionMarker(bytes, at)
      if (marker) fates.sawMarker(header, marker)
    } else if (!fates.sawData(header)) {
      const records = openRecords(bytes, at, { maxBytes: MAX_DECOMPRESSED_BYTES })
      for (let n = 1; records.next(); n++) {
        const { buffer, keyStart, keyLength, offset } = records
        if (keyLength >= 0 && offset >= this.#section.from) {
          const before = this.#keys.put(buffer, keyStart, keyLength, offset)
          if (before === NO_ROOM) return false
          if (before >= 0) this.#superseded?.add(before)
        }
        if (n % RECORDS_PER_LOOK === 0 && this.#pace.isSliceOver) await this.#pace.pause()
      }
    }
    this.#keys.advanceTo(header.baseOffset + header.lastOffsetDelta)
    return true
  }

  async #rewrite(upTo: number): Promise<void> {
    const { local } = this.#claim.parts
    const segments = local.segments.overlapping(0, upTo)
    const endOffset = local.segments.higher(segments.at(-1)?.baseOffset ?? upTo)?.baseOffset ?? upTo
    let output: CleanedSegment
    const aborted = this.#claim.abortedTransactions(segments[0]!.baseOffset, endOffset)
    const fates = new TransactionFates(aborted, entry => output.segment.transactionIndex.append(entry))
    const filter = this.#filter(fates)
    for (const group of groupSegments(segments, local.config, endOffset)) {
      const last = group.findLast(({ sizeInBytes }) => sizeInBytes > 0)
      if (!last) continue
      output = new CleanedSegment(this.#claim.parts, group[0]!.baseOffset, this.#pace, this.#bufferBytes)
      await this.#rewriteGroup(group, last.readNextOffset(), filter, output)
    }
  }

  #filter(fates: TransactionFates): BatchFilter {
    const { deleteRetentionMs } = this.#claim.parts.local.config
    return new BatchFilter({
      keys: this.#keys,
      superseded: this.#superseded,
      fates,
      producers: this.#claim.producers(),
      pace: this.#pace,
      now: this.#now,
      deleteRetentionMs,
    })
  }

  async #rewriteGroup(
    group: readonly LogSegment[],
    endOffset: number,
    filter: BatchFilter,
    output: CleanedSegment,
  ): Promise<void> {
    const visit = async (header: BatchHeader, bytes: Buffer, at: number): Promise<boolean> => {
      const isEnd = header.baseOffset + header.lastOffsetDelta + 1 === endOffset
      const batch = await filter.filter(header, bytes, at, isEnd)
      if (batch) await output.append(batch)
      return true
    }
    try {
      for (const segment of group) await readBatches(segment, segment.baseOffset, visit, this.#reading)
      await output.finish()
      this.#claim.check()
    } catch (error) {
      discard(output.segment)
      throw error
    }
    for (const { sizeInBytes } of group) this.#bytesBefore += sizeInBytes
    this.#bytesAfter += output.segment.sizeInBytes
    this.#claim.replace(group, output.segment)
  }
}

/** What cannot be removed now is removed when the log is opened the next time. */
const discard = (segment: LogSegment): void => {
  try {
    segment.remove()
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
  }
}

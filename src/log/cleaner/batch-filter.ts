import { type BatchHeader, hasDeleteHorizon, isBatchCrcValid, isControl } from '../../../protocol/records/batch-header'
import { type EndTransactionMarker, readEndTransactionMarker } from '../../../protocol/records/control-record'
import { BatchStage, InvalidBatch } from '../../../protocol/records/invalid-batch'
import { openRecords, type RecordCursor } from '../../../protocol/records/record-cursor'
import type { ProducerStateFields } from '../producer-state-entry'
import type { CleaningPace } from './cleaning-pace'
import type { OffsetMap } from './offset-map'
import { emptiedBatch, RetainedRecords } from './retained-records'
import type { SupersededOffsets } from './superseded-offsets'
import type { TransactionFates } from './transaction-fates'

/** A batch that decompresses to more is not looked into. */
export const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024
/** Records between two looks at the clock. */
export const RECORDS_PER_LOOK = 128

export interface BatchFilterOptions {
  readonly keys: OffsetMap
  /** Of the offsets that `keys` was made of; null when there were too many. */
  readonly superseded: SupersededOffsets | null
  readonly fates: TransactionFates
  /** What the log remembers of its producers now. */
  readonly producers: readonly ProducerStateFields[]
  readonly pace: CleaningPace
  /** Wall-clock time. */
  readonly now: number
  /** How long tombstones and markers stay once they are of use to slow readers only. */
  readonly deleteRetentionMs: number
}

/**
 * Decides what stays of each batch of a log (Kafka: Cleaner.cleanInto, MemoryRecords.filterTo).
 *
 * - Of each key the record at its latest offset stays, without the tombstones whose time is over. Records without keys go.
 * - Data of aborted transactions goes. An end marker goes when nothing is left of its transaction, and its time is over.
 * - Time is over at the delete horizon of the batch, which it gets when it is first seen with a tombstone or with such a marker.
 * - The last batch of each active producer stays, if only as a header, since a recovery takes its sequence from there; a marker that is
 *   all that tells the epoch of its producer stays as it is.
 */
export class BatchFilter {
  readonly #options: BatchFilterOptions
  readonly #producers: ReadonlyMap<number, ProducerStateFields>

  constructor(options: BatchFilterOptions) {
    this.#options = options
    this.#producers = new Map(options.producers.map(producer => [producer.producerId, producer]))
  }

  /**
   * What is to stand for the batch: a part of `bytes`, a new buffer, or null for nothing. With `isEnd` at least the header stays, so that the
   * segment goes on to where it ended before. Throws InvalidBatch.
   */
  async filter(header: BatchHeader, bytes: Buffer, at: number, isEnd: boolean): Promise<Buffer | null> {
    if (!isBatchCrcValid(bytes, at)) {
      throw new InvalidBatch(BatchStage.CRC, `the checksum of the batch at offset ${header.baseOffset} is wrong`)
    }
    const stays = isControl(header.attributes) ? this.#marker(header, bytes, at) : await this.#data(header, bytes, at)
    return stays ?? (isEnd || this.#isLastOfProducer(header) ? emptiedBatch(header) : null)
  }

  #marker(header: BatchHeader, bytes: Buffer, at: number): Buffer | null {
    const whole = bytes.subarray(at, at + header.sizeInBytes)
    if (header.recordCount === 0) return null
    const marker: EndTransactionMarker | null = readEndTransactionMarker(bytes, at)
    const isNeeded = marker === null || !this.#options.fates.sawMarker(header, marker)
    if (isNeeded || this.#isLastOfProducer(header)) return whole
    const { now, deleteRetentionMs } = this.#options
    if (hasDeleteHorizon(header.attributes)) return header.baseTimestamp <= now ? null : whole
    const records = openRecords(bytes, at, { maxBytes: MAX_DECOMPRESSED_BYTES })
    const retained = new RetainedRecords(records.buffer)
    while (records.next()) retained.add(records)
    return retained.intoBatch(header, now + deleteRetentionMs)
  }

  async #data(header: BatchHeader, bytes: Buffer, at: number): Promise<Buffer | null> {
    if (this.#options.fates.sawData(header) || header.recordCount === 0 || this.#isSuperseded(header)) return null
    const records = openRecords(bytes, at, { maxBytes: MAX_DECOMPRESSED_BYTES })
    const retained = await this.#retain(header, records)
    if (retained.count === 0) return null
    const { now, deleteRetentionMs } = this.#options
    const isFirstSeen = retained.hasTombstone && !hasDeleteHorizon(header.attributes)
    if (retained.count === header.recordCount && !isFirstSeen) return bytes.subarray(at, at + header.sizeInBytes)
    return retained.intoBatch(header, isFirstSeen ? now + deleteRetentionMs : null)
  }

  async #retain(header: BatchHeader, records: RecordCursor): Promise<RetainedRecords> {
    const { pace, keys, now } = this.#options
    const retained = new RetainedRecords(records.buffer)
    const isOver = hasDeleteHorizon(header.attributes) && header.baseTimestamp <= now
    for (let n = 1; records.next(); n++) {
      if (this.#isRetained(records, keys, isOver)) retained.add(records)
      if (n % RECORDS_PER_LOOK === 0 && pace.isSliceOver) await pace.pause()
    }
    return retained
  }

  /** Whether all records of a batch are, which need not be looked at then. */
  #isSuperseded({ baseOffset, lastOffsetDelta, recordCount }: BatchHeader): boolean {
    const { superseded } = this.#options
    const lastOffset = baseOffset + lastOffsetDelta
    if (!superseded?.covers(baseOffset) || !superseded.covers(lastOffset)) return false
    return superseded.count(baseOffset, lastOffset) === recordCount
  }

  #isRetained(
    { buffer, offset, keyStart, keyLength, valueLength }: RecordCursor,
    keys: OffsetMap,
    isOver: boolean,
  ): boolean {
    if (offset > keys.latestOffset) return true
    if (keyLength < 0 || (isOver && valueLength < 0)) return false
    const { superseded } = this.#options
    return superseded?.covers(offset) ? !superseded.has(offset) : offset >= keys.get(buffer, keyStart, keyLength)
  }

  #isLastOfProducer({ producerId, producerEpoch, baseOffset, lastOffsetDelta, attributes }: BatchHeader): boolean {
    const producer = producerId < 0 ? undefined : this.#producers.get(producerId)
    if (!producer) return false
    if (producer.lastOffset >= 0) return producer.lastOffset === baseOffset + lastOffsetDelta
    return isControl(attributes) && producer.producerEpoch === producerEpoch
  }
}

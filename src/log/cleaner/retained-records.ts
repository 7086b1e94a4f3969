/** The records that stay of a batch, and the batch that is made of them. */
import { CompressionType, codecOf } from '../../../protocol/compression/codec'
import {
  BATCH_HEADER_SIZE,
  type BatchHeader,
  compressionOf,
  timestampTypeOf,
  withDeleteHorizon,
  withoutRecords,
  writeBatchHeader,
} from '../../../protocol/records/batch-header'
import type { RecordCursor } from '../../../protocol/records/record-cursor'
import { varintSize, writeVarint } from '../../../protocol/records/varint'

/** Numbers that are kept of a record: start and end of its bytes, its timestamp. */
const FIELDS = 3
const NO_TIMESTAMP = -1
const MORE_BYTES_FOLLOW = 0x80

export class RetainedRecords {
  /** Whether one of them is a tombstone. */
  hasTombstone = false
  readonly #source: Buffer
  readonly #fields: number[] = []
  #sizeInBytes = 0
  #maxTimestamp = NO_TIMESTAMP

  /** `source` holds the records. */
  constructor(source: Buffer) {
    this.#source = source
  }

  get count(): number {
    return this.#fields.length / FIELDS
  }

  /** The record at the cursor stays. */
  add({ start, end, timestamp, valueLength }: RecordCursor): void {
    this.#fields.push(start, end, timestamp)
    this.#sizeInBytes += end - start
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestamp)
    if (valueLength < 0) this.hasTombstone = true
  }

  /**
   * The batch with these records only: offsets, timestamps, producer and codec are those of the batch with this header. With a
   * `deleteHorizonMs` that becomes its base timestamp (KIP-534), null leaves what is there.
   */
  intoBatch(header: BatchHeader, deleteHorizonMs: number | null): Buffer {
    const plain = deleteHorizonMs === null ? this.#copied() : this.#rebased(deleteHorizonMs)
    const compression = compressionOf(header.attributes)
    const batch = compression === CompressionType.none ? plain : compress(plain, compression)
    const isLogAppendTime = timestampTypeOf(header.attributes) === 'LogAppendTime'
    writeBatchHeader(batch, 0, {
      ...header,
      sizeInBytes: batch.length,
      recordCount: this.count,
      maxTimestamp: isLogAppendTime ? header.maxTimestamp : this.#maxTimestamp,
      attributes: deleteHorizonMs === null ? header.attributes : withDeleteHorizon(header.attributes),
      baseTimestamp: deleteHorizonMs ?? header.baseTimestamp,
    })
    return batch
  }

  /** Records are relative to what stays as it is: their bytes do. */
  #copied(): Buffer {
    const batch = Buffer.allocUnsafe(BATCH_HEADER_SIZE + this.#sizeInBytes)
    const fields = this.#fields
    let at = BATCH_HEADER_SIZE
    for (let n = 0; n < fields.length; n += FIELDS) at += this.#source.copy(batch, at, fields[n]!, fields[n + 1]!)
    return batch
  }

  /** Of each record the timestamp is written anew, relative to another base, and hence the length. */
  #rebased(baseTimestamp: number): Buffer {
    const source = this.#source
    const fields = this.#fields
    const batch = Buffer.allocUnsafe(BATCH_HEADER_SIZE + this.#sizeInBytes + this.count * LARGEST_GROWTH)
    let at = BATCH_HEADER_SIZE
    for (let n = 0; n < fields.length; n += FIELDS) {
      const attributesAt = behindVarint(source, fields[n]!)
      const restAt = behindVarint(source, attributesAt + 1)
      const restLength = fields[n + 1]! - restAt
      const delta = fields[n + 2]! - baseTimestamp
      at = writeVarint(batch, at, 1 + varintSize(delta) + restLength)
      batch[at++] = source[attributesAt]!
      at = writeVarint(batch, at, delta)
      at += source.copy(batch, at, restAt, restAt + restLength)
    }
    return batch.subarray(0, at)
  }
}

/** A varint of 8 bytes in the place of one of 1, and a length that takes a byte more for it. */
const LARGEST_GROWTH = 8

/** The batch with this header when nothing stays of its records: it still tells of its offsets and its producer. */
export const emptiedBatch = (header: BatchHeader): Buffer => {
  const batch = Buffer.allocUnsafe(BATCH_HEADER_SIZE)
  writeBatchHeader(batch, 0, {
    ...header,
    sizeInBytes: BATCH_HEADER_SIZE,
    recordCount: 0,
    attributes: withoutRecords(header.attributes),
    baseTimestamp: NO_TIMESTAMP,
  })
  return batch
}

const compress = (batch: Buffer, compression: number): Buffer =>
  Buffer.concat([Buffer.alloc(BATCH_HEADER_SIZE), codecOf(compression).compress(batch.subarray(BATCH_HEADER_SIZE))])

const behindVarint = (bytes: Buffer, at: number): number => {
  let end = at
  while (bytes[end]! >= MORE_BYTES_FOLLOW) end++
  return end + 1
}

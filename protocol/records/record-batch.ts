import { CompressionType, codecOf } from '../compression/codec'
import {
  attributesFrom,
  BATCH_HEADER_SIZE,
  type BatchHeader,
  batchSizeAt,
  CURRENT_MAGIC,
  isBatchCrcValid,
  LOG_OVERHEAD,
  MAGIC_OFFSET,
  magicAt,
  readBatchHeader,
  type TimestampType,
  writeBatchHeader,
} from './batch-header'
import { BatchStage, InvalidBatch } from './invalid-batch'
import { type PlacedRecord, recordBodySize, writeRecord } from './record-bytes'
import { openRecords, type RecordHeader } from './record-cursor'
import { varintSize } from './varint'

/** The smallest length a batch or message of any magic declares: the overhead of a message of magic 0. */
const MIN_LENGTH = 14

/** A record to write. */
export interface RecordInput {
  /** Default null. */
  readonly key?: Buffer | null
  /** Default null. */
  readonly value?: Buffer | null
  readonly headers?: readonly RecordHeader[]
  /** In ms; default: the batch's base timestamp. */
  readonly timestamp?: number
  /** Absolute; default: that of the record before, plus one. */
  readonly offset?: number
}

/** A batch to write. All numbers are safe integers, and so are the differences between timestamps. */
export interface BatchInput {
  readonly records: readonly RecordInput[]
  /** Default 0. */
  readonly baseOffset?: number
  /** Default -1. */
  readonly partitionLeaderEpoch?: number
  /** A number of `CompressionType`, default none. */
  readonly compression?: number
  readonly compressionLevel?: number
  /** Default CreateTime. */
  readonly timestampType?: TimestampType
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  /** The base timestamp is the delete horizon (KIP-534). */
  readonly hasDeleteHorizon?: boolean
  /** In ms; default: the first record's timestamp, or -1. */
  readonly baseTimestamp?: number
  /** In ms; default: the greatest of the records' timestamps. With LogAppendTime, the time that readers see. */
  readonly maxTimestamp?: number
  /** Default: that of the last record. Set it where the records are fewer than they were. */
  readonly lastOffsetDelta?: number
  /** Default -1, as epoch and sequence. */
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
}

/** A record as read; the buffers are slices of the batch, or of its decompressed records. */
export interface DecodedRecord {
  /** Absolute. */
  readonly offset: number
  /** In ms; with LogAppendTime the batch's maxTimestamp. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/** A batch and where it starts in its buffer. */
export interface BatchAt {
  readonly position: number
  readonly header: BatchHeader
}

/**
 * The end of the batch or message, of any magic, that starts at `at`; -1 when the buffer ends before it does, as a
 * fetch response or a log after a crash may.
 * Throws InvalidBatch (stage HEADER) for a length or a magic that cannot be (Kafka's ByteBufferLogInputStream).
 */
export const batchEndAt = (buffer: Buffer, at: number): number => {
  if (at + LOG_OVERHEAD > buffer.length) return -1
  const size = batchSizeAt(buffer, at)
  if (size < LOG_OVERHEAD + MIN_LENGTH) {
    throw new InvalidBatch(BatchStage.HEADER, `a batch at byte ${at} declares ${size} bytes`)
  }
  if (at + MAGIC_OFFSET >= buffer.length) return -1
  const magic = magicAt(buffer, at)
  if (magic < 0 || magic > CURRENT_MAGIC) {
    throw new InvalidBatch(BatchStage.HEADER, `a batch at byte ${at} has magic ${magic}`)
  }
  return at + size > buffer.length ? -1 : at + size
}

/**
 * The complete batches of a buffer, in order; an incomplete one at the end is left out. Their checksums and records are
 * not looked at. Throws InvalidBatch (stage HEADER), also at a message of magic 0 or 1 (see `legacy-messages.ts`).
 */
export function* iterateBatches(buffer: Buffer): Generator<BatchAt, void> {
  let position = 0
  for (let end = batchEndAt(buffer, 0); end >= 0; end = batchEndAt(buffer, position)) {
    yield { position, header: readBatchHeader(buffer, position) }
    position = end
  }
}

/** Bytes of the complete batches at the start of the buffer. Throws as `iterateBatches`, but accepts every magic. */
export const validBytesOf = (buffer: Buffer): number => {
  let position = 0
  for (let end = batchEndAt(buffer, 0); end >= 0; end = batchEndAt(buffer, end)) position = end
  return position
}

/**
 * Reads the header of the batch at `at` and checks that the batch is all there and its checksum fits.
 * Throws InvalidBatch, stage HEADER or CRC (Kafka's DefaultRecordBatch.ensureValid).
 */
export const ensureValidBatch = (buffer: Buffer, at: number): BatchHeader => {
  const header = readBatchHeader(buffer, at)
  if (at + header.sizeInBytes > buffer.length) {
    throw new InvalidBatch(BatchStage.HEADER, `${buffer.length - at} bytes of a batch of ${header.sizeInBytes}`)
  }
  if (isBatchCrcValid(buffer, at)) return header
  throw new InvalidBatch(BatchStage.CRC, `the checksum of the batch at offset ${header.baseOffset} does not fit`)
}

/**
 * All records of the batch at `at`; decompressed they may take at most `maxBytes`. For anything that needs less than
 * all of it, `openRecords` walks without building objects. Throws InvalidBatch as `openRecords` and `RecordCursor.next`.
 */
export const decodeRecords = (buffer: Buffer, at: number, options: { readonly maxBytes: number }): DecodedRecord[] => {
  const cursor = openRecords(buffer, at, options)
  const records: DecodedRecord[] = []
  while (cursor.next()) {
    records.push({
      offset: cursor.offset,
      timestamp: cursor.timestamp,
      key: cursor.key(),
      value: cursor.value(),
      headers: cursor.headers(),
    })
  }
  return records
}

const placeRecords = (input: BatchInput, baseOffset: number, baseTimestamp: number): PlacedRecord[] => {
  let offset = baseOffset - 1
  return input.records.map(record => {
    offset = record.offset ?? offset + 1
    return {
      timestampDelta: (record.timestamp ?? baseTimestamp) - baseTimestamp,
      offsetDelta: offset - baseOffset,
      key: record.key ?? null,
      value: record.value ?? null,
      headers: record.headers ?? [],
    }
  })
}

/** The records' bytes behind `reserve` bytes of room for a header. */
const writeRecords = (records: readonly PlacedRecord[], reserve: number): Buffer => {
  const sizes = records.map(recordBodySize)
  const total = sizes.reduce((sum, size) => sum + varintSize(size) + size, reserve)
  const buffer = Buffer.allocUnsafe(total)
  let position = reserve
  records.forEach((record, i) => {
    position = writeRecord(buffer, position, record, sizes[i]!)
  })
  return buffer
}

const greatestTimestamp = (records: readonly PlacedRecord[], baseTimestamp: number): number =>
  records.reduce((max, record) => Math.max(max, baseTimestamp + record.timestampDelta), -1)

/** Writes a whole batch of magic 2, checksum included. */
export const encodeBatch = (input: BatchInput): Buffer => {
  const baseOffset = input.baseOffset ?? 0
  const baseTimestamp = input.baseTimestamp ?? input.records[0]?.timestamp ?? -1
  const compression = input.compression ?? CompressionType.none
  const records = placeRecords(input, baseOffset, baseTimestamp)
  let batch = writeRecords(records, BATCH_HEADER_SIZE)
  if (compression !== CompressionType.none) {
    const compressed = codecOf(compression).compress(batch.subarray(BATCH_HEADER_SIZE), input.compressionLevel)
    batch = Buffer.concat([batch.subarray(0, BATCH_HEADER_SIZE), compressed])
  }
  writeBatchHeader(batch, 0, {
    baseOffset,
    sizeInBytes: batch.length,
    partitionLeaderEpoch: input.partitionLeaderEpoch ?? -1,
    magic: CURRENT_MAGIC,
    attributes: attributesFrom({
      compression,
      timestampType: input.timestampType ?? 'CreateTime',
      isTransactional: input.isTransactional ?? false,
      isControl: input.isControl ?? false,
      hasDeleteHorizon: input.hasDeleteHorizon ?? false,
    }),
    lastOffsetDelta: input.lastOffsetDelta ?? records.at(-1)?.offsetDelta ?? 0,
    baseTimestamp,
    maxTimestamp: input.maxTimestamp ?? greatestTimestamp(records, baseTimestamp),
    producerId: input.producerId ?? -1,
    producerEpoch: input.producerEpoch ?? -1,
    baseSequence: input.baseSequence ?? -1,
    recordCount: records.length,
  })
  return batch
}

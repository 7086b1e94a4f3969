/**
 * The 61-byte header of a record batch of magic 2 (protocol guide, "Record Batch"; Kafka's DefaultRecordBatch).
 *
 * The functions that end in `At` read or patch one field of the batch that starts at `at`. They allocate nothing and
 * check no bounds: the caller knows that the header is there. int64 fields come as numbers; a value beyond
 * +-(2^53 - 1) is refused with InvalidBatch, never rounded.
 *
 * The checksum covers everything from the attributes on. Base offset and leader epoch lie before it, so a broker
 * patches them in place; LogAppendTime changes bytes inside and computes the checksum again.
 */
import { crc32c } from '../wire/crc32c'
import { BatchStage, InvalidBatch } from './invalid-batch'

/** Size of the header; the records follow it. */
export const BATCH_HEADER_SIZE = 61
/** Bytes of base offset and length, which the length itself does not count. */
export const LOG_OVERHEAD = 12
/** Position of the magic byte, the same in all versions of the format. */
export const MAGIC_OFFSET = 16
/** The only magic that is written and served. */
export const CURRENT_MAGIC = 2

const LENGTH = 8
const PARTITION_LEADER_EPOCH = 12
const CRC = 17
const ATTRIBUTES = 21
const LAST_OFFSET_DELTA = 23
const BASE_TIMESTAMP = 27
const MAX_TIMESTAMP = 35
const PRODUCER_ID = 43
const PRODUCER_EPOCH = 51
const BASE_SEQUENCE = 53
const RECORD_COUNT = 57

const COMPRESSION_MASK = 0x07
const TIMESTAMP_TYPE_FLAG = 0x08
const TRANSACTIONAL_FLAG = 0x10
const CONTROL_FLAG = 0x20
const DELETE_HORIZON_FLAG = 0x40

/** The fields of a header, in the order of the wire; all numbers are in the ranges of their wire types. */
export interface BatchHeader {
  readonly baseOffset: number
  /** Of the whole batch, with the 12 bytes of base offset and length. */
  readonly sizeInBytes: number
  readonly partitionLeaderEpoch: number
  readonly magic: number
  /** Unsigned. */
  readonly crc: number
  readonly attributes: number
  /** Offset of the last record, seen from the base offset; stays when the cleaner removes records. */
  readonly lastOffsetDelta: number
  /** Timestamp of the first record in ms, or the delete horizon where the attributes say so. */
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  /** -1 without idempotence. */
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordCount: number
}

const int32 = (buffer: Buffer, at: number): number =>
  (buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!

const int16 = (buffer: Buffer, at: number): number => ((buffer[at]! << 24) >> 16) | buffer[at + 1]!

const int64 = (buffer: Buffer, at: number): number => {
  const value = int32(buffer, at) * 0x1_0000_0000 + (int32(buffer, at + 4) >>> 0)
  if (Number.isSafeInteger(value)) return value
  throw new InvalidBatch(
    BatchStage.HEADER,
    `${buffer.readBigInt64BE(at)} at byte ${at} of a batch is beyond the integers up to 2^53 - 1`,
  )
}

export const baseOffsetAt = (buffer: Buffer, at: number): number => int64(buffer, at)

/** Size of the whole batch in bytes as its length field says, not checked: it may be negative or beyond the buffer. */
export const batchSizeAt = (buffer: Buffer, at: number): number => int32(buffer, at + LENGTH) + LOG_OVERHEAD

export const partitionLeaderEpochAt = (buffer: Buffer, at: number): number => int32(buffer, at + PARTITION_LEADER_EPOCH)

export const magicAt = (buffer: Buffer, at: number): number => (buffer[at + MAGIC_OFFSET]! << 24) >> 24

/** Unsigned. */
export const crcAt = (buffer: Buffer, at: number): number => int32(buffer, at + CRC) >>> 0

export const attributesAt = (buffer: Buffer, at: number): number => int16(buffer, at + ATTRIBUTES)

export const lastOffsetDeltaAt = (buffer: Buffer, at: number): number => int32(buffer, at + LAST_OFFSET_DELTA)

/** Offset of the last record: the next batch starts at least one above. */
export const lastOffsetAt = (buffer: Buffer, at: number): number =>
  baseOffsetAt(buffer, at) + lastOffsetDeltaAt(buffer, at)

export const baseTimestampAt = (buffer: Buffer, at: number): number => int64(buffer, at + BASE_TIMESTAMP)

export const maxTimestampAt = (buffer: Buffer, at: number): number => int64(buffer, at + MAX_TIMESTAMP)

export const producerIdAt = (buffer: Buffer, at: number): number => int64(buffer, at + PRODUCER_ID)

export const producerEpochAt = (buffer: Buffer, at: number): number => int16(buffer, at + PRODUCER_EPOCH)

export const baseSequenceAt = (buffer: Buffer, at: number): number => int32(buffer, at + BASE_SEQUENCE)

export const recordCountAt = (buffer: Buffer, at: number): number => int32(buffer, at + RECORD_COUNT)

/**
 * Reads the header of the batch at `at`.
 * Throws InvalidBatch (stage HEADER) when the buffer ends within the header, the magic is not 2, the length is smaller
 * than a header, or an int64 is out of range. That the whole batch is in the buffer is left to the caller.
 */
export const readBatchHeader = (buffer: Buffer, at: number): BatchHeader => {
  if (at < 0 || at + BATCH_HEADER_SIZE > buffer.length) {
    throw new InvalidBatch(BatchStage.HEADER, `the header of a batch needs ${BATCH_HEADER_SIZE} bytes at ${at}`)
  }
  const magic = magicAt(buffer, at)
  if (magic !== CURRENT_MAGIC) throw new InvalidBatch(BatchStage.HEADER, `magic ${magic} instead of ${CURRENT_MAGIC}`)
  const sizeInBytes = batchSizeAt(buffer, at)
  if (sizeInBytes < BATCH_HEADER_SIZE) {
    throw new InvalidBatch(BatchStage.HEADER, `a batch of ${sizeInBytes} bytes is smaller than its header`)
  }
  return {
    baseOffset: baseOffsetAt(buffer, at),
    sizeInBytes,
    partitionLeaderEpoch: partitionLeaderEpochAt(buffer, at),
    magic,
    crc: crcAt(buffer, at),
    attributes: attributesAt(buffer, at),
    lastOffsetDelta: lastOffsetDeltaAt(buffer, at),
    baseTimestamp: baseTimestampAt(buffer, at),
    maxTimestamp: maxTimestampAt(buffer, at),
    producerId: producerIdAt(buffer, at),
    producerEpoch: producerEpochAt(buffer, at),
    baseSequence: baseSequenceAt(buffer, at),
    recordCount: recordCountAt(buffer, at),
  }
}

/** Number of the codec; 5 to 7 fit into the bits and mean nothing. */
export const compressionOf = (attributes: number): number => attributes & COMPRESSION_MASK

/** Who sets the timestamps: the producer for each record, or the broker for the whole batch. */
export type TimestampType = 'CreateTime' | 'LogAppendTime'

export const timestampTypeOf = (attributes: number): TimestampType =>
  (attributes & TIMESTAMP_TYPE_FLAG) === 0 ? 'CreateTime' : 'LogAppendTime'

export const isTransactional = (attributes: number): boolean => (attributes & TRANSACTIONAL_FLAG) !== 0

/** The batch holds a marker for brokers and clients, no data. */
export const isControl = (attributes: number): boolean => (attributes & CONTROL_FLAG) !== 0

/** The base timestamp is the time from which on the cleaner may drop the batch's tombstones (KIP-534). */
export const hasDeleteHorizon = (attributes: number): boolean => (attributes & DELETE_HORIZON_FLAG) !== 0

/** The attributes of a batch whose base timestamp has become a delete horizon. */
export const withDeleteHorizon = (attributes: number): number => attributes | DELETE_HORIZON_FLAG

/** The attributes of a batch that has lost its records, and with them codec and delete horizon. */
export const withoutRecords = (attributes: number): number => attributes & ~(COMPRESSION_MASK | DELETE_HORIZON_FLAG)

export interface AttributeParts {
  readonly compression: number
  readonly timestampType: TimestampType
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly hasDeleteHorizon: boolean
}

/** The attributes' int16. */
export const attributesFrom = (parts: AttributeParts): number =>
  parts.compression |
  (parts.timestampType === 'LogAppendTime' ? TIMESTAMP_TYPE_FLAG : 0) |
  (parts.isTransactional ? TRANSACTIONAL_FLAG : 0) |
  (parts.isControl ? CONTROL_FLAG : 0) |
  (parts.hasDeleteHorizon ? DELETE_HORIZON_FLAG : 0)

const checksumAt = (buffer: Buffer, at: number): number =>
  crc32c(buffer.subarray(at + ATTRIBUTES, at + batchSizeAt(buffer, at)))

/** Whether the checksum fits. The whole batch must be in the buffer. */
export const isBatchCrcValid = (buffer: Buffer, at: number): boolean => checksumAt(buffer, at) === crcAt(buffer, at)

const writeInt64 = (buffer: Buffer, at: number, value: number): void => {
  buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at)
  buffer.writeUInt32BE(value >>> 0, at + 4)
}

/** Moves the batch to another offset; its records, relative to it, come along. */
export const patchBaseOffset = (buffer: Buffer, at: number, offset: number): void => writeInt64(buffer, at, offset)

export const patchLeaderEpoch = (buffer: Buffer, at: number, epoch: number): void => {
  buffer.writeInt32BE(epoch, at + PARTITION_LEADER_EPOCH)
}

/** Turns the batch into one of LogAppendTime at `timestamp` (ms); the whole batch must be in the buffer. */
export const patchLogAppendTime = (buffer: Buffer, at: number, timestamp: number): void => {
  buffer.writeInt16BE(attributesAt(buffer, at) | TIMESTAMP_TYPE_FLAG, at + ATTRIBUTES)
  writeInt64(buffer, at + MAX_TIMESTAMP, timestamp)
  buffer.writeUInt32BE(checksumAt(buffer, at), at + CRC)
}

/**
 * Writes the header of the batch at `at`, whose records are in the buffer already, with the checksum over all of it.
 * The CRC in `header` is ignored.
 */
export const writeBatchHeader = (buffer: Buffer, at: number, header: Omit<BatchHeader, 'crc'>): void => {
  writeInt64(buffer, at, header.baseOffset)
  buffer.writeInt32BE(header.sizeInBytes - LOG_OVERHEAD, at + LENGTH)
  buffer.writeInt32BE(header.partitionLeaderEpoch, at + PARTITION_LEADER_EPOCH)
  buffer.writeInt8(header.magic, at + MAGIC_OFFSET)
  buffer.writeInt16BE(header.attributes, at + ATTRIBUTES)
  buffer.writeInt32BE(header.lastOffsetDelta, at + LAST_OFFSET_DELTA)
  writeInt64(buffer, at + BASE_TIMESTAMP, header.baseTimestamp)
  writeInt64(buffer, at + MAX_TIMESTAMP, header.maxTimestamp)
  writeInt64(buffer, at + PRODUCER_ID, header.producerId)
  buffer.writeInt16BE(header.producerEpoch, at + PRODUCER_EPOCH)
  buffer.writeInt32BE(header.baseSequence, at + BASE_SEQUENCE)
  buffer.writeInt32BE(header.recordCount, at + RECORD_COUNT)
  buffer.writeUInt32BE(checksumAt(buffer, at), at + CRC)
}

const SEQUENCE_COUNT = 2 ** 31

/** `sequence` + `increment`, wrapping from 2^31 - 1 to 0 (Kafka's DefaultRecordBatch.incrementSequence). */
export const incrementSequence = (sequence: number, increment: number): number =>
  (sequence + increment) % SEQUENCE_COUNT

/** Sequence of the batch's last record, -1 when the batch has none. */
export const lastSequenceOf = (header: Pick<BatchHeader, 'baseSequence' | 'lastOffsetDelta'>): number =>
  header.baseSequence < 0 ? -1 : incrementSequence(header.baseSequence, header.lastOffsetDelta)

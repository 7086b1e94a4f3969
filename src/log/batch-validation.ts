/**
 * What a leader demands of a batch before it takes it (Kafka: ProduceRequest.validateRecords, UnifiedLog.analyzeAndValidateRecords,
 * LogValidator). Only the header and the checksum are looked at; records are decoded for compacted topics, and to name the bad ones when
 * the header shows that there are some.
 *
 * Deviations: the header's record count and timestamps are trusted against the records. A codec that does not exist is
 * UNSUPPORTED_COMPRESSION_TYPE. A batch that calls itself LogAppendTime is refused whatever the topic says.
 */
import { CompressionType } from '../../protocol/compression/codec'
import { ErrorCode } from '../../protocol/errors'
import {
  BATCH_HEADER_SIZE,
  type BatchHeader,
  CURRENT_MAGIC,
  compressionOf,
  isBatchCrcValid,
  isControl,
  magicAt,
  readBatchHeader,
  timestampTypeOf,
} from '../../protocol/records/batch-header'
import { BatchStage, InvalidBatch } from '../../protocol/records/invalid-batch'
import { batchEndAt } from '../../protocol/records/record-batch'
import { openRecords } from '../../protocol/records/record-cursor'
import type { TopicConfig } from '../config/topic-config'
import { AppendRefusal, type RecordError } from './log-append'

/** Limit in bytes of what a batch that has to be looked into may decompress to. */
export const DECOMPRESSED_BYTES_MAX = 128 * 1024 * 1024

/** What is known of the one who appends. */
export interface ValidationOptions {
  readonly isClient: boolean
  readonly config: TopicConfig
  readonly now: number
}

/** The header of the one batch in `records` (which may end with a piece of another), or why it is refused. */
export const validateBatch = (records: Buffer, options: ValidationOptions): BatchHeader | AppendRefusal => {
  try {
    const header = onlyBatch(records)
    if (header instanceof AppendRefusal) return header
    return checkBatch(records, header, options) ?? header
  } catch (error) {
    if (error instanceof InvalidBatch) return refusalOf(error)
    throw error
  }
}

const onlyBatch = (records: Buffer): BatchHeader | AppendRefusal => {
  const end = batchEndAt(records, 0)
  if (end < 0) return invalid('The request holds no complete batch.')
  const magic = magicAt(records, 0)
  if (magic !== CURRENT_MAGIC) return invalid(`Only batches of magic ${CURRENT_MAGIC} are accepted, not ${magic}.`)
  if (end < BATCH_HEADER_SIZE) return corrupt(`A batch of ${end} bytes is smaller than its header.`)
  if (end < records.length && batchEndAt(records, end) >= 0) return invalid('Only one batch per partition is accepted.')
  return readBatchHeader(records, 0)
}

const checkBatch = (records: Buffer, header: BatchHeader, options: ValidationOptions): AppendRefusal | null => {
  const { isClient, config } = options
  if (isClient && header.baseOffset !== 0) return invalid(`The base offset must be 0, not ${header.baseOffset}.`)
  if (header.sizeInBytes > config.maxMessageBytes) return tooLarge(header.sizeInBytes, config)
  if (!isBatchCrcValid(records, 0)) return corrupt('The checksum of the batch does not fit.')
  const codec = compressionOf(header.attributes)
  if (codec > CompressionType.zstd) {
    return new AppendRefusal(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, `There is no codec ${codec}.`)
  }
  return isClient ? (checkClientHeader(header) ?? checkRecords(records, header, options)) : null
}

const checkClientHeader = (header: BatchHeader): AppendRefusal | null => {
  const { recordCount, lastOffsetDelta } = header
  if (recordCount <= 0 || lastOffsetDelta !== recordCount - 1) {
    return invalid(`The batch counts ${recordCount} records, but its last offset delta is ${lastOffsetDelta}.`)
  }
  if (isControl(header.attributes)) return invalid('Clients may not write control records.')
  if (header.producerId >= 0 && header.baseSequence < 0) {
    return invalid(`The batch of producer ${header.producerId} has sequence ${header.baseSequence}.`)
  }
  if (timestampTypeOf(header.attributes) === 'LogAppendTime') {
    return badTimestamp('Producers may not set the timestamp type LogAppendTime.')
  }
  return null
}

const checkRecords = (records: Buffer, header: BatchHeader, options: ValidationOptions): AppendRefusal | null => {
  const isUntimely = !isTimely(header.maxTimestamp, options) || !isTimely(header.baseTimestamp, options)
  if (!isUntimely && !options.config.cleanupPolicy.compact) return null
  const refusal = refusalOfRecords(records, options)
  if (refusal || !isUntimely) return refusal
  return badTimestamp("The timestamps in the batch's header are out of bounds.")
}

/** Reads all records and lists the bad ones. */
const refusalOfRecords = (records: Buffer, options: ValidationOptions): AppendRefusal | null => {
  const { config } = options
  const recordErrors: RecordError[] = []
  let hasBadTimestamp = false
  const cursor = openRecords(records, 0, { maxBytes: DECOMPRESSED_BYTES_MAX })
  for (let batchIndex = 0; cursor.next(); batchIndex++) {
    if (config.cleanupPolicy.compact && cursor.keyLength < 0) {
      recordErrors.push({ batchIndex, batchIndexErrorMessage: 'A compacted topic takes no record without a key.' })
    } else if (!isTimely(cursor.timestamp, options)) {
      hasBadTimestamp = true
      recordErrors.push({ batchIndex, batchIndexErrorMessage: `Timestamp ${cursor.timestamp} is out of bounds.` })
    }
  }
  if (recordErrors.length === 0) return null
  return hasBadTimestamp
    ? badTimestamp('Records have timestamps out of bounds.', recordErrors)
    : invalid('Records without a key were sent to a compacted topic.', recordErrors)
}

/** Bounds hold for the times that producers set; -1 is none. */
const isTimely = (timestamp: number, { config, now }: ValidationOptions): boolean =>
  config.messageTimestampType === 'LogAppendTime' ||
  timestamp === -1 ||
  (now - timestamp <= config.messageTimestampBeforeMaxMs && timestamp - now <= config.messageTimestampAfterMaxMs)

export const tooLarge = (sizeInBytes: number, config: TopicConfig): AppendRefusal =>
  new AppendRefusal(
    ErrorCode.MESSAGE_TOO_LARGE,
    `A batch of ${sizeInBytes} bytes is larger than max.message.bytes, ${config.maxMessageBytes}.`,
  )

/** Damage that a retry may mend is CORRUPT_MESSAGE, what the producer did wrong is INVALID_RECORD. */
export const refusalOf = (error: InvalidBatch): AppendRefusal =>
  error.stage === BatchStage.HEADER || error.stage === BatchStage.CRC ? corrupt(error.message) : invalid(error.message)

const invalid = (message: string, recordErrors?: readonly RecordError[]): AppendRefusal =>
  new AppendRefusal(ErrorCode.INVALID_RECORD, message, recordErrors)

const badTimestamp = (message: string, recordErrors?: readonly RecordError[]): AppendRefusal =>
  new AppendRefusal(ErrorCode.INVALID_TIMESTAMP, message, recordErrors)

const corrupt = (message: string): AppendRefusal => new AppendRefusal(ErrorCode.CORRUPT_MESSAGE, message)

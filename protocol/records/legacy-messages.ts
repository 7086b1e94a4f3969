/**
 * Reads messages of magic 0 and 1, the formats before Kafka 0.11 (protocol guide, "Message sets"), so that old data
 * directories can be dumped and imported. Nothing writes them, and Produce refuses them with INVALID_RECORD, as Kafka
 * does since 4.0 (KIP-724).
 *
 * A compressed message holds further messages as its value and carries the offset of the last of them; inside, magic 0
 * has absolute offsets, magic 1 relative ones.
 */
import { CompressionType, codecOf } from '../compression/codec'
import { crc32 } from '../wire/crc32c'
import { MalformedMessage } from '../wire/malformed-message'
import {
  baseOffsetAt,
  batchSizeAt,
  compressionOf,
  LOG_OVERHEAD,
  MAGIC_OFFSET,
  magicAt,
  type TimestampType,
  timestampTypeOf,
} from './batch-header'
import { BatchStage, InvalidBatch } from './invalid-batch'
import { batchEndAt, type DecodedRecord } from './record-batch'

const NO_TIMESTAMP = -1

/** One message of magic 0 or 1 with what it holds: itself, or the messages compressed inside it. */
export interface LegacyMessage {
  /** Of the message itself; of a compressed one, the offset of the last record. */
  readonly offset: number
  readonly sizeInBytes: number
  readonly magic: number
  /** CRC-32, unsigned. */
  readonly crc: number
  readonly compression: number
  /** Magic 0 has no timestamps, which counts as CreateTime and -1. */
  readonly timestampType: TimestampType
  readonly timestamp: number
  readonly records: readonly DecodedRecord[]
}

interface Fields extends Omit<LegacyMessage, 'records'> {
  readonly key: Buffer | null
  readonly value: Buffer | null
}

const damaged = (message: string): InvalidBatch => new InvalidBatch(BatchStage.RECORDS, message)

const safeTimestampAt = (buffer: Buffer, at: number): number => {
  const timestamp = Number(buffer.readBigInt64BE(at))
  if (!Number.isSafeInteger(timestamp)) throw damaged(`a message has timestamp ${timestamp}`)
  return timestamp
}

const readFields = (buffer: Buffer, at: number): Fields => {
  const end = batchEndAt(buffer, at)
  if (end < 0) throw new InvalidBatch(BatchStage.HEADER, 'the buffer ends within a message')
  const magic = magicAt(buffer, at)
  if (magic > 1) throw new InvalidBatch(BatchStage.HEADER, `magic ${magic} in a message of magic 0 or 1`)
  const crc = buffer.readUInt32BE(at + LOG_OVERHEAD)
  if (crc32(buffer.subarray(at + MAGIC_OFFSET, end)) !== crc) {
    throw new InvalidBatch(BatchStage.CRC, 'the checksum of a message does not fit')
  }
  const attributes = buffer[at + MAGIC_OFFSET + 1]!
  let position = at + MAGIC_OFFSET + 2 + (magic === 0 ? 0 : 8)
  const readField = (): Buffer | null => {
    const start = position + 4
    if (start > end) throw damaged('a message ends within a length')
    const length = buffer.readInt32BE(position)
    position = start + Math.max(length, 0)
    if (position > end) throw damaged(`a field of ${length} bytes does not fit into its message`)
    return length < 0 ? null : buffer.subarray(start, position)
  }
  const key = readField()
  const value = readField()
  if (position !== end) throw damaged(`${end - position} bytes behind the value of a message`)
  return {
    offset: baseOffsetAt(buffer, at),
    sizeInBytes: batchSizeAt(buffer, at),
    magic,
    crc,
    compression: compressionOf(attributes),
    timestampType: magic === 0 ? 'CreateTime' : timestampTypeOf(attributes),
    timestamp: magic === 0 ? NO_TIMESTAMP : safeTimestampAt(buffer, at + MAGIC_OFFSET + 2),
    key,
    value,
  }
}

const recordOf = ({ offset, timestamp, key, value }: Fields): DecodedRecord => ({
  offset,
  timestamp,
  key,
  value,
  headers: [],
})

const decompress = (outer: Fields, maxBytes: number): Buffer => {
  if (outer.value === null) throw damaged('a compressed message is null')
  try {
    return codecOf(outer.compression).decompress(outer.value, maxBytes)
  } catch (error) {
    if (error instanceof MalformedMessage) throw new InvalidBatch(BatchStage.DECOMPRESSION, error.message)
    throw error
  }
}

const innerRecords = (outer: Fields, maxBytes: number): DecodedRecord[] => {
  const buffer = decompress(outer, maxBytes)
  const inner: Fields[] = []
  for (let at = 0; at < buffer.length; at += inner.at(-1)!.sizeInBytes) {
    const fields = readFields(buffer, at)
    if (fields.magic !== outer.magic) throw damaged(`magic ${fields.magic} inside a message of magic ${outer.magic}`)
    if (fields.compression !== CompressionType.none) throw damaged('a compressed message inside a compressed message')
    inner.push(fields)
  }
  const last = inner.at(-1)
  if (last === undefined) throw damaged('a compressed message is empty')
  const shift = outer.magic === 0 ? 0 : outer.offset - last.offset
  return inner.map(fields => ({
    ...recordOf(fields),
    offset: fields.offset + shift,
    timestamp: outer.timestampType === 'LogAppendTime' ? outer.timestamp : fields.timestamp,
  }))
}

/**
 * The message of magic 0 or 1 at `at`, its checksum and those of inner messages verified; what is compressed may give
 * at most `maxBytes`. Throws InvalidBatch.
 */
export const decodeLegacyMessage = (
  buffer: Buffer,
  at: number,
  options: { readonly maxBytes: number },
): LegacyMessage => {
  const fields = readFields(buffer, at)
  const { key, value, ...message } = fields
  const isCompressed = message.compression !== CompressionType.none
  return { ...message, records: isCompressed ? innerRecords(fields, options.maxBytes) : [recordOf(fields)] }
}

/**
 * Walks over the records of one batch of magic 2 without making an object per record (protocol guide, "Record").
 *
 * Invariants: a record lies between `start` and `end` of `buffer`, which is the batch's own buffer or, when the batch
 * is compressed, the decompressed records. Every length is checked against the end of its record, and the record
 * against the end of the records, before anything is taken from it; the batch must hold exactly as many records as its
 * header counts, and nothing behind them. What Kafka's DefaultRecord refuses is refused, with InvalidBatch.
 */
import { CompressionType, codecOf } from '../compression/codec'
import { MalformedMessage } from '../wire/malformed-message'
import { BATCH_HEADER_SIZE, type BatchHeader, compressionOf, readBatchHeader, timestampTypeOf } from './batch-header'
import { BatchStage, InvalidBatch } from './invalid-batch'

export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

export class RecordCursor {
  readonly buffer: Buffer
  /** Of the current record, absolute. */
  offset = -1
  /** Of the current record in ms; with LogAppendTime the batch's maxTimestamp, whatever the record says. */
  timestamp = -1
  /** Distance of the current record from the batch's base offset. */
  offsetDelta = -1
  /** The current record's bytes, its own length in front included. */
  start = 0
  end = 0
  keyStart = 0
  /** -1 for null. */
  keyLength = -1
  valueStart = 0
  /** -1 for null. */
  valueLength = -1
  /** Position of the first header, behind the number of headers. */
  headersStart = 0
  headerCount = 0

  readonly #header: BatchHeader
  readonly #isLogAppendTime: boolean
  readonly #limit: number
  #position: number
  #remaining: number

  /** The records of the batch with this header, uncompressed, from `start` to `limit` in `buffer`. */
  constructor(header: BatchHeader, buffer: Buffer, start: number, limit: number) {
    if (header.recordCount < 0) throw invalid(`a batch cannot have ${header.recordCount} records`)
    this.buffer = buffer
    this.#header = header
    this.#isLogAppendTime = timestampTypeOf(header.attributes) === 'LogAppendTime'
    this.#position = start
    this.#limit = limit
    this.#remaining = header.recordCount
  }

  /** Moves to the next record; false behind the last. Throws InvalidBatch (stage RECORDS). */
  next(): boolean {
    if (this.#remaining === 0) {
      if (this.#position === this.#limit) return false
      throw invalid(`${this.#limit - this.#position} bytes behind the ${this.#header.recordCount} records of a batch`)
    }
    if (this.#position === this.#limit) throw invalid(`${this.#remaining} records of a batch are missing`)
    this.#remaining--
    this.start = this.#position
    const length = this.#readVarint()
    this.end = this.#position + length
    if (length < 0 || this.end > this.#limit) throw invalid(`a record of ${length} bytes does not fit into its batch`)
    this.#position++ // attributes of a record have no meaning yet
    const timestampDelta = this.#readVarlong()
    this.offsetDelta = this.#readVarint()
    this.offset = this.#header.baseOffset + this.offsetDelta
    this.timestamp = this.#isLogAppendTime ? this.#header.maxTimestamp : this.#header.baseTimestamp + timestampDelta
    if (!Number.isSafeInteger(this.timestamp) || !Number.isSafeInteger(this.offset)) {
      throw invalid('the offset or the timestamp of a record is beyond the integers up to 2^53 - 1')
    }
    this.keyLength = this.#readLength()
    this.keyStart = this.#skip(this.keyLength)
    this.valueLength = this.#readLength()
    this.valueStart = this.#skip(this.valueLength)
    this.#walkHeaders()
    if (this.#position !== this.end) {
      throw invalid(`a record of ${length} bytes has its fields end ${this.#position - this.end} bytes off`)
    }
    return true
  }

  /** A slice of the current record's key, null when it has none. */
  key(): Buffer | null {
    return this.keyLength < 0 ? null : this.buffer.subarray(this.keyStart, this.keyStart + this.keyLength)
  }

  /** A slice of the current record's value, null for a tombstone. */
  value(): Buffer | null {
    return this.valueLength < 0 ? null : this.buffer.subarray(this.valueStart, this.valueStart + this.valueLength)
  }

  /** The current record's headers; keys may repeat. */
  headers(): RecordHeader[] {
    const headers: RecordHeader[] = []
    if (this.headerCount === 0) return headers
    this.#position = this.headersStart
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = this.#readLength()
      const keyStart = this.#skip(keyLength)
      const valueLength = this.#readLength()
      const valueStart = this.#skip(valueLength)
      headers.push({
        key: this.buffer.toString('utf8', keyStart, keyStart + keyLength),
        value: valueLength < 0 ? null : this.buffer.subarray(valueStart, valueStart + valueLength),
      })
    }
    return headers
  }

  #walkHeaders(): void {
    this.headerCount = this.#readVarint()
    this.headersStart = this.#position
    if (this.headerCount < 0) throw invalid(`a record cannot have ${this.headerCount} headers`)
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = this.#readLength()
      if (keyLength < 0) throw invalid('the key of a header is null')
      this.#skip(keyLength)
      this.#skip(this.#readLength())
    }
  }

  // Kafka takes every negative length for null.
  #readLength(): number {
    const length = this.#readVarint()
    return length < 0 ? -1 : length
  }

  #skip(length: number): number {
    const start = this.#position
    if (length > 0) this.#position += length
    if (this.#position > this.end) throw invalid(`a field of ${length} bytes does not fit into its record`)
    return start
  }

  // The two readers below may run past the end, even of the buffer, by the few bytes of one varint: reading there gives
  // undefined, which ends the varint, and the check that follows every read of a length notices the position.
  #readVarint(): number {
    const buffer = this.buffer
    let byte = buffer[this.#position++]!
    let value = byte & 0x7f
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 28) throw invalid('a varint has more than 5 bytes')
      byte = buffer[this.#position++]!
      value |= (byte & 0x7f) << shift
    }
    return (value >>> 1) ^ -(value & 1)
  }

  // Zigzag decoded while reading, sign bit first: the doubled value would leave the safe integers.
  #readVarlong(): number {
    const buffer = this.buffer
    const first = buffer[this.#position++]!
    let magnitude = (first & 0x7f) >>> 1
    let byte = first
    for (let size = 1, weight = 0x40; byte >= 0x80; size++, weight *= 0x80) {
      if (size === 10) throw invalid('a varlong has more than 10 bytes')
      byte = buffer[this.#position++]!
      magnitude += (byte & 0x7f) * weight
    }
    if (magnitude > Number.MAX_SAFE_INTEGER) throw invalid('a timestamp delta is beyond 2^53 - 1')
    return (first & 1) === 0 ? magnitude : -1 - magnitude
  }
}

const invalid = (message: string): InvalidBatch => new InvalidBatch(BatchStage.RECORDS, message)

const decompress = (header: BatchHeader, compressed: Buffer, maxBytes: number): Buffer => {
  try {
    return codecOf(compressionOf(header.attributes)).decompress(compressed, maxBytes)
  } catch (error) {
    if (error instanceof MalformedMessage) throw new InvalidBatch(BatchStage.DECOMPRESSION, error.message)
    throw error
  }
}

/**
 * Opens the records of the batch at `at`, decompressing them when they are compressed, to at most `maxBytes`.
 * Throws InvalidBatch: stage HEADER when the header is damaged or the buffer ends within the batch, DECOMPRESSION, or
 * RECORDS for a negative number of records. The checksum is not looked at.
 */
export const openRecords = (buffer: Buffer, at: number, options: { readonly maxBytes: number }): RecordCursor => {
  const header = readBatchHeader(buffer, at)
  const end = at + header.sizeInBytes
  if (end > buffer.length) {
    throw new InvalidBatch(BatchStage.HEADER, `${buffer.length - at} bytes of a batch of ${header.sizeInBytes}`)
  }
  const start = at + BATCH_HEADER_SIZE
  if (compressionOf(header.attributes) === CompressionType.none) return new RecordCursor(header, buffer, start, end)
  const records = decompress(header, buffer.subarray(start, end), options.maxBytes)
  return new RecordCursor(header, records, 0, records.length)
}

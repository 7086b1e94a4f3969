/** The bytes of records inside a batch of magic 2 (protocol guide, "Record"): measured first, then written in place. */
import type { RecordHeader } from './record-cursor'
import { varintSize, writeVarint } from './varint'

/** One record, with everything relative to its batch worked out. */
export interface PlacedRecord {
  readonly timestampDelta: number
  readonly offsetDelta: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

const fieldSize = (field: Buffer | null): number =>
  field === null ? varintSize(-1) : varintSize(field.length) + field.length

const stringSize = (text: string): number => {
  const length = Buffer.byteLength(text)
  return varintSize(length) + length
}

/** Bytes of the record without its length in front. */
export const recordBodySize = (record: PlacedRecord): number => {
  let size = 1 + varintSize(record.timestampDelta) + varintSize(record.offsetDelta)
  size += fieldSize(record.key) + fieldSize(record.value) + varintSize(record.headers.length)
  for (const header of record.headers) size += stringSize(header.key) + fieldSize(header.value)
  return size
}

const writeField = (buffer: Buffer, at: number, field: Buffer | null): number => {
  if (field === null) return writeVarint(buffer, at, -1)
  const start = writeVarint(buffer, at, field.length)
  field.copy(buffer, start)
  return start + field.length
}

const writeString = (buffer: Buffer, at: number, text: string): number => {
  const start = writeVarint(buffer, at, Buffer.byteLength(text))
  return start + buffer.write(text, start)
}

/** Writes the record, `bodySize` from `recordBodySize` in front, and returns the position behind it. */
export const writeRecord = (buffer: Buffer, at: number, record: PlacedRecord, bodySize: number): number => {
  let position = writeVarint(buffer, at, bodySize)
  buffer[position++] = 0 // attributes of a record have no meaning yet
  position = writeVarint(buffer, position, record.timestampDelta)
  position = writeVarint(buffer, position, record.offsetDelta)
  position = writeField(buffer, position, record.key)
  position = writeField(buffer, position, record.value)
  position = writeVarint(buffer, position, record.headers.length)
  for (const header of record.headers) {
    position = writeString(buffer, position, header.key)
    position = writeField(buffer, position, header.value)
  }
  return position
}

import { CompressionType } from '../../protocol/compression/codec'
import {
  BATCH_HEADER_SIZE,
  batchSizeAt,
  CURRENT_MAGIC,
  compressionOf,
  hasDeleteHorizon,
  isBatchCrcValid,
  isControl,
  isTransactional,
  LOG_OVERHEAD,
  MAGIC_OFFSET,
  magicAt,
  timestampTypeOf,
} from '../../protocol/records/batch-header'
import { batchHeaderLayout } from '../../protocol/records/layouts'
import { decodeLegacyMessage } from '../../protocol/records/legacy-messages'
import { openRecords } from '../../protocol/records/record-cursor'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import type { Disk, DiskFile } from '../io/disk'
import { FileWindow } from '../log/file-window'
import { controlRecordText, dataRecordText, type RecordsByType } from './dump-record'
import { bytesText, timeText } from './dump-text'

const GULP_BYTES = 1024 * 1024
/** Smallest part of a batch or message that tells its size and format. */
const PREFIX_SIZE = MAGIC_OFFSET + 1
const MAX_DECOMPRESSED_BYTES = 1024 * 1024 * 1024

export interface BatchDumpOptions {
  /** Whether to print the records, too. */
  readonly records: boolean
  readonly recordsByType: RecordsByType
}

/**
 * The batches of a .log file, a line for each, and its records below it. A batch with a wrong checksum is said to be so and shown; where
 * no next batch can be found, the rest of the file is not.
 */
export async function* dumpBatches(disk: Disk, path: string, options: BatchDumpOptions): AsyncGenerator<string> {
  const file = disk.open(path, 'read')
  try {
    yield* batchesOf(file, options)
  } finally {
    file.close()
  }
}

async function* batchesOf(file: DiskFile, options: BatchDumpOptions): AsyncGenerator<string> {
  const end = file.size()
  const window = new FileWindow(file, end, GULP_BYTES)
  let position = 0
  while (position < end) {
    const remainingBytes = end - position
    if (remainingBytes >= PREFIX_SIZE && !window.covers(position, PREFIX_SIZE)) await window.load(position, PREFIX_SIZE)
    const problem =
      remainingBytes < PREFIX_SIZE
        ? 'too few bytes for a batch'
        : sizeProblem(window.bytes, window.indexOf(position), remainingBytes)
    if (problem !== null) {
      yield `damaged at position ${position}: ${problem}; the last ${remainingBytes} bytes are not shown`
      return
    }
    const size = batchSizeAt(window.bytes, window.indexOf(position))
    if (!window.covers(position, size)) await window.load(position, size)
    const at = window.indexOf(position)
    yield* magicAt(window.bytes, at) === CURRENT_MAGIC
      ? batchLines(window.bytes, at, position, options)
      : legacyLines(window.bytes, at, position, options)
    position += size
  }
}

const sizeProblem = (bytes: Buffer, at: number, remainingBytes: number): string | null => {
  const magic = magicAt(bytes, at)
  const size = batchSizeAt(bytes, at)
  if (magic < 0 || magic > CURRENT_MAGIC) return `magic ${magic} is not known`
  if (size < (magic === CURRENT_MAGIC ? BATCH_HEADER_SIZE : PREFIX_SIZE)) return `a batch of ${size} bytes is too small`
  return size > remainingBytes ? `a batch of ${size} bytes goes beyond the end` : null
}

function* batchLines(bytes: Buffer, at: number, position: number, options: BatchDumpOptions): Generator<string> {
  const header = batchHeaderLayout.parse(bytes.subarray(at, at + BATCH_HEADER_SIZE))
  const { attributes, lastOffsetDelta, recordCount, producerId, baseSequence } = header
  const idempotent = `producer ${producerId} epoch ${header.producerEpoch} sequence ${baseSequence}`
  yield [
    `position ${position}: offsets ${header.baseOffset} to ${header.baseOffset + BigInt(lastOffsetDelta)}`,
    `${recordCount} ${recordCount === 1 ? 'record' : 'records'}`,
    `${header.batchLength + LOG_OVERHEAD} bytes`,
    `${timestampTypeOf(attributes)} ${timeText(header.maxTimestamp)}`,
    `leader epoch ${header.partitionLeaderEpoch}`,
    ...(producerId === -1n ? [] : [idempotent]),
    ...(compressionOf(attributes) === 0 ? [] : [codecName(compressionOf(attributes))]),
    ...(isTransactional(attributes) ? ['transactional'] : []),
    ...(isControl(attributes) ? ['control'] : []),
    ...(hasDeleteHorizon(attributes) ? [`delete horizon ${timeText(header.baseTimestamp)}`] : []),
    `crc ${header.crc}`,
  ].join(', ')
  if (!isBatchCrcValid(bytes, at)) yield `damaged at position ${position}: the checksum of the batch is wrong`
  if (options.records) yield* recordLines(bytes, at, position, isControl(attributes), options.recordsByType)
}

function* recordLines(
  bytes: Buffer,
  at: number,
  position: number,
  isControlBatch: boolean,
  recordsByType: RecordsByType,
): Generator<string> {
  try {
    const cursor = openRecords(bytes, at, { maxBytes: MAX_DECOMPRESSED_BYTES })
    while (cursor.next()) {
      const text = isControlBatch ? controlRecordText(cursor) : dataRecordText(cursor, recordsByType)
      yield `  ${cursor.offset} ${timeText(cursor.timestamp)} ${text}`
    }
  } catch (error) {
    yield damagedRecords(position, error)
  }
}

function* legacyLines(bytes: Buffer, at: number, position: number, options: BatchDumpOptions): Generator<string> {
  try {
    const message = decodeLegacyMessage(bytes, at, { maxBytes: MAX_DECOMPRESSED_BYTES })
    const { records, timestamp, compression } = message
    yield [
      `position ${position}: offsets ${records[0]!.offset} to ${message.offset}`,
      `${records.length} ${records.length === 1 ? 'record' : 'records'}`,
      `${message.sizeInBytes} bytes`,
      `${message.timestampType} ${timeText(timestamp)}`,
      ...(compression === 0 ? [] : [codecName(compression)]),
      `magic ${message.magic}`,
      `crc ${message.crc}`,
    ].join(', ')
    if (!options.records) return
    for (const record of records) {
      yield `  ${record.offset} ${timeText(record.timestamp)} key ${bytesText(record.key)}, value ${bytesText(record.value)}`
    }
  } catch (error) {
    yield damagedRecords(position, error)
  }
}

const damagedRecords = (position: number, error: unknown): string => {
  if (error instanceof MalformedMessage || error instanceof RangeError) {
    return `damaged at position ${position}: ${error.message}`
  }
  throw error
}

const codecName = (id: number): string =>
  Object.entries(CompressionType).find(([, number]) => number === id)?.[0] ?? `codec ${id}`

/** Indexes and producer snapshots, a line for each entry. */

import {
  offsetIndexEntryLayout,
  producerSnapshotLayout,
  timeIndexEntryLayout,
  transactionIndexEntryLayout,
} from '../../protocol/records/layouts'
import { crc32c } from '../../protocol/wire/crc32c'
import { timeText } from './dump-text'

const SNAPSHOT_VERSION = 1
const SNAPSHOT_COUNT = 6
const SNAPSHOT_HEADER_SIZE = 10
const SNAPSHOT_ENTRY_SIZE = 46

export function* dumpOffsetIndex(bytes: Buffer, baseOffset: number): Generator<string> {
  let last = { relativeOffset: -1, position: -1 }
  yield* entriesOf(bytes, 8, (entryBytes, at) => {
    const entry = offsetIndexEntryLayout.parse(entryBytes)
    const isAscending = entry.relativeOffset > last.relativeOffset && entry.position > last.position
    last = entry
    return [
      `offset ${baseOffset + entry.relativeOffset} at position ${entry.position}`,
      ...(isAscending ? [] : [notAscending(at)]),
    ]
  })
}

export function* dumpTimeIndex(bytes: Buffer, baseOffset: number): Generator<string> {
  let last = { timestamp: -1n, relativeOffset: -1 }
  yield* entriesOf(bytes, 12, (entryBytes, at) => {
    const entry = timeIndexEntryLayout.parse(entryBytes)
    const isAscending = entry.timestamp > last.timestamp && entry.relativeOffset > last.relativeOffset
    last = entry
    return [
      `timestamp ${timeText(entry.timestamp)} up to offset ${baseOffset + entry.relativeOffset}`,
      ...(isAscending ? [] : [notAscending(at)]),
    ]
  })
}

export function* dumpTransactionIndex(bytes: Buffer): Generator<string> {
  let lastMarker = -1n
  yield* entriesOf(bytes, 34, (entryBytes, at) => {
    const entry = transactionIndexEntryLayout.parse(entryBytes)
    const isAscending = entry.lastOffset > lastMarker
    lastMarker = entry.lastOffset
    return [
      `producer ${entry.producerId} aborted offsets ${entry.firstOffset} to ${entry.lastOffset}, last stable offset ${entry.lastStableOffset}`,
      ...(entry.version === 0 ? [] : [`damaged at position ${at}: version ${entry.version} is not known`]),
      ...(isAscending ? [] : [notAscending(at)]),
    ]
  })
}

export function* dumpProducerSnapshot(bytes: Buffer): Generator<string> {
  const problem = snapshotProblem(bytes)
  if (problem !== null) yield `damaged: ${problem}`
  if (bytes.length < SNAPSHOT_HEADER_SIZE) return
  const present = Math.floor((bytes.length - SNAPSHOT_HEADER_SIZE) / SNAPSHOT_ENTRY_SIZE)
  const whole = Buffer.from(bytes)
  whole.writeInt32BE(Math.max(0, Math.min(present, bytes.readInt32BE(SNAPSHOT_COUNT))), SNAPSHOT_COUNT)
  for (const entry of producerSnapshotLayout.parse(whole).producerEntries) {
    const firstOffset = entry.lastOffset - BigInt(entry.offsetDelta)
    const lastBatch = `offsets ${firstOffset} to ${entry.lastOffset} up to sequence ${entry.lastSequence}`
    yield [
      `producer ${entry.producerId} epoch ${entry.epoch}`,
      entry.lastSequence < 0 ? 'no batch' : `last batch ${lastBatch}`,
      timeText(entry.timestamp),
      `coordinator epoch ${entry.coordinatorEpoch}`,
      entry.currentTxnFirstOffset < 0n ? 'no transaction' : `transaction from offset ${entry.currentTxnFirstOffset}`,
    ].join(', ')
  }
}

const snapshotProblem = (bytes: Buffer): string | null => {
  if (bytes.length < SNAPSHOT_HEADER_SIZE) return `${bytes.length} bytes are too few for a snapshot`
  const version = bytes.readInt16BE(0)
  const count = bytes.readInt32BE(SNAPSHOT_COUNT)
  if (version !== SNAPSHOT_VERSION) return `version ${version} is not known`
  if (bytes.length !== SNAPSHOT_HEADER_SIZE + count * SNAPSHOT_ENTRY_SIZE) {
    return `${bytes.length} bytes do not fit ${count} producers`
  }
  return bytes.readUInt32BE(2) === crc32c(bytes.subarray(SNAPSHOT_COUNT)) ? null : 'the checksum is wrong'
}

/** The entries up to the zeros at the end, which a running Kafka preallocates. */
function* entriesOf(
  bytes: Buffer,
  entrySize: number,
  linesOf: (entry: Buffer, at: number) => readonly string[],
): Generator<string> {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length -= 1
  const isOneEntry = bytes.length === entrySize
  const end = isOneEntry ? entrySize : Math.ceil(length / entrySize) * entrySize
  let at = 0
  for (; at + entrySize <= Math.min(end, bytes.length); at += entrySize) {
    yield* linesOf(bytes.subarray(at, at + entrySize), at)
  }
  if (at < end) yield `damaged at position ${at}: ${bytes.length - at} bytes are no whole entry`
  else if (at < bytes.length) yield `${bytes.length - at} bytes not in use`
}

const notAscending = (at: number): string => `damaged at position ${at}: the entry is not above the one before`

/**
 * The content of a `.snapshot` file: what a log remembers of its producers at one offset. Big-endian: version int16, CRC-32C of all that
 * follows it uint32, number of entries int32, entries of 46 bytes (Kafka: ProducerSnapshot).
 */
import { crc32c } from '../../protocol/wire/crc32c'
import type { ProducerStateFields } from './producer-state-entry'

const VERSION = 1
const CRC = 2
const COUNT = 6
const ENTRIES = 10
const ENTRY_SIZE = 46

export const encodeProducerSnapshot = (entries: readonly ProducerStateFields[]): Buffer => {
  const buffer = Buffer.alloc(ENTRIES + entries.length * ENTRY_SIZE)
  buffer.writeInt16BE(VERSION, 0)
  buffer.writeInt32BE(entries.length, COUNT)
  let at = ENTRIES
  for (const entry of entries) {
    buffer.writeBigInt64BE(BigInt(entry.producerId), at)
    buffer.writeInt16BE(entry.producerEpoch, at + 8)
    buffer.writeInt32BE(entry.lastSequence, at + 10)
    buffer.writeBigInt64BE(BigInt(entry.lastOffset), at + 14)
    buffer.writeInt32BE(entry.offsetDelta, at + 22)
    buffer.writeBigInt64BE(BigInt(entry.timestamp), at + 26)
    buffer.writeInt32BE(entry.coordinatorEpoch, at + 34)
    buffer.writeBigInt64BE(BigInt(entry.currentTxnFirstOffset), at + 38)
    at += ENTRY_SIZE
  }
  buffer.writeUInt32BE(crc32c(buffer.subarray(COUNT)), CRC)
  return buffer
}

/** null when the file is damaged, cut off or of another version: an older snapshot and the log itself hold the same. */
export const decodeProducerSnapshot = (buffer: Buffer): ProducerStateFields[] | null => {
  if (buffer.length < ENTRIES || buffer.readInt16BE(0) !== VERSION) return null
  const count = buffer.readInt32BE(COUNT)
  if (buffer.length !== ENTRIES + count * ENTRY_SIZE || buffer.readUInt32BE(CRC) !== crc32c(buffer.subarray(COUNT))) {
    return null
  }
  const entries: ProducerStateFields[] = []
  for (let at = ENTRIES; at < buffer.length; at += ENTRY_SIZE) {
    entries.push({
      producerId: Number(buffer.readBigInt64BE(at)),
      producerEpoch: buffer.readInt16BE(at + 8),
      lastSequence: buffer.readInt32BE(at + 10),
      lastOffset: Number(buffer.readBigInt64BE(at + 14)),
      offsetDelta: buffer.readInt32BE(at + 22),
      timestamp: Number(buffer.readBigInt64BE(at + 26)),
      coordinatorEpoch: buffer.readInt32BE(at + 34),
      currentTxnFirstOffset: Number(buffer.readBigInt64BE(at + 38)),
    })
  }
  return entries
}

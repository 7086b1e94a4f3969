/**
 * The fixed-layout structures of a partition's files, described with binary-parser: an independent second reader for
 * tests, and the reader of `odradek dump`, which prints whatever stands in a file. Not for the hot path. int64 fields
 * are bigint, as a damaged file may hold any value.
 */
import { Parser } from 'binary-parser'

const bigEndian = (): Parser => new Parser().endianness('big')

/** Header of a record batch of magic 2; the names are those of `BatchHeader`, but for `batchLength`. */
export const batchHeaderLayout = bigEndian()
  .int64('baseOffset')
  .int32('batchLength')
  .int32('partitionLeaderEpoch')
  .int8('magic')
  .uint32('crc')
  .int16('attributes')
  .int32('lastOffsetDelta')
  .int64('baseTimestamp')
  .int64('maxTimestamp')
  .int64('producerId')
  .int16('producerEpoch')
  .int32('baseSequence')
  .int32('recordCount')

/** Entry of a `.index` file. */
export const offsetIndexEntryLayout = bigEndian().int32('relativeOffset').int32('position')

/** Entry of a `.timeindex` file. */
export const timeIndexEntryLayout = bigEndian().int64('timestamp').int32('relativeOffset')

/** Entry of a `.txnindex` file: one aborted transaction. */
export const transactionIndexEntryLayout = bigEndian()
  .int16('version')
  .int64('producerId')
  .int64('firstOffset')
  .int64('lastOffset')
  .int64('lastStableOffset')

const producerEntryLayout = bigEndian()
  .int64('producerId')
  .int16('epoch')
  .int32('lastSequence')
  .int64('lastOffset')
  .int32('offsetDelta')
  .int64('timestamp')
  .int32('coordinatorEpoch')
  .int64('currentTxnFirstOffset')

/** A whole `.snapshot` file; the CRC-32C covers what follows it. */
export const producerSnapshotLayout = bigEndian()
  .int16('version')
  .uint32('crc')
  .int32('entryCount')
  .array('producerEntries', { type: producerEntryLayout, length: 'entryCount' })

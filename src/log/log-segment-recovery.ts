import {
  type BatchHeader,
  batchSizeAt,
  CURRENT_MAGIC,
  isBatchCrcValid,
  MAGIC_OFFSET,
  readBatchHeader,
} from '../../protocol/records/batch-header'
import { crc32 } from '../../protocol/wire/crc32c'
import type { DiskFile } from '../io/disk'
import { damagedAt, walkBatches } from './batch-walk'
import { MAX_RELATIVE_OFFSET } from './offset-index'

/** Called for each batch, in order. `bytes` holds the whole batch at `at`; it is reused, copy what must be kept. */
export type BatchVisitor = (header: BatchHeader, bytes: Buffer, at: number) => void

export interface ScanOptions {
  readonly visit: BatchVisitor
  /** Awaited between slices of about 256 KiB: the place to let others run and to report progress. */
  readonly afterSlice?: (scannedBytes: number) => Promise<void>
}

export interface SegmentRecovery {
  readonly validBytes: number
  /** Bytes cut off at the end. */
  readonly truncatedBytes: number
  /** Why they were cut off, null when nothing was. */
  readonly reason: string | null
  /** Offset behind the last batch; the base offset when there is none. */
  readonly nextOffset: number
}

/**
 * Checks the batches of a .log file up to the first bad one, from which on the caller is to cut the file. `accept` is told of each good
 * batch and its position.
 *
 * The checksum does not cover offsets, so they are checked by themselves: each batch begins above the last, within reach of the base
 * offset. Throws `DamagedFile` for what must not be cut away as damage: messages of the formats before magic 2.
 */
export const recoverBatches = async (
  file: DiskFile,
  { baseOffset, end }: { readonly baseOffset: number; readonly end: number },
  accept: (header: BatchHeader, bytes: Buffer, at: number, position: number) => void,
  afterSlice?: (scannedBytes: number) => Promise<void>,
): Promise<SegmentRecovery> => {
  let nextOffset = baseOffset
  const visit = (bytes: Buffer, at: number, position: number): string | null => {
    const header = readBatchHeader(bytes, at)
    const lastOffset = header.baseOffset + header.lastOffsetDelta
    if (!isBatchCrcValid(bytes, at)) return `the checksum of the batch at offset ${header.baseOffset} is wrong`
    if (header.lastOffsetDelta < 0 || header.baseOffset < nextOffset) {
      return `a batch with offsets ${header.baseOffset} to ${lastOffset} follows offset ${nextOffset - 1}`
    }
    if (lastOffset - baseOffset > MAX_RELATIVE_OFFSET) return `offset ${lastOffset} is out of reach of ${baseOffset}`
    accept(header, bytes, at, position)
    nextOffset = lastOffset + 1
    return null
  }
  const { position, reason } = await walkBatches(file, { from: 0, end }, visit, afterSlice)
  if (position < end) refuseLegacyMessage(file, position, end)
  return { validBytes: position, truncatedBytes: end - position, reason, nextOffset }
}

/** Where the checksum begins that messages of magic 0 and 1 have over all that follows it. */
const LEGACY_CRC = 12
/** Overhead of the smallest message of magic 0. */
const LEGACY_MESSAGE_SIZE_MIN = 26

const refuseLegacyMessage = (file: DiskFile, position: number, end: number): void => {
  const header = Buffer.alloc(Math.min(LEGACY_MESSAGE_SIZE_MIN, end - position))
  file.readSync(header, position)
  if (header.length < LEGACY_MESSAGE_SIZE_MIN) return
  const magic = header[MAGIC_OFFSET]!
  const size = batchSizeAt(header, 0)
  if (magic >= CURRENT_MAGIC || size < LEGACY_MESSAGE_SIZE_MIN || size > end - position) return
  const message = Buffer.allocUnsafeSlow(size)
  file.readSync(message, position)
  if (crc32(message.subarray(MAGIC_OFFSET)) !== message.readUInt32BE(LEGACY_CRC)) return
  throw damagedAt(file, position, `holds messages of the old format with magic ${magic}, which only Kafka 3 converts`)
}

import { ErrorCode } from '../../protocol/errors'
import { isControl, isTransactional } from '../../protocol/records/batch-header'
import { ControlRecordType, controlTypeOf } from '../../protocol/records/control-record'
import { iterateBatches } from '../../protocol/records/record-batch'
import { openRecords } from '../../protocol/records/record-cursor'
import type { Timers } from '../io/timers'
import type { Partition } from '../replication/partition'
import { CoordinatorFailure, type CoordinatorShard } from './coordinator-shard'

export interface LoadOptions {
  /** Offset of the first record to replay. */
  readonly from: number
  readonly timers: Timers
  /** Bytes to read at once; more than 1 MiB counts as 1 MiB, so that other work gets its turn. */
  readonly bufferBytes?: number
  /** False when the load may end early. */
  readonly isWanted: () => boolean
}

const BUFFER_BYTES_MAX = 1024 * 1024
const DECOMPRESSED_BYTES_MAX = 128 * 1024 * 1024

/**
 * Replays a log into a shard, up to where it ends now, in slices that let other work of the event loop through. Returns the offset behind
 * what was replayed.
 * @throws CoordinatorFailure when the log cannot be read
 */
export const loadShard = async (
  partition: Partition,
  shard: CoordinatorShard,
  { from, timers, bufferBytes = BUFFER_BYTES_MAX, isWanted }: LoadOptions,
): Promise<number> => {
  const { log } = partition
  const end = log.nextOffset
  // What was appended in this turn cannot be read before it is written.
  if (end > log.logEndOffset) await written(partition, end - 1)
  const maxBytes = Math.min(bufferBytes, BUFFER_BYTES_MAX)
  let offset = from
  while (offset < end && isWanted()) {
    const { truncations } = log
    const read = await log.read({ offset, maxBytes, upTo: end, minOneBatch: true })
    if (read.errorCode !== ErrorCode.NONE) throw new CoordinatorFailure(read.errorCode)
    // A read across a compaction returns nothing, and is repeated.
    if (read.nextOffset <= offset && log.truncations === truncations) {
      throw new Error(`nothing can be read at offset ${offset} of ${log.folder}`)
    }
    for (const buffer of read.records) replayBatches(buffer, shard)
    offset = read.nextOffset
    await new Promise<void>(resolve => timers.endOfTurn(resolve))
  }
  return offset
}

const written = (partition: Partition, offset: number): Promise<void> =>
  new Promise((resolve, reject) => {
    partition.whenAcknowledged(offset, 1, errorCode => {
      if (errorCode === ErrorCode.NONE) resolve()
      else reject(new CoordinatorFailure(errorCode))
    })
  })

/** Replays all batches of a buffer. */
const replayBatches = (buffer: Buffer, shard: CoordinatorShard): void => {
  for (const { position, header } of iterateBatches(buffer)) {
    const { attributes, producerId, producerEpoch, sizeInBytes } = header
    // A shard keeps slices of what it is given, and they must not keep the whole buffer alive.
    const batch = Buffer.allocUnsafeSlow(sizeInBytes)
    buffer.copy(batch, 0, position, position + sizeInBytes)
    const transaction = isTransactional(attributes) ? { producerId, producerEpoch } : null
    const cursor = openRecords(batch, 0, { maxBytes: DECOMPRESSED_BYTES_MAX })
    while (cursor.next()) {
      const key = cursor.key()
      if (isControl(attributes)) replayControl(shard, key, { producerId, producerEpoch })
      else if (key !== null) shard.replay({ key, value: cursor.value(), transaction })
    }
  }
}

const replayControl = (
  shard: CoordinatorShard,
  key: Buffer | null,
  producer: { readonly producerId: number; readonly producerEpoch: number },
): void => {
  const type = controlTypeOf(key)
  if (type === ControlRecordType.COMMIT) shard.replayMarker(producer, true)
  if (type === ControlRecordType.ABORT) shard.replayMarker(producer, false)
}

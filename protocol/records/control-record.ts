/**
 * Control records: what brokers write into partitions for brokers and clients (protocol guide, "Control Batches";
 * KIP-98). The key is a version and a type, both int16; the value depends on the type.
 */
import { BATCH_HEADER_SIZE, isControl, readBatchHeader } from './batch-header'
import { BatchStage, InvalidBatch } from './invalid-batch'
import { encodeBatch } from './record-batch'
import { openRecords } from './record-cursor'

/** ABORT and COMMIT end a transaction; the others occur in the metadata log only. */
export const ControlRecordType = {
  ABORT: 0,
  COMMIT: 1,
  LEADER_CHANGE: 2,
  SNAPSHOT_HEADER: 3,
  SNAPSHOT_FOOTER: 4,
  KRAFT_VERSION: 5,
  KRAFT_VOTERS: 6,
} as const

const KEY_SIZE = 4
const END_MARKER_VALUE_SIZE = 6
/** A control batch holds one short record; no decompressed one may be larger. */
const CONTROL_RECORDS_MAX = 64 * 1024

/** The end of one producer's transaction in one partition. */
export interface EndTransactionMarker {
  readonly isCommit: boolean
  /** Epoch of the transaction coordinator that wrote it. */
  readonly coordinatorEpoch: number
}

export interface EndTransactionBatch extends EndTransactionMarker {
  readonly producerId: number
  readonly producerEpoch: number
  /** In ms. */
  readonly timestamp: number
}

const damaged = (message: string): InvalidBatch => new InvalidBatch(BatchStage.RECORDS, message)

/** The type in the key of a control record, which need not be one of `ControlRecordType`. Throws InvalidBatch. */
export const controlTypeOf = (key: Buffer | null): number => {
  if (key === null || key.length < KEY_SIZE) throw damaged('the key of a control record is too short')
  const version = key.readInt16BE(0)
  if (version < 0) throw damaged(`the key of a control record has version ${version}`)
  return key.readInt16BE(2)
}

/** A whole batch with one end marker, at offset 0 and without leader epoch: the log that appends it sets both. */
export const encodeEndTransactionMarker = (marker: EndTransactionBatch): Buffer => {
  const key = Buffer.alloc(KEY_SIZE)
  key.writeInt16BE(marker.isCommit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, 2)
  const value = Buffer.alloc(END_MARKER_VALUE_SIZE)
  value.writeInt32BE(marker.coordinatorEpoch, 2)
  return encodeBatch({
    isTransactional: true,
    isControl: true,
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    records: [{ key, value, timestamp: marker.timestamp }],
  })
}

/**
 * The end marker in the batch at `at`; null when the batch is no control batch, is empty (compacted) or holds another
 * type. Throws InvalidBatch as `openRecords`, and for a damaged marker.
 */
export const readEndTransactionMarker = (buffer: Buffer, at: number): EndTransactionMarker | null => {
  const header = readBatchHeader(buffer, at)
  if (!isControl(header.attributes) || header.sizeInBytes === BATCH_HEADER_SIZE) return null
  const records = openRecords(buffer, at, { maxBytes: CONTROL_RECORDS_MAX })
  if (!records.next()) return null
  const type = controlTypeOf(records.key())
  if (type !== ControlRecordType.ABORT && type !== ControlRecordType.COMMIT) return null
  const value = records.value()
  if (value === null || value.length < END_MARKER_VALUE_SIZE) throw damaged('the value of an end marker is too short')
  const version = value.readInt16BE(0)
  if (version < 0) throw damaged(`the value of an end marker has version ${version}`)
  return { isCommit: type === ControlRecordType.COMMIT, coordinatorEpoch: value.readInt32BE(2) }
}

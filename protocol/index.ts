/** Kafka's wire protocol: messages as data, codecs made from them, record batches, compression. */
export { ApiKey, type ApiName } from './api-keys'
export { type Codec, type CompressionName, CompressionType, codecOf } from './compression/codec'
export { ErrorCode, type ErrorName, errorName, isRetriable } from './errors'
export {
  type AddressedRequest,
  encodeRequest,
  encodeResponse,
  type RequestOrigin,
  readRequestHeader,
  readResponseHeader,
} from './frames'
export * from './messages'
export {
  BATCH_HEADER_SIZE,
  type BatchHeader,
  compressionOf,
  isBatchCrcValid,
  isControl,
  isTransactional,
  readBatchHeader,
  type TimestampType,
  timestampTypeOf,
} from './records/batch-header'
export {
  ControlRecordType,
  controlTypeOf,
  type EndTransactionMarker,
  encodeEndTransactionMarker,
  readEndTransactionMarker,
} from './records/control-record'
export { BatchStage, InvalidBatch } from './records/invalid-batch'
export { decodeLegacyMessage, type LegacyMessage } from './records/legacy-messages'
export {
  type BatchAt,
  type BatchInput,
  batchEndAt,
  type DecodedRecord,
  decodeRecords,
  encodeBatch,
  ensureValidBatch,
  iterateBatches,
  type RecordInput,
  validBytesOf,
} from './records/record-batch'
export { openRecords, RecordCursor, type RecordHeader } from './records/record-cursor'
// The name of a record may also be that of an API (OffsetCommit), so records have a name in front.
export * as recordsOnDisk from './records-on-disk'
export { type Api, api, requestHeaderVersion, responseHeaderVersion } from './schema/api'
export { readerOf, writerOf } from './schema/codec'
export {
  type CoordinatorRecord,
  coordinatorRecord,
  decodeRecordKey,
  decodeRecordValue,
  encodeRecordKey,
  encodeRecordValue,
  recordTypeOf,
} from './schema/coordinator-record'
export {
  type FieldDefinition,
  fields,
  type InputOf,
  type MessageDefinition,
  type MessageOf,
  message,
} from './schema/message'
export { crc32c, crc32cOf } from './wire/crc32c'
export { FrameSplitter } from './wire/frame-splitter'
export { MalformedMessage } from './wire/malformed-message'
export { Reader } from './wire/reader'
export { ZERO_UUID } from './wire/uuid'
export { Writer } from './wire/writer'

/** Kafka's wire protocol: messages as data, codecs made from them, record batches, compression. */
export { ApiKey, type ApiName } from './api-keys'
export { ErrorCode, type ErrorName, errorName, isRetriable } from './errors'
export { apiByKey, apis } from './messages'
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
export { FrameSplitter } from './wire/frame-splitter'
export { MalformedMessage } from './wire/malformed-message'
export { Reader } from './wire/reader'
export { ZERO_UUID } from './wire/uuid'
export { Writer } from './wire/writer'

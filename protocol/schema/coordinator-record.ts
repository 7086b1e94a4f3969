import { MalformedMessage } from '../wire/malformed-message'
import { Reader } from '../wire/reader'
import { Writer } from '../wire/writer'
import { readerOf, writerOf } from './codec'
import type { InputOf, MessageDefinition, MessageOf } from './message'
import { includesVersion, parseVersions } from './versions'

/** Keys have one version: whatever changed in them became another type of record. */
const KEY_VERSION = 0

/**
 * One kind of record in the log of a coordinator. Its key starts with an int16, the type; its value starts with an int16, the version of
 * the value. A record without a value (null) deletes what its key names.
 */
export interface CoordinatorRecord<
  Key extends MessageDefinition = MessageDefinition,
  Value extends MessageDefinition = MessageDefinition,
> {
  readonly type: number
  readonly key: Key
  readonly value: Value
}

export const coordinatorRecord = <Key extends MessageDefinition, Value extends MessageDefinition>(
  record: CoordinatorRecord<Key, Value>,
): CoordinatorRecord<Key, Value> => record

/** The type in front of the key of a record: look it up among the records of its log. Throws MalformedMessage when it is cut off. */
export const recordTypeOf = (key: Buffer): number => new Reader(key).int16()

export const encodeRecordKey = <Key extends MessageDefinition>(
  { type, key }: CoordinatorRecord<Key>,
  value: InputOf<Key>,
): Buffer => encode(type, writer => writerOf(key, KEY_VERSION)(writer, value))

/** In the highest version unless another is asked for. */
export const encodeRecordValue = <Value extends MessageDefinition>(
  { value: definition }: CoordinatorRecord<MessageDefinition, Value>,
  value: InputOf<Value>,
  version = parseVersions(definition.versions)[1],
): Buffer => encode(version, writer => writerOf(definition, version)(writer, value))

/** Throws MalformedMessage when `bytes` are not a key of this kind of record. */
export const decodeRecordKey = <Key extends MessageDefinition>(
  { type, key }: CoordinatorRecord<Key>,
  bytes: Buffer,
): MessageOf<Key> => {
  const reader = new Reader(bytes)
  const found = reader.int16()
  if (found !== type) throw new MalformedMessage(`a key of type ${found} is not a ${key.name}`)
  return readerOf(key, KEY_VERSION)(reader)
}

/** Throws MalformedMessage when `bytes` are not such a value in a version that is known. */
export const decodeRecordValue = <Value extends MessageDefinition>(
  { value }: CoordinatorRecord<MessageDefinition, Value>,
  bytes: Buffer,
): MessageOf<Value> => {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (!includesVersion(value.versions, version)) throw new MalformedMessage(`${value.name} of version ${version}`)
  return readerOf(value, version)(reader)
}

const encode = (prefix: number, write: (writer: Writer) => void): Buffer => {
  const writer = new Writer(128)
  writer.int16(prefix)
  write(writer)
  const chunks = writer.finish()
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

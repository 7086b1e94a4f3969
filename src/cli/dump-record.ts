import { ControlRecordType, controlTypeOf } from '../../protocol/records/control-record'
import type { RecordCursor } from '../../protocol/records/record-cursor'
import { groupRecords, shareRecords, transactionRecords } from '../../protocol/records-on-disk'
import {
  EndTxnMarker,
  KRaftVersionRecord,
  LeaderChangeMessage,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from '../../protocol/records-on-disk/control-records'
import { readerOf } from '../../protocol/schema/codec'
import {
  type CoordinatorRecord,
  decodeRecordKey,
  decodeRecordValue,
  recordTypeOf,
} from '../../protocol/schema/coordinator-record'
import type { MessageDefinition } from '../../protocol/schema/message'
import { includesVersion } from '../../protocol/schema/versions'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import { Reader } from '../../protocol/wire/reader'
import { bytesText, messageText } from './dump-text'

/** What the records of a topic are; null: whatever applications put into it. */
export type RecordsByType = ReadonlyMap<number, CoordinatorRecord> | null

/** The records of the topics that brokers write for themselves. */
export const recordsOfTopic = (topic: string | null): RecordsByType => {
  if (topic === '__consumer_offsets') return groupRecords
  if (topic === '__transaction_state') return transactionRecords
  if (topic === '__share_group_state') return shareRecords
  return null
}

/** Key and value of the record at which `cursor` stands. */
export const dataRecordText = (cursor: RecordCursor, recordsByType: RecordsByType): string => {
  const [key, value] = [cursor.key(), cursor.value()]
  const parts = (key && coordinatorRecordText(key, value, recordsByType)) ?? [
    `key ${bytesText(key)}`,
    `value ${bytesText(value)}`,
  ]
  const headers = cursor.headers().map(header => `${header.key}=${bytesText(header.value)}`)
  return [...parts, ...(headers.length > 0 ? [`headers ${headers.join(' ')}`] : [])].join(', ')
}

/** null when it is no such record: then it is shown as it is. */
const coordinatorRecordText = (key: Buffer, value: Buffer | null, recordsByType: RecordsByType): string[] | null => {
  try {
    const record = recordsByType?.get(recordTypeOf(key))
    if (!record) return null
    return [
      `${record.key.name.replace(/Key$/, '')} ${messageText(decodeRecordKey(record, key))}`,
      value === null ? 'deleted' : `version ${value.readInt16BE(0)} ${messageText(decodeRecordValue(record, value))}`,
    ]
  } catch (error) {
    if (error instanceof MalformedMessage || error instanceof RangeError) return null
    throw error
  }
}

const CONTROL_VALUES: Readonly<Record<number, readonly [name: string, definition: MessageDefinition]>> = {
  [ControlRecordType.ABORT]: ['ABORT', EndTxnMarker],
  [ControlRecordType.COMMIT]: ['COMMIT', EndTxnMarker],
  [ControlRecordType.LEADER_CHANGE]: ['LEADER_CHANGE', LeaderChangeMessage],
  [ControlRecordType.SNAPSHOT_HEADER]: ['SNAPSHOT_HEADER', SnapshotHeaderRecord],
  [ControlRecordType.SNAPSHOT_FOOTER]: ['SNAPSHOT_FOOTER', SnapshotFooterRecord],
  [ControlRecordType.KRAFT_VERSION]: ['KRAFT_VERSION', KRaftVersionRecord],
  [ControlRecordType.KRAFT_VOTERS]: ['KRAFT_VOTERS', VotersRecord],
}

/** The control record at which `cursor` stands. Throws MalformedMessage. */
export const controlRecordText = (cursor: RecordCursor): string => {
  const type = controlTypeOf(cursor.key())
  const [name, definition] = CONTROL_VALUES[type] ?? [`control record of type ${type}`, null]
  const value = cursor.value()
  if (value === null || definition === null) return `${name} ${bytesText(value)}`
  const reader = new Reader(value)
  // The version of an end marker stands in front of its fields, that of the others is their first field.
  const isMarker = definition === EndTxnMarker
  const version = isMarker ? reader.int16() : value.readInt16BE(0)
  if (!includesVersion(definition.versions, version)) return `${name} of version ${version} ${bytesText(value)}`
  return `${name} ${messageText(readerOf(definition, version)(reader))}`
}

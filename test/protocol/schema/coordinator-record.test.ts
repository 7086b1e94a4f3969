import { GroupMetadata } from '../../../protocol/records-on-disk/group-metadata'
import { LegacyOffsetCommit } from '../../../protocol/records-on-disk/legacy-offset-commit'
import { OffsetCommit } from '../../../protocol/records-on-disk/offset-commit'
import {
  decodeRecordKey,
  decodeRecordValue,
  encodeRecordKey,
  encodeRecordValue,
  recordTypeOf,
} from '../../../protocol/schema/coordinator-record'
import { MalformedMessage } from '../../../protocol/wire/malformed-message'

const key = { group: 'group', topic: 'topic', partition: 3 }
const value = { offset: 42, leaderEpoch: 7, metadata: 'note', commitTimestamp: 1000 }

describe('a record of a coordinator', () => {
  it('has its type in front of the key', () => {
    const bytes = encodeRecordKey(OffsetCommit, key)
    expect(recordTypeOf(bytes)).toBe(1)
    expect(decodeRecordKey(OffsetCommit, bytes)).toEqual(key)
    expect(() => decodeRecordKey(LegacyOffsetCommit, bytes)).toThrow(MalformedMessage)
  })

  it('has the version of the value in front of it, the latest unless another is asked for', () => {
    const latest = encodeRecordValue(OffsetCommit, value)
    const older = encodeRecordValue(OffsetCommit, value, 3)
    expect([latest.readInt16BE(0), older.readInt16BE(0)]).toEqual([4, 3])
    expect(decodeRecordValue(OffsetCommit, latest)).toMatchObject(value)
    expect(decodeRecordValue(OffsetCommit, older)).toMatchObject(value)
  })

  it('may hold more than fits into the first buffer, and large bytes', () => {
    const members = Array.from({ length: 50 }, (_, index) => ({
      memberId: `member-${index}`,
      subscription: Buffer.alloc(3000, index),
    }))
    const bytes = encodeRecordValue(GroupMetadata, { members })
    expect(decodeRecordValue(GroupMetadata, bytes).members).toMatchObject(members)
  })

  it('is refused in a version that nobody knows, and when it is cut off', () => {
    const bytes = encodeRecordValue(OffsetCommit, value)
    bytes.writeInt16BE(5)
    expect(() => decodeRecordValue(OffsetCommit, bytes)).toThrow(MalformedMessage)
    expect(() => decodeRecordValue(OffsetCommit, Buffer.of(0))).toThrow(MalformedMessage)
    expect(() => recordTypeOf(Buffer.of(0))).toThrow(MalformedMessage)
  })
})

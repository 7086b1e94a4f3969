import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const LegacyOffsetCommitKey = message({
  name: 'LegacyOffsetCommitKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'group', type: 'string', versions: '0' },
    { name: 'topic', type: 'string', versions: '0' },
    { name: 'partition', type: 'int32', versions: '0' },
  ],
})

export type LegacyOffsetCommitKey = MessageOf<typeof LegacyOffsetCommitKey>

export const LegacyOffsetCommitValue = message({
  name: 'LegacyOffsetCommitValue',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'offset', type: 'int64', versions: '0' },
    { name: 'metadata', type: 'string', versions: '0' },
    { name: 'commitTimestamp', type: 'int64', versions: '0' },
  ],
})

export type LegacyOffsetCommitValue = MessageOf<typeof LegacyOffsetCommitValue>

export const LegacyOffsetCommit = coordinatorRecord({
  type: 0,
  key: LegacyOffsetCommitKey,
  value: LegacyOffsetCommitValue,
})

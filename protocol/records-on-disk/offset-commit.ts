import { coordinatorRecord } from '../schema/coordinator-record'
import { type MessageOf, message } from '../schema/message'

export const OffsetCommitKey = message({
  name: 'OffsetCommitKey',
  versions: '0',
  flexibleVersions: 'none',
  fields: [
    { name: 'group', type: 'string', versions: '0' },
    { name: 'topic', type: 'string', versions: '0' },
    { name: 'partition', type: 'int32', versions: '0' },
  ],
})

export type OffsetCommitKey = MessageOf<typeof OffsetCommitKey>

export const OffsetCommitValue = message({
  name: 'OffsetCommitValue',
  versions: '0-4',
  flexibleVersions: '4+',
  fields: [
    { name: 'offset', type: 'int64', versions: '0+' },
    { name: 'leaderEpoch', type: 'int32', versions: '3+', default: -1 },
    { name: 'metadata', type: 'string', versions: '0+' },
    { name: 'commitTimestamp', type: 'int64', versions: '0+' },
    // The sum of two times that a client chose.
    { name: 'expireTimestamp', type: 'int64', versions: '1', default: -1, int64: 'saturate' },
    { name: 'topicId', type: 'uuid', versions: '4+', taggedVersions: '4+', tag: 0 },
  ],
})

export type OffsetCommitValue = MessageOf<typeof OffsetCommitValue>

export const OffsetCommit = coordinatorRecord({ type: 1, key: OffsetCommitKey, value: OffsetCommitValue })

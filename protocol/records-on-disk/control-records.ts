import { fields, type MessageOf, message } from '../schema/message'

const voter = fields([
  { name: 'voterId', type: 'int32', versions: '0+' },
  { name: 'voterDirectoryId', type: 'uuid', versions: '1+' },
])

export const ControlRecordTypeSchema = message({
  name: 'ControlRecordTypeSchema',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'type', type: 'int16', versions: '0+' }],
})

export type ControlRecordTypeSchema = MessageOf<typeof ControlRecordTypeSchema>

export const EndTxnMarker = message({
  name: 'EndTxnMarker',
  versions: '0',
  flexibleVersions: 'none',
  fields: [{ name: 'coordinatorEpoch', type: 'int32', versions: '0+' }],
})

export type EndTxnMarker = MessageOf<typeof EndTxnMarker>

export const LeaderChangeMessage = message({
  name: 'LeaderChangeMessage',
  versions: '0-1',
  flexibleVersions: '0+',
  fields: [
    { name: 'version', type: 'int16', versions: '0+' },
    { name: 'leaderId', type: 'int32', versions: '0+' },
    { name: 'voters', type: '[]Voter', versions: '0+', fields: voter },
    { name: 'grantingVoters', type: '[]Voter', versions: '0+', fields: voter },
  ],
})

export type LeaderChangeMessage = MessageOf<typeof LeaderChangeMessage>

export const SnapshotHeaderRecord = message({
  name: 'SnapshotHeaderRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'version', type: 'int16', versions: '0+' },
    { name: 'lastContainedLogTimestamp', type: 'int64', versions: '0+' },
  ],
})

export type SnapshotHeaderRecord = MessageOf<typeof SnapshotHeaderRecord>

export const SnapshotFooterRecord = message({
  name: 'SnapshotFooterRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [{ name: 'version', type: 'int16', versions: '0+' }],
})

export type SnapshotFooterRecord = MessageOf<typeof SnapshotFooterRecord>

export const KRaftVersionRecord = message({
  name: 'KRaftVersionRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'version', type: 'int16', versions: '0+' },
    { name: 'kRaftVersion', type: 'int16', versions: '0+' },
  ],
})

export type KRaftVersionRecord = MessageOf<typeof KRaftVersionRecord>

export const VotersRecord = message({
  name: 'VotersRecord',
  versions: '0',
  flexibleVersions: '0+',
  fields: [
    { name: 'version', type: 'int16', versions: '0+' },
    {
      name: 'voters',
      type: '[]Voter',
      versions: '0+',
      fields: [
        { name: 'voterId', type: 'int32', versions: '0+' },
        { name: 'voterDirectoryId', type: 'uuid', versions: '0+' },
        {
          name: 'endpoints',
          type: '[]Endpoint',
          versions: '0+',
          fields: [
            { name: 'name', type: 'string', versions: '0+' },
            { name: 'host', type: 'string', versions: '0+' },
            { name: 'port', type: 'uint16', versions: '0+' },
          ],
        },
        {
          name: 'kRaftVersionFeature',
          type: 'KRaftVersionFeature',
          versions: '0+',
          fields: [
            { name: 'minSupportedVersion', type: 'int16', versions: '0+' },
            { name: 'maxSupportedVersion', type: 'int16', versions: '0+' },
          ],
        },
      ],
    },
  ],
})

export type VotersRecord = MessageOf<typeof VotersRecord>

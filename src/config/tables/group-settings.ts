import type { SettingTable, SettingValue } from '../setting'
import { groupCoordinatorSettings } from './group-coordinator-settings'

const NO_SHARE_GROUPS = 'share groups are not served'
const NO_STREAMS_GROUPS = 'streams groups are not served'

/** A setting that is the same as one of the broker, which holds its default. */
const inBroker = <Name extends keyof typeof groupCoordinatorSettings>(synonym: Name) => {
  const { type, default: text, min, doc, noEffect } = groupCoordinatorSettings[synonym] as SettingTable[string]
  return { type, default: text!, min, doc, noEffect, synonym } as const
}

const OFFSET_RESETS = ['earliest', 'latest']
const DURATION = /^by_duration:P(?=[\dT])(\d{1,9}D)?(T(?=\d)(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}(\.\d{0,9})?S)?)?$/i

const offsetReset = (value: SettingValue): string | null => {
  const text = value as string
  if (OFFSET_RESETS.includes(text) || (text.startsWith('by_duration:') && DURATION.test(text))) return null
  const allowed = "either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'"
  return `Invalid value \`${text}\` for configuration share.auto.offset.reset. The value must be ${allowed}.`
}

/** Settings of one group. While a group has no value of its own, the synonym (a setting of the broker) counts. */
export const groupSettings = {
  'consumer.session.timeout.ms': inBroker('group.consumer.session.timeout.ms'),
  'consumer.heartbeat.interval.ms': inBroker('group.consumer.heartbeat.interval.ms'),
  'consumer.assignment.interval.ms': inBroker('group.consumer.assignment.interval.ms'),
  'share.session.timeout.ms': {
    type: 'int',
    default: '45000',
    min: 1,
    synonym: 'group.share.session.timeout.ms',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Milliseconds without a heartbeat after which a member of a share group is removed.',
  },
  'share.heartbeat.interval.ms': {
    type: 'int',
    default: '5000',
    min: 1,
    synonym: 'group.share.heartbeat.interval.ms',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Milliseconds between two heartbeats of a member of a share group.',
  },
  'share.assignment.interval.ms': {
    type: 'int',
    default: '1000',
    min: 0,
    synonym: 'group.share.assignment.interval.ms',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Milliseconds that pass at least between two new assignments of a share group.',
  },
  'share.record.lock.duration.ms': {
    type: 'int',
    default: '30000',
    min: 1000,
    synonym: 'group.share.record.lock.duration.ms',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Milliseconds for which a record that was handed out is kept from the other members.',
  },
  'share.delivery.count.limit': {
    type: 'int',
    default: '5',
    min: 2,
    synonym: 'group.share.delivery.count.limit',
    noEffect: NO_SHARE_GROUPS,
    doc: 'How often a record is handed out at most.',
  },
  'share.partition.max.record.locks': {
    type: 'int',
    default: '2000',
    min: 100,
    synonym: 'group.share.partition.max.record.locks',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Records of a partition that may be handed out at the same time.',
  },
  'share.auto.offset.reset': {
    type: 'string',
    default: 'latest',
    check: offsetReset,
    synonym: 'share.auto.offset.reset',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Where a share group begins to read: earliest, latest, or by_duration: with an ISO 8601 duration, so long ago.',
  },
  'share.isolation.level': {
    type: 'string',
    default: 'read_uncommitted',
    values: ['read_committed', 'read_uncommitted'],
    synonym: 'share.isolation.level',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Whether a share group is given records of open and aborted transactions.',
  },
  'share.renew.acknowledge.enable': {
    type: 'boolean',
    default: 'true',
    synonym: 'share.renew.acknowledge.enable',
    noEffect: NO_SHARE_GROUPS,
    doc: 'Whether members of a share group may lengthen the time for which they have a record.',
  },
  'streams.session.timeout.ms': {
    type: 'int',
    default: '45000',
    min: 1,
    synonym: 'group.streams.session.timeout.ms',
    noEffect: NO_STREAMS_GROUPS,
    doc: 'Milliseconds without a heartbeat after which a member of a streams group is removed.',
  },
  'streams.heartbeat.interval.ms': {
    type: 'int',
    default: '5000',
    min: 1,
    synonym: 'group.streams.heartbeat.interval.ms',
    noEffect: NO_STREAMS_GROUPS,
    doc: 'Milliseconds between two heartbeats of a member of a streams group.',
  },
  'streams.assignment.interval.ms': {
    type: 'int',
    default: '1000',
    min: 0,
    synonym: 'group.streams.assignment.interval.ms',
    noEffect: NO_STREAMS_GROUPS,
    doc: 'Milliseconds that pass at least between two new assignments of a streams group.',
  },
  'streams.initial.rebalance.delay.ms': {
    type: 'int',
    default: '3000',
    min: 0,
    synonym: 'group.streams.initial.rebalance.delay.ms',
    noEffect: NO_STREAMS_GROUPS,
    doc: 'Milliseconds that a new streams group waits for more members before its first assignment.',
  },
  'streams.num.standby.replicas': {
    type: 'int',
    default: '0',
    min: 0,
    synonym: 'group.streams.num.standby.replicas',
    noEffect: NO_STREAMS_GROUPS,
    doc: 'Copies that are kept of the state of each task of a streams group.',
  },
} as const satisfies SettingTable

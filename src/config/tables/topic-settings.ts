import type { SettingTable, SettingValue } from '../setting'
import { cleanerSettings } from './cleaner-settings'
import { logSettings } from './log-settings'
import { serverSettings } from './server-settings'

const NO_QUOTA = 'replication is not throttled'
const NO_TIERED_STORAGE = 'there is no tiered storage'

const defaults = { ...logSettings, ...cleanerSettings, ...serverSettings }

/** A setting that is the same as one of the broker, which holds its default. */
const inBroker = <Name extends keyof typeof defaults>(synonym: Name) => ({ ...defaults[synonym], synonym })

const REPLICAS = /^\d+:\d+$/

const throttledReplicas = (value: SettingValue): string | null => {
  const elements = value as readonly string[]
  if (elements.every(element => REPLICAS.test(element)) || (elements.length === 1 && elements[0] === '*')) return null
  return "Must be '*' or a list of replicas, each as partition:broker"
}

/** Settings of one topic. While a topic has no value of its own, the synonym (a setting of the broker) counts. */
export const topicSettings = {
  'cleanup.policy': inBroker('log.cleanup.policy'),
  'retention.ms': {
    type: 'long',
    default: '604800000',
    min: -1,
    synonym: 'log.retention.ms',
    doc: 'How many milliseconds records are kept before their segment may be deleted; -1 keeps them for ever.',
  },
  'retention.bytes': inBroker('log.retention.bytes'),
  'segment.bytes': inBroker('log.segment.bytes'),
  'internal.segment.bytes': {
    type: 'int',
    default: null,
    min: 1,
    internal: true,
    doc: 'Segment size in bytes below the limit of segment.bytes, for tests.',
  },
  'segment.ms': {
    type: 'long',
    default: '604800000',
    min: 1,
    synonym: 'log.roll.ms',
    doc: 'Age in milliseconds at which a segment that holds records is closed, full or not.',
  },
  'segment.jitter.ms': {
    type: 'long',
    default: '0',
    min: 0,
    synonym: 'log.roll.jitter.ms',
    doc: 'Up to so many milliseconds, chosen at random, are taken off segment.ms, so that many logs do not roll at once.',
  },
  'segment.index.bytes': inBroker('log.index.size.max.bytes'),
  'index.interval.bytes': inBroker('log.index.interval.bytes'),
  preallocate: inBroker('log.preallocate'),
  'file.delete.delay.ms': inBroker('log.segment.delete.delay.ms'),
  'flush.messages': inBroker('log.flush.interval.messages'),
  'flush.ms': {
    type: 'long',
    default: '9223372036854775807',
    min: 0,
    synonym: 'log.flush.interval.ms',
    doc: 'Longest time in milliseconds that a record stays unflushed.',
  },
  'max.message.bytes': inBroker('message.max.bytes'),
  'message.timestamp.type': inBroker('log.message.timestamp.type'),
  'message.timestamp.before.max.ms': inBroker('log.message.timestamp.before.max.ms'),
  'message.timestamp.after.max.ms': inBroker('log.message.timestamp.after.max.ms'),
  'compression.type': inBroker('compression.type'),
  'compression.gzip.level': inBroker('compression.gzip.level'),
  'compression.lz4.level': inBroker('compression.lz4.level'),
  'compression.zstd.level': inBroker('compression.zstd.level'),
  'min.insync.replicas': inBroker('min.insync.replicas'),
  'unclean.leader.election.enable': inBroker('unclean.leader.election.enable'),
  'min.cleanable.dirty.ratio': inBroker('log.cleaner.min.cleanable.ratio'),
  'min.compaction.lag.ms': inBroker('log.cleaner.min.compaction.lag.ms'),
  'max.compaction.lag.ms': inBroker('log.cleaner.max.compaction.lag.ms'),
  'delete.retention.ms': inBroker('log.cleaner.delete.retention.ms'),
  'leader.replication.throttled.replicas': {
    type: 'list',
    default: '',
    check: throttledReplicas,
    noEffect: NO_QUOTA,
    doc: 'Replicas, as partition:broker pairs, whose traffic is throttled on the side of the leader; * means all.',
  },
  'follower.replication.throttled.replicas': {
    type: 'list',
    default: '',
    check: throttledReplicas,
    noEffect: NO_QUOTA,
    doc: 'Replicas, as partition:broker pairs, whose traffic is throttled on the side of the follower; * means all.',
  },
  'remote.storage.enable': {
    type: 'boolean',
    default: 'false',
    check: value => (value === true ? 'There is no tiered storage' : null),
    noEffect: NO_TIERED_STORAGE,
    doc: 'Whether closed segments of the topic move to tiered storage; true is refused.',
  },
  'remote.log.copy.disable': {
    type: 'boolean',
    default: 'false',
    noEffect: NO_TIERED_STORAGE,
    doc: 'Whether the topic stops moving segments to tiered storage.',
  },
  'remote.log.delete.on.disable': {
    type: 'boolean',
    default: 'false',
    noEffect: NO_TIERED_STORAGE,
    doc: 'Whether the data in tiered storage is deleted when tiering of the topic is switched off.',
  },
  'local.retention.ms': inBroker('log.local.retention.ms'),
  'local.retention.bytes': inBroker('log.local.retention.bytes'),
} as const satisfies SettingTable

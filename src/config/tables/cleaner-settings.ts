import type { SettingTable } from '../setting'

/** The broker's settings of log compaction. */
export const cleanerSettings = {
  'log.cleaner.enable': {
    type: 'boolean',
    default: 'true',
    doc: 'Whether topics with the cleanup policy compact are compacted at all.',
  },
  'log.cleaner.min.cleanable.ratio': {
    type: 'double',
    default: '0.5',
    min: 0,
    max: 1,
    dynamic: true,
    doc: 'Share of a log that must not have been compacted yet (0 to 1) before the cleaner takes it up.',
  },
  'log.cleaner.min.compaction.lag.ms': {
    type: 'long',
    default: '0',
    min: 0,
    dynamic: true,
    doc: 'Milliseconds for which a new record is safe from compaction.',
  },
  'log.cleaner.max.compaction.lag.ms': {
    type: 'long',
    default: '9223372036854775807',
    min: 1,
    dynamic: true,
    doc: 'Milliseconds after which a record is due for compaction, whatever the share of uncompacted data.',
  },
  'log.cleaner.delete.retention.ms': {
    type: 'long',
    default: '86400000',
    min: 0,
    dynamic: true,
    doc: 'Milliseconds for which a record without a value, which deletes its key, stays readable in a compacted log.',
  },
  'log.cleaner.backoff.ms': {
    type: 'long',
    default: '15000',
    min: 0,
    dynamic: true,
    doc: 'Milliseconds that the cleaner rests when it finds nothing to do.',
  },
  'log.cleaner.dedupe.buffer.size': {
    type: 'long',
    default: '134217728',
    dynamic: true,
    doc: 'Bytes of memory for the map of keys that one pass of the cleaner builds.',
  },
  'log.cleaner.io.buffer.size': {
    type: 'int',
    default: '524288',
    min: 0,
    dynamic: true,
    doc: 'Bytes that the cleaner writes at once; it reads twice as many.',
  },
  'log.cleaner.io.buffer.load.factor': {
    type: 'double',
    default: '0.9',
    dynamic: true,
    doc: 'How full the map of keys may become (0 to 1) before a pass ends.',
  },
  'log.cleaner.io.max.bytes.per.second': {
    type: 'double',
    default: '1.7976931348623157E308',
    dynamic: true,
    doc: 'Bytes that the cleaner reads and writes in a second at most.',
  },
} as const satisfies SettingTable

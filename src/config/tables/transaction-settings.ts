import type { SettingTable } from '../setting'

/** Idempotent and transactional producers. */
export const transactionSettings = {
  'producer.id.expiration.ms': {
    type: 'int',
    default: '86400000',
    min: 1,
    dynamic: true,
    doc: 'Milliseconds without a write after which a partition forgets the sequence numbers of a producer.',
  },
  'producer.id.expiration.check.interval.ms': {
    type: 'int',
    default: '600000',
    min: 1,
    internal: true,
    doc: 'Milliseconds between two searches for producers to forget.',
  },
  'transaction.max.timeout.ms': {
    type: 'int',
    default: '900000',
    min: 1,
    doc: 'Longest transaction timeout in milliseconds that a producer may ask for.',
  },
  'transactional.id.expiration.ms': {
    type: 'int',
    default: '604800000',
    min: 1,
    doc: 'Milliseconds without a transaction after which a transactional id is forgotten.',
  },
  'transaction.partition.verification.enable': {
    type: 'boolean',
    default: 'true',
    dynamic: true,
    doc: 'Whether a partition makes sure that a transaction is open before it accepts records of it.',
  },
  'transaction.two.phase.commit.enable': {
    type: 'boolean',
    default: 'false',
    noEffect: 'transactions that an outside coordinator ends are not served',
    doc: 'Whether producers may take part in transactions that an outside coordinator ends.',
  },
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': {
    type: 'int',
    default: '10000',
    min: 1,
    doc: 'Milliseconds between two searches for transactions that have timed out.',
  },
  'transaction.remove.expired.transaction.cleanup.interval.ms': {
    type: 'int',
    default: '3600000',
    min: 1,
    doc: 'Milliseconds between two searches for transactional ids to forget.',
  },
  'transaction.state.log.num.partitions': {
    type: 'int',
    default: '50',
    min: 1,
    doc: 'Partitions of the transaction topic; must not be changed once it exists.',
  },
  'transaction.state.log.replication.factor': {
    type: 'short',
    default: '3',
    min: 1,
    doc: 'Replicas of the transaction topic.',
  },
  'transaction.state.log.min.isr': {
    type: 'int',
    default: '2',
    min: 1,
    doc: 'The min.insync.replicas of the transaction topic.',
  },
  'transaction.state.log.segment.bytes': {
    type: 'int',
    default: '104857600',
    min: 1,
    doc: 'Segment size in bytes of the transaction topic.',
  },
  'transaction.state.log.load.buffer.size': {
    type: 'int',
    default: '5242880',
    min: 1,
    doc: 'Bytes that are read at once when a partition of the transaction topic is loaded; more than 1048576 count as so many.',
  },
} as const satisfies SettingTable

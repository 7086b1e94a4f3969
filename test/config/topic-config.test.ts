import { brokerConfigOf } from '../../src/config/broker-config'
import { effectiveTopicConfig, validateTopicConfig, validateTopicConfigs } from '../../src/config/topic-config'
import kafkaAnswers from '../golden/config/kafka-4.3-topic-values.json'

/** What Kafka accepts and we refuse, because nothing good can come of it. */
const REFUSED_HERE = new Set(['min.cleanable.dirty.ratio=NaN', 'internal.segment.bytes=-1'])
/** Refused by both, in other words. */
const OTHER_WORDS = new Set(['leader.replication.throttled.replicas', 'remote.storage.enable'])

describe('the configuration of a topic', () => {
  it('is that of the broker when the topic has none of its own', () => {
    expect(effectiveTopicConfig(brokerConfigOf(), {})).toEqual({
      cleanupPolicy: { compact: false, delete: true },
      retentionMs: 604_800_000,
      retentionBytes: -1,
      segmentBytes: 1_073_741_824,
      segmentMs: 604_800_000,
      segmentJitterMs: 0,
      segmentIndexBytes: 10_485_760,
      indexIntervalBytes: 4096,
      preallocate: false,
      maxMessageBytes: 1_048_588,
      messageTimestampType: 'CreateTime',
      messageTimestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
      messageTimestampAfterMaxMs: 3_600_000,
      compressionType: 'producer',
      compressionGzipLevel: -1,
      compressionZstdLevel: 3,
      minInsyncReplicas: 1,
      flushMessages: Number.MAX_SAFE_INTEGER,
      flushMs: Number.MAX_SAFE_INTEGER,
      fileDeleteDelayMs: 60_000,
      minCleanableDirtyRatio: 0.5,
      minCompactionLagMs: 0,
      maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
      deleteRetentionMs: 86_400_000,
      uncleanLeaderElectionEnable: false,
    })
  })

  it('follows the broker under the names that the broker has for it', () => {
    const broker = brokerConfigOf({
      'log.retention.hours': '1',
      'message.max.bytes': '5000',
      'log.cleanup.policy': 'compact,delete',
      'log.flush.scheduler.interval.ms': '50',
    })
    expect(effectiveTopicConfig(broker, {})).toMatchObject({
      retentionMs: 3_600_000,
      maxMessageBytes: 5000,
      cleanupPolicy: { compact: true, delete: true },
      flushMs: 50,
    })
  })

  it('puts the values of the topic first', () => {
    const broker = brokerConfigOf({ 'log.retention.ms': '5000', 'log.cleanup.policy': 'compact' })
    const overrides = { 'retention.ms': '-1', 'cleanup.policy': '', 'compression.type': 'zstd' }
    expect(effectiveTopicConfig(broker, overrides)).toMatchObject({
      retentionMs: -1,
      cleanupPolicy: { compact: false, delete: false },
      compressionType: 'zstd',
    })
  })

  it('takes any negative retention as unlimited', () => {
    const broker = brokerConfigOf({ 'log.retention.hours': '-2', 'log.retention.bytes': '-7' })
    expect(effectiveTopicConfig(broker, {})).toMatchObject({ retentionMs: -1, retentionBytes: -1 })
    expect(effectiveTopicConfig(broker, { 'retention.bytes': '-3' }).retentionBytes).toBe(-1)
  })

  it('has the internal segment size of tests before the ordinary one', () => {
    const overrides = { 'segment.bytes': '2000000', 'internal.segment.bytes': '1000' }
    expect(effectiveTopicConfig(brokerConfigOf(), overrides).segmentBytes).toBe(1000)
  })

  it('passes over stored values that it does not understand', () => {
    const overrides = { 'retention.ms': 'soon', 'no.such.setting': '1' }
    expect(effectiveTopicConfig(brokerConfigOf(), overrides).retentionMs).toBe(604_800_000)
  })
})

describe('checking a topic setting', () => {
  const answers = kafkaAnswers as [name: string, value: string, message: string | null][]

  test.each(answers)('%s=%j answers as Kafka does', (name, value, message) => {
    const ours = validateTopicConfig(name, value)
    if (REFUSED_HERE.has(`${name}=${value}`)) expect(ours).not.toBeNull()
    else if (OTHER_WORDS.has(name)) expect(ours === null).toBe(message === null)
    else expect(ours).toBe(message)
  })

  it('does not take inherited properties for settings', () => {
    expect(validateTopicConfig('constructor', '1')).toBe('Unknown topic config name: constructor')
  })

  it('says which of several values is wrong', () => {
    expect(validateTopicConfigs(brokerConfigOf(), { 'retention.ms': '1', 'segment.bytes': '5' })).toBe(
      'Invalid value 5 for configuration segment.bytes: Value must be at least 1048576',
    )
  })

  it('refuses null values', () => {
    expect(validateTopicConfigs(brokerConfigOf(), { 'retention.ms': null })).toBe(
      'Null value not supported for topic configs: retention.ms',
    )
  })

  it('compares the compaction lags with each other, with what the broker says too', () => {
    const lag = { 'min.compaction.lag.ms': '1000' }
    expect(validateTopicConfigs(brokerConfigOf(), lag)).toBeNull()
    expect(validateTopicConfigs(brokerConfigOf({ 'log.cleaner.max.compaction.lag.ms': '10' }), lag)).toBe(
      'conflict topic config setting min.compaction.lag.ms (1000) > max.compaction.lag.ms (10)',
    )
  })
})

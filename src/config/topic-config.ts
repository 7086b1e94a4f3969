import type { BrokerConfig, SettingTexts } from './broker-config'
import { camelCase, type Setting, type SettingValue, type ValueOf } from './setting'
import { defaultOf, parseSetting } from './setting-value'
import { topicSettings } from './tables/topic-settings'

/** The values in force for one topic; numbers are clamped to safe integers. */
export interface TopicConfig {
  /** Both may be set; neither keeps everything. */
  readonly cleanupPolicy: { readonly compact: boolean; readonly delete: boolean }
  /** Age in milliseconds above which segments are deleted; -1 = never. */
  readonly retentionMs: number
  /** Size in bytes above which the oldest segments are deleted; -1 = never. */
  readonly retentionBytes: number
  readonly segmentBytes: number
  readonly segmentMs: number
  /** Random reduction of `segmentMs`, up to so many milliseconds. */
  readonly segmentJitterMs: number
  readonly segmentIndexBytes: number
  readonly indexIntervalBytes: number
  readonly preallocate: boolean
  /** Largest batch in bytes. */
  readonly maxMessageBytes: number
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime'
  readonly messageTimestampBeforeMaxMs: number
  readonly messageTimestampAfterMaxMs: number
  readonly compressionType: 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** 1 to 9, or -1 = the codec's default. */
  readonly compressionGzipLevel: number
  readonly compressionZstdLevel: number
  readonly minInsyncReplicas: number
  /** Flush after so many records; Number.MAX_SAFE_INTEGER = never. */
  readonly flushMessages: number
  readonly flushMs: number
  readonly fileDeleteDelayMs: number
  /** 0 to 1. */
  readonly minCleanableDirtyRatio: number
  readonly minCompactionLagMs: number
  readonly maxCompactionLagMs: number
  readonly deleteRetentionMs: number
  readonly uncleanLeaderElectionEnable: boolean
}

type TopicSettingName = keyof typeof topicSettings

/** Values that a topic has of its own, by Kafka's name, in text form. */
type TopicOverrides = SettingTexts

/**
 * The configuration of a topic: its own value where it has one, otherwise the broker's. Overrides that no longer parse and names that are
 * no settings are passed over, so that metadata written by another version does not take a partition down.
 */
export const effectiveTopicConfig = (broker: BrokerConfig, overrides: TopicOverrides): TopicConfig => {
  const value = <Name extends TopicSettingName>(name: Name) =>
    (ownValue(name, overrides) ?? brokerValue(name, broker)) as ValueOf<(typeof topicSettings)[Name]>
  const policy = value('cleanup.policy')
  return {
    cleanupPolicy: { compact: policy.includes('compact'), delete: policy.includes('delete') },
    retentionMs: value('retention.ms'),
    retentionBytes: value('retention.bytes'),
    segmentBytes: value('internal.segment.bytes') ?? value('segment.bytes'),
    segmentMs: value('segment.ms'),
    segmentJitterMs: value('segment.jitter.ms'),
    segmentIndexBytes: value('segment.index.bytes'),
    indexIntervalBytes: value('index.interval.bytes'),
    preallocate: value('preallocate'),
    maxMessageBytes: value('max.message.bytes'),
    messageTimestampType: value('message.timestamp.type'),
    messageTimestampBeforeMaxMs: value('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: value('message.timestamp.after.max.ms'),
    compressionType: value('compression.type'),
    compressionGzipLevel: value('compression.gzip.level'),
    compressionZstdLevel: value('compression.zstd.level'),
    minInsyncReplicas: value('min.insync.replicas'),
    flushMessages: value('flush.messages'),
    flushMs: value('flush.ms'),
    fileDeleteDelayMs: value('file.delete.delay.ms'),
    minCleanableDirtyRatio: value('min.cleanable.dirty.ratio'),
    minCompactionLagMs: value('min.compaction.lag.ms'),
    maxCompactionLagMs: value('max.compaction.lag.ms'),
    deleteRetentionMs: value('delete.retention.ms'),
    uncleanLeaderElectionEnable: value('unclean.leader.election.enable'),
  }
}

/**
 * Checks one value of a topic as Kafka's LogConfig does: null when it is fine, otherwise the message of an INVALID_CONFIG answer.
 */
export const validateTopicConfig = (name: string, value: string): string | null => {
  const setting = topicSetting(name)
  if (setting === undefined) return `Unknown topic config name: ${name}`
  const parsed = parseSetting(name, setting, value)
  return 'problem' in parsed ? parsed.problem : null
}

/** Checks all values that a topic is to have, each and together: null when they are fine, otherwise the message for INVALID_CONFIG. */
export const validateTopicConfigs = (
  broker: BrokerConfig,
  values: Readonly<Record<string, string | null>>,
): string | null => {
  const nulls = Object.keys(values).filter(name => values[name] === null)
  if (nulls.length > 0) return `Null value not supported for topic configs: ${nulls.join(',')}`
  const overrides = values as TopicOverrides
  for (const [name, value] of Object.entries(overrides)) {
    const problem = validateTopicConfig(name, value)
    if (problem !== null) return problem
  }
  return topicConflict(effectiveTopicConfig(broker, overrides))
}

/** The message when values that are fine alone do not go together, or null. */
export const topicConflict = ({ minCompactionLagMs, maxCompactionLagMs }: TopicConfig): string | null =>
  minCompactionLagMs > maxCompactionLagMs
    ? `conflict topic config setting min.compaction.lag.ms (${minCompactionLagMs}) > max.compaction.lag.ms (${maxCompactionLagMs})`
    : null

/** The row of a topic setting, or undefined. */
export const topicSetting = (name: string): Setting | undefined =>
  Object.hasOwn(topicSettings, name) ? topicSettings[name as TopicSettingName] : undefined

const ownValue = (name: TopicSettingName, overrides: TopicOverrides): SettingValue => {
  const text = overrides[name]
  if (text === undefined) return null
  const parsed = parseSetting(name, topicSettings[name], text)
  return 'problem' in parsed ? null : parsed.value
}

const brokerValue = (name: TopicSettingName, broker: BrokerConfig): SettingValue => {
  const setting: Setting = topicSettings[name]
  if (setting.synonym === undefined) return defaultOf(name, setting)?.value ?? null
  return broker[camelCase(setting.synonym) as keyof BrokerConfig]
}

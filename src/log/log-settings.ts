import type { CleanerSettings } from './cleaner/cleaner-settings'

/** The settings of the broker that concern logs; the names are those of `BrokerConfig`, so a whole one may be given. */
export interface LogSettings extends CleanerSettings {
  readonly logRetentionCheckIntervalMs: number
  readonly logFlushOffsetCheckpointIntervalMs: number
  readonly logFlushStartOffsetCheckpointIntervalMs: number
  readonly replicaHighWatermarkCheckpointIntervalMs: number
  readonly producerIdExpirationMs: number
  readonly producerIdExpirationCheckIntervalMs: number
}

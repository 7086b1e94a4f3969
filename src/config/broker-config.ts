import type { ValuesOf } from './setting'
import { cleanerSettings } from './tables/cleaner-settings'
import { groupCoordinatorSettings } from './tables/group-coordinator-settings'
import { logSettings } from './tables/log-settings'
import { networkSettings } from './tables/network-settings'
import { serverSettings } from './tables/server-settings'
import { transactionSettings } from './tables/transaction-settings'

/** Every setting of the broker, by Kafka's name. */
export const brokerSettings = {
  ...serverSettings,
  ...networkSettings,
  ...logSettings,
  ...cleanerSettings,
  ...groupCoordinatorSettings,
  ...transactionSettings,
}

/**
 * The values in force on this broker: one camelCase field per setting, numbers clamped to safe integers. Settings with fallbacks hold what
 * counts in the end: `logRetentionMs` is made of log.retention.ms, log.retention.minutes or log.retention.hours.
 */
export type BrokerConfig = ValuesOf<typeof brokerSettings>

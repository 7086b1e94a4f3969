import { cleanerSettings } from './cleaner-settings'
import { groupCoordinatorSettings } from './group-coordinator-settings'
import { httpSettings } from './http-settings'
import { logSettings } from './log-settings'
import { networkSettings } from './network-settings'
import { serverSettings } from './server-settings'
import { transactionSettings } from './transaction-settings'

/** Every setting of the broker, by Kafka's name where Kafka has it. */
export const brokerSettings = {
  ...serverSettings,
  ...networkSettings,
  ...logSettings,
  ...cleanerSettings,
  ...groupCoordinatorSettings,
  ...transactionSettings,
  ...httpSettings,
}

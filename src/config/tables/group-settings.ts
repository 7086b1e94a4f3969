import type { SettingTable } from '../setting'
import { groupCoordinatorSettings } from './group-coordinator-settings'

/** A setting that is the same as one of the broker, which holds its default. */
const inBroker = <Name extends keyof typeof groupCoordinatorSettings>(synonym: Name) => ({
  ...groupCoordinatorSettings[synonym],
  synonym,
})

/** Settings of one consumer group (KIP-848, KIP-1072). The limits are the group.consumer.min and max settings of the broker. */
export const groupSettings = {
  'consumer.session.timeout.ms': inBroker('group.consumer.session.timeout.ms'),
  'consumer.heartbeat.interval.ms': inBroker('group.consumer.heartbeat.interval.ms'),
  'consumer.assignment.interval.ms': inBroker('group.consumer.assignment.interval.ms'),
} as const satisfies SettingTable

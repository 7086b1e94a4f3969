import type { BrokerConfig, SettingTexts } from './broker-config'
import { camelCase, type Setting, type SettingValue } from './setting'
import { defaultOf, parseSetting } from './setting-value'
import { groupSettings } from './tables/group-settings'

/** The values in force for one group, in milliseconds. */
export interface GroupConfig {
  /** A member that is not heard of for so long is removed. */
  readonly consumerSessionTimeoutMs: number
  /** How often members are to send heartbeats. */
  readonly consumerHeartbeatIntervalMs: number
  /** Time between two new assignments at least. */
  readonly consumerAssignmentIntervalMs: number
}

type GroupSettingName = keyof typeof groupSettings

/** The smallest and the largest value that the broker allows to a group, both included. */
type Limits = readonly [min: number, max: number]

/**
 * The configuration of a group: its own value where it has one, otherwise the broker's. Own values from before the broker's limits were
 * changed count as the nearest that is allowed now; those that no longer parse are passed over.
 */
export const effectiveGroupConfig = (broker: BrokerConfig, overrides: SettingTexts): GroupConfig => {
  const limits = consumerLimits(broker)
  const value = (name: keyof typeof limits): number => {
    const [min, max] = limits[name]
    return Math.min(Math.max(valueInForce(name, broker, overrides) as number, min), max)
  }
  return {
    consumerSessionTimeoutMs: value('consumer.session.timeout.ms'),
    consumerHeartbeatIntervalMs: value('consumer.heartbeat.interval.ms'),
    consumerAssignmentIntervalMs: value('consumer.assignment.interval.ms'),
  }
}

/**
 * Checks all values that a group is to have, each and together (Kafka's GroupConfig.validate): null when they are fine, otherwise the
 * message for INVALID_CONFIG.
 */
export const validateGroupConfigs = (broker: BrokerConfig, overrides: SettingTexts): string | null => {
  for (const [name, text] of Object.entries(overrides)) {
    const setting = groupSetting(name)
    if (setting === undefined) return `Unknown group config name: ${name}`
    const parsed = parseSetting(name, setting, text)
    if ('problem' in parsed) return parsed.problem
  }
  return outsideLimits(broker, overrides) ?? heartbeatTooRare(broker, overrides)
}

/** The row of a group setting, or undefined. */
export const groupSetting = (name: string): Setting | undefined =>
  Object.hasOwn(groupSettings, name) ? groupSettings[name as GroupSettingName] : undefined

const outsideLimits = (broker: BrokerConfig, overrides: SettingTexts): string | null => {
  const limits: Readonly<Record<string, Limits>> = { ...consumerLimits(broker), ...LIMITS_OF_OTHERS }
  for (const [name, [min, max]] of Object.entries(limits)) {
    const value = valueInForce(name as GroupSettingName, broker, overrides) as number
    if (value < min) return `${name} must be greater than or equal to ${limitName(name, 'min')}`
    if (value > max) return `${name} must be less than or equal to ${limitName(name, 'max')}`
  }
  return null
}

const heartbeatTooRare = (broker: BrokerConfig, overrides: SettingTexts): string | null => {
  for (const kind of ['consumer', 'share', 'streams'] as const) {
    const session = valueInForce(`${kind}.session.timeout.ms`, broker, overrides) as number
    const heartbeat = valueInForce(`${kind}.heartbeat.interval.ms`, broker, overrides) as number
    if (session <= heartbeat) return `${kind}.session.timeout.ms must be greater than ${kind}.heartbeat.interval.ms`
  }
  return null
}

const consumerLimits = (broker: BrokerConfig) =>
  ({
    'consumer.session.timeout.ms': [broker.groupConsumerMinSessionTimeoutMs, broker.groupConsumerMaxSessionTimeoutMs],
    'consumer.heartbeat.interval.ms': [
      broker.groupConsumerMinHeartbeatIntervalMs,
      broker.groupConsumerMaxHeartbeatIntervalMs,
    ],
    'consumer.assignment.interval.ms': [
      broker.groupConsumerMinAssignmentIntervalMs,
      broker.groupConsumerMaxAssignmentIntervalMs,
    ],
  }) as const satisfies Partial<Record<GroupSettingName, Limits>>

/** Kinds of groups that are not served have the limits that Kafka starts with. */
const LIMITS_OF_OTHERS: Readonly<Partial<Record<GroupSettingName, Limits>>> = {
  'share.session.timeout.ms': [45_000, 60_000],
  'share.heartbeat.interval.ms': [5_000, 15_000],
  'share.assignment.interval.ms': [0, 15_000],
  'share.record.lock.duration.ms': [15_000, 60_000],
  'share.delivery.count.limit': [2, 10],
  'share.partition.max.record.locks': [100, 4_000],
  'streams.session.timeout.ms': [45_000, 60_000],
  'streams.heartbeat.interval.ms': [5_000, 15_000],
  'streams.assignment.interval.ms': [0, 15_000],
  'streams.num.standby.replicas': [0, 2],
}

/** `consumer.session.timeout.ms` -> `group.consumer.min.session.timeout.ms`. */
const limitName = (name: string, side: 'min' | 'max'): string => name.replace(/^(\w+)\.(num\.)?/, `group.$1.${side}.`)

const valueInForce = (name: GroupSettingName, broker: BrokerConfig, overrides: SettingTexts): SettingValue => {
  const setting: Setting = groupSettings[name]
  const text = overrides[name]
  const parsed = text === undefined ? null : parseSetting(name, setting, text)
  if (parsed !== null && !('problem' in parsed)) return parsed.value
  const inherited = broker[camelCase(setting.synonym!) as keyof BrokerConfig] as SettingValue | undefined
  return inherited ?? defaultOf(name, setting)!.value
}

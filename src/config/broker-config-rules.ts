import type { BrokerConfig } from './broker-config'
import { camelCase } from './setting'
import type { brokerSettings } from './tables/broker-settings'

/** What must hold between values that are fine each alone. */
export interface BrokerConfigRule {
  /** The settings that decide, the one to blame first. */
  readonly names: readonly SettingName[]
  readonly holds: (config: BrokerConfig) => boolean
  readonly message: string
}

type SettingName = keyof typeof brokerSettings

/** The rules that a configuration breaks. */
export const brokenRules = (config: BrokerConfig): BrokerConfigRule[] => RULES.filter(({ holds }) => !holds(config))

const notAbove = (lower: SettingName, upper: SettingName): BrokerConfigRule => ({
  names: [lower, upper],
  holds: config => numberOf(config, lower) <= numberOf(config, upper),
  message: `${lower} must be less than or equal to ${upper}`,
})

const notBelow = (upper: SettingName, lower: SettingName): BrokerConfigRule => ({
  names: [upper, lower],
  holds: config => numberOf(config, lower) <= numberOf(config, upper),
  message: `${upper} must be greater than or equal to ${lower}`,
})

const numberOf = (config: BrokerConfig, name: SettingName): number =>
  config[camelCase(name) as keyof BrokerConfig] as number

/** The fewest bytes that a map of keys for compaction can do with. */
const MIN_DEDUPE_BUFFER_BYTES = 1024 * 1024

const RULES: readonly BrokerConfigRule[] = [
  {
    names: ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
    holds: config => config.logRetentionMs !== 0,
    message: 'log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
  },
  {
    names: ['log.roll.ms'],
    holds: config => config.logRollMs >= 1,
    message: 'log.roll.ms must be greater than or equal to 1',
  },
  {
    names: ['log.roll.jitter.ms'],
    holds: config => config.logRollJitterMs >= 0,
    message: 'log.roll.jitter.ms must be greater than or equal to 0',
  },
  {
    names: ['queued.max.request.bytes', 'socket.request.max.bytes'],
    holds: config => config.queuedMaxRequestBytes <= 0 || config.queuedMaxRequestBytes >= config.socketRequestMaxBytes,
    message: 'queued.max.request.bytes must be larger or equal to socket.request.max.bytes',
  },
  {
    names: ['max.connections.per.ip', 'max.connections.per.ip.overrides'],
    holds: config => config.maxConnectionsPerIp > 0 || config.maxConnectionsPerIpOverrides !== '',
    message: 'max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.',
  },
  {
    names: ['log.cleaner.dedupe.buffer.size'],
    holds: config => config.logCleanerDedupeBufferSize >= MIN_DEDUPE_BUFFER_BYTES,
    message: 'log.cleaner.dedupe.buffer.size must be at least 1 MiB',
  },
  notAbove('replica.fetch.wait.max.ms', 'replica.socket.timeout.ms'),
  notAbove('replica.fetch.wait.max.ms', 'replica.lag.time.max.ms'),
  notBelow('group.consumer.session.timeout.ms', 'group.consumer.min.session.timeout.ms'),
  notAbove('group.consumer.session.timeout.ms', 'group.consumer.max.session.timeout.ms'),
  notBelow('group.consumer.heartbeat.interval.ms', 'group.consumer.min.heartbeat.interval.ms'),
  notAbove('group.consumer.heartbeat.interval.ms', 'group.consumer.max.heartbeat.interval.ms'),
  notBelow('group.consumer.assignment.interval.ms', 'group.consumer.min.assignment.interval.ms'),
  notAbove('group.consumer.assignment.interval.ms', 'group.consumer.max.assignment.interval.ms'),
  {
    names: ['group.coordinator.rebalance.protocols'],
    holds: config => config.groupCoordinatorRebalanceProtocols.includes('classic'),
    message: "Disabling the 'classic' protocol is not supported.",
  },
]

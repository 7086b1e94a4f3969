/**
 * Settings of Apache Kafka that mean nothing here, by reason. They are accepted, so that a server.properties or a compose file made for Kafka
 * works, and named in a warning. `prefix.*` stands for all names that begin so.
 */
export const inapplicableSettings: Readonly<Record<string, readonly string[]>> = {
  'there is no KRaft controller': [
    'controller.performance.*',
    'controller.quorum.*',
    'controller.socket.timeout.ms',
    'early.start.listeners',
    'initial.broker.registration.timeout.ms',
    'internal.metadata.*',
    'metadata.*',
    'process.roles',
    'sasl.mechanism.controller.protocol',
    'server.max.startup.time.ms',
    'unclean.leader.election.interval.ms',
    'unstable.*',
  ],
  'TLS, SASL and access control are not served': [
    'allow.everyone.if.no.acl.found',
    'authorizer.class.name',
    'connection.failed.authentication.delay.ms',
    'connections.max.reauth.ms',
    'delegation.token.*',
    'principal.builder.class',
    'sasl.*',
    'security.providers',
    'ssl.*',
    'super.users',
  ],
  'all listeners share the settings of the broker': ['listener.name.*'],
  'there is no tiered storage': [
    'follower.fetch.last.tiered.offset.enable',
    'remote.fetch.max.wait.ms',
    'remote.list.offsets.request.timeout.ms',
    'remote.log.*',
  ],
  'one event loop does the work of all thread pools': [
    'background.threads',
    'group.coordinator.background.threads',
    'group.coordinator.threads',
    'log.cleaner.threads',
    'log.initial.task.delay.ms',
    'num.io.threads',
    'num.network.threads',
    'num.recovery.threads.per.data.dir',
    'num.replica.alter.log.dirs.threads',
  ],
  'requests that wait are forgotten as soon as they are answered': [
    'delete.records.purgatory.purge.interval.requests',
    'fetch.purgatory.purge.interval.requests',
    'producer.purgatory.purge.interval.requests',
    'share.fetch.purgatory.purge.interval.requests',
  ],
  'quotas are not served': [
    'alter.log.dirs.replication.quota.*',
    'client.quota.callback.class',
    'controller.quota.*',
    'follower.replication.throttled.rate',
    'leader.replication.throttled.rate',
    'quota.*',
    'replica.alter.log.dirs.io.max.bytes.per.second',
    'replication.quota.*',
  ],
  'share groups are not served': ['group.share.*', 'share.coordinator.*'],
  'streams groups are not served': ['group.streams.*'],
  'Java classes cannot be loaded': [
    'alter.config.policy.class.name',
    'config.providers',
    'config.providers.*',
    'create.topic.policy.class.name',
  ],
  'metrics are not reported by Java': [
    'auto.include.jmx.reporter',
    'kafka.metrics.*',
    'metric.reporters',
    'metrics.*',
    'telemetry.max.bytes',
  ],
  'there is one broker, which opens no connections': [
    'add.partitions.to.txn.retry.*',
    'replica.socket.receive.buffer.bytes',
    'socket.connection.setup.timeout.*',
  ],
  'coordinators write in the order of the event loop': [
    'group.coordinator.append.linger.ms',
    'group.coordinator.cached.buffer.max.bytes',
  ],
  'log directories cannot be cordoned': ['cordoned.log.dirs'],
  'Kafka 4 has it no more': [
    'advertised.host.name',
    'advertised.port',
    'broker.id.generation.enable',
    'control.plane.listener.name',
    'controlled.shutdown.max.retries',
    'controlled.shutdown.retry.backoff.ms',
    'group.coordinator.new.enable',
    'host.name',
    'inter.broker.protocol.version',
    'leader.imbalance.per.broker.percentage',
    'log.message.downconversion.enable',
    'log.message.format.version',
    'log.message.timestamp.difference.max.ms',
    'offsets.commit.required.acks',
    'password.encoder.*',
    'port',
    'reserved.broker.max.id',
    'zookeeper.*',
  ],
}

/** Why a setting of Kafka means nothing here; null for a setting that is no such one. */
export const reasonForInapplicable = (name: string): string | null => {
  for (const [reason, patterns] of Object.entries(inapplicableSettings)) {
    if (patterns.some(pattern => matches(pattern, name))) return reason
  }
  return null
}

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

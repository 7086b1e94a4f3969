import { ConfigError } from '../../src/config/config-error'
import type { ConfigSources } from '../../src/config/config-sources'
import { loadStaticConfig, type StaticConfig } from '../../src/config/static-config'
import starts from '../golden/config/kafka-4.3-starts.json'

const errorOf = (sources: ConfigSources): ConfigError => {
  try {
    loadStaticConfig(sources)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

describe('the configuration that a broker starts with', () => {
  it('is made of all sources', () => {
    const { config, texts } = loadStaticConfig({
      file: { name: 'server.properties', text: 'num.partitions=3\nlog.retention.hours=1' },
      environment: { KAFKA_NUM_PARTITIONS: '4', PATH: '/bin' },
      sets: ['default.replication.factor=2'],
    })
    expect(config).toMatchObject({ numPartitions: 4, logRetentionMs: 3_600_000, defaultReplicationFactor: 2 })
    expect(texts).toEqual({ 'num.partitions': '4', 'log.retention.hours': '1', 'default.replication.factor': '2' })
  })

  test.each([[{ 'node.id': '5' }], [{ 'broker.id': '5' }], [{ 'node.id': '5', 'broker.id': '05' }]])(
    'has one id under two names: %j',
    options => {
      expect(loadStaticConfig({ options }).config).toMatchObject({ nodeId: 5, brokerId: 5 })
    },
  )

  it('is refused with everything that is wrong, where it was given and what is allowed', () => {
    const error = errorOf({
      file: { name: 'server.properties', text: 'num.partitions=0\nlog.cleanup.policy=shred' },
      environment: { KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'yes' },
      sets: ['broker.id=2', 'node.id=1', 'oops'],
    })
    expect(error.message.split('\n')).toEqual([
      'The configuration is not valid.',
      '  oops (--set): Must be of the form name=value',
      '  num.partitions=0 (server.properties:1): Value must be at least 1; allowed: int of at least 1',
      '  log.cleanup.policy=shred (server.properties:2): String must be one of: compact, delete; allowed: list of compact, delete',
      '  auto.create.topics.enable=yes (environment variable KAFKA_AUTO_CREATE_TOPICS_ENABLE): Expected value to be either true or false; allowed: boolean',
      '  broker.id=2 (--set): Must be the same as node.id, which is 1 (--set)',
    ])
    expect(error.problems).toHaveLength(5)
  })

  it('is refused when values do not go together', () => {
    const { problems } = errorOf({ sets: ['log.retention.hours=0', 'max.connections.per.ip=0', 'listeners=SSL://h:1'] })
    expect(problems.map(({ name, value }) => [name, value])).toEqual([
      ['log.retention.hours', '0'],
      ['max.connections.per.ip', '0'],
      ['listeners', 'SSL://h:1'],
      ['listeners', 'SSL://h:1'],
    ])
  })

  it('warns once of what does not apply, and once of what has no effect', () => {
    const { warnings } = loadStaticConfig({
      sets: [
        'process.roles=broker',
        'num.io.threads=8',
        'controller.quorum.voters=1@h:9093',
        'socket.send.buffer.bytes=1',
      ],
    })
    expect(warnings).toEqual([
      'These settings of Kafka do not apply and are ignored: process.roles, controller.quorum.voters (there is no KRaft controller); num.io.threads (one event loop does the work of all thread pools)',
      'These settings have no effect: socket.send.buffer.bytes (buffers of sockets are left to the operating system)',
    ])
  })

  it('warns of unknown names, with what was probably meant', () => {
    const { warnings } = loadStaticConfig({ sets: ['num.partition=3', 'retention.ms=5', 'no.such.setting=1'] })
    expect(warnings).toEqual([
      'Unknown setting num.partition (--set) is ignored; is it num.partitions?',
      'Unknown setting retention.ms (--set) is ignored; for a broker it is called log.retention.ms',
      'Unknown setting no.such.setting (--set) is ignored',
    ])
  })

  it('accepts what a compose file gives to the image of Apache', () => {
    const { listeners, warnings } = loadStaticConfig({
      environment: {
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092',
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_HEAP_OPTS: '-Xmx1g',
        CLUSTER_ID: '4L6g3nShT-eMCtK--X86sw',
      },
    })
    expect(listeners).toMatchObject({
      listeners: [{ name: 'PLAINTEXT', advertisedHost: 'localhost' }],
      omittedNames: ['CONTROLLER'],
    })
    expect(warnings[0]).toContain('process.roles, controller.quorum.voters (there is no KRaft controller)')
    expect(warnings.at(-1)).toBe('Listener CONTROLLER is left out: it is one of a controller')
  })
})

interface Start {
  readonly given: Readonly<Record<string, string | null>>
  readonly refused?: string
  readonly listeners?: readonly unknown[]
  readonly advertised?: readonly unknown[]
  readonly logDirs?: readonly string[]
  readonly retentionMs?: string
  readonly rollMs?: string
  readonly flushMs?: string
  readonly jitterMs?: string
}

/** What Kafka refuses and a broker here starts with. */
const ACCEPTED_HERE: readonly string[] = [
  'CONTROLLER://h:9093', // left out
  '"controller.listener.names":null', // not needed
  '"security.inter.broker.protocol":"PLAINTEXT"', // given beside a listener name, which counts
  '"group.consumer.assignors":"nope"', // no Java class is loaded
]
const REFUSED_HERE: readonly string[] = [
  'PLAINTEXT://h:99999',
  'PLAINTEXT://h:-1',
  'SSL://h:9093', // not served
  'PLAINTEXT:SSL', // likewise
]

describe('a start with settings', () => {
  const [base, ...others] = starts as unknown as [Start, ...Start[]]
  const common = {
    'node.id': '1',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': '/tmp/x',
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT',
  }

  const start = (given: Start['given']): StaticConfig | ConfigError => {
    const settings = Object.entries({ ...common, ...given }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    )
    try {
      return loadStaticConfig({ options: Object.fromEntries(settings) })
    } catch (error) {
      if (error instanceof ConfigError) return error
      throw error
    }
  }

  test.each(others.map(other => [JSON.stringify(other.given), other] as const))(
    '%s goes as with Kafka',
    (text, kafka) => {
      const result = start(kafka.given)
      const isAmong = (differences: readonly string[]): boolean => differences.some(part => text.includes(part))
      const isAccepted = (kafka.refused === undefined && !isAmong(REFUSED_HERE)) || isAmong(ACCEPTED_HERE)
      expect(result instanceof ConfigError).toBe(!isAccepted)
      if (isAccepted && kafka.refused === undefined) expectSame(result as StaticConfig, { ...base, ...kafka })
    },
  )
})

const expectSame = ({ config, listeners: { listeners } }: StaticConfig, kafka: Start): void => {
  expect(listeners.map(({ name, securityProtocol, host, port }) => [name, securityProtocol, host, port])).toEqual(
    kafka.listeners,
  )
  const told = listeners.map(({ name, securityProtocol, advertisedHost, advertisedPort }) => [
    name,
    securityProtocol,
    advertisedHost ?? '',
    advertisedPort,
  ])
  expect(told).toEqual(expect.arrayContaining(kafka.advertised as unknown[]))
  expect(config.logDirs).toEqual(kafka.logDirs)
  const safe = (digits: string | undefined) => Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
  expect([config.logRetentionMs, config.logRollMs, config.logFlushIntervalMs, config.logRollJitterMs]).toEqual(
    [kafka.retentionMs, kafka.rollMs, kafka.flushMs, kafka.jitterMs].map(safe),
  )
}

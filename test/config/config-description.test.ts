import { brokerSetting } from '../../src/config/broker-config'
import {
  type ConfigEntry,
  ConfigSource,
  describeBroker,
  describeBrokerDefaults,
  describeTopic,
} from '../../src/config/config-description'
import kafka from '../golden/config/kafka-4.3-descriptions.json'

const layers = { dynamicBroker: kafka.dynamicBroker, dynamicDefault: kafka.dynamicDefault, static: kafka.static }
const NOTHING = { dynamicBroker: {}, dynamicDefault: {}, static: {} }

interface KafkaEntry {
  readonly value: string | null
  readonly type: string
  readonly source: string
  readonly readOnly: boolean
  readonly sensitive: boolean
  readonly synonyms: readonly (readonly [name: string, value: string | null, source: string])[]
}

const TYPES = ['UNKNOWN', 'BOOLEAN', 'STRING', 'INT', 'SHORT', 'LONG', 'DOUBLE', 'LIST', 'CLASS', 'PASSWORD']
const sourceOf = (name: string): number => ConfigSource[name.replace(/_CONFIG$/, '') as keyof typeof ConfigSource]

const inKafkasForm = ({ value, type, source, readOnly, isSensitive, synonyms }: ConfigEntry) => ({
  value,
  type: TYPES[type],
  source,
  readOnly,
  sensitive: isSensitive,
  synonyms: synonyms.map(synonym => [synonym.name, synonym.value, synonym.source]),
})

const withNumbers = (entry: KafkaEntry) => ({
  ...entry,
  source: sourceOf(entry.source),
  synonyms: entry.synonyms.map(([name, value, source]) => [name, value, sourceOf(source)]),
})

/** Our entries beside Kafka's, for all names that both show. */
const compared = (ours: ConfigEntry[], theirs: Record<string, unknown>, except: readonly string[] = []) =>
  ours
    .filter(({ name }) => theirs[name] !== undefined && !except.includes(name))
    .map(entry => [entry.name, inKafkasForm(entry), withNumbers(theirs[entry.name] as KafkaEntry)] as const)

/** Told by the installation, or decided differently. */
const OTHER_HERE = [
  'advertised.listeners',
  'broker.id',
  'controller.listener.names',
  'inter.broker.listener.name',
  'listener.security.protocol.map',
  'listeners',
  'log.dirs',
  'node.id',
  'num.io.threads', // a name like any other
  'num.replica.fetchers', // fixed at the start
  'offsets.topic.replication.factor',
  'transaction.state.log.replication.factor',
  'transaction.state.log.min.isr',
  'group.initial.rebalance.delay.ms',
  'num.partitions',
  'default.replication.factor',
  'log.retention.hours', // Kafka shows 168 where it says itself that 100 was given
]

describe('describing', () => {
  const topic = compared(describeTopic(layers, kafka.topicOverrides, null), kafka.topic)
  const broker = compared(describeBroker(layers, null), kafka.broker, OTHER_HERE)

  test.each(topic)('the topic setting %s shows what Kafka shows', (_, ours, theirs) => {
    expect(ours).toEqual(theirs)
  })

  test.each(broker)('the broker setting %s shows what Kafka shows', (_, ours, theirs) => {
    expect(ours).toEqual(theirs)
  })

  it('a topic shows the same settings as Kafka, and internal ones only when they are set', () => {
    const names = describeTopic(layers, kafka.topicOverrides, null).map(({ name }) => name)
    expect(names.sort()).toEqual(Object.keys(kafka.topic).sort())
    expect(describeTopic(layers, {}, null).map(({ name }) => name)).not.toContain('internal.segment.bytes')
  })

  it('what is set for all brokers shows just that, as written', () => {
    const entries = compared(describeBrokerDefaults(layers, null), kafka.default, ['num.io.threads'])
    expect(entries.map(([name, ours]) => [name, ours])).toEqual(entries.map(([name, , theirs]) => [name, theirs]))
    expect(entries).toHaveLength(4)
  })

  it('shows given hours as hours', () => {
    expect(describeBroker(layers, ['log.retention.hours'])).toMatchObject([
      { value: '100', source: ConfigSource.STATIC_BROKER },
    ])
  })

  it('keeps the value of an unknown name secret', () => {
    expect(describeBroker(layers, ['no.such.dyn'])).toEqual([
      {
        name: 'no.such.dyn',
        value: null,
        readOnly: true,
        source: ConfigSource.DYNAMIC_BROKER,
        isSensitive: true,
        synonyms: [{ name: 'no.such.dyn', value: null, source: ConfigSource.DYNAMIC_BROKER }],
        type: 0,
        documentation: null,
      },
    ])
  })

  it('does not show what was given at the start without being a setting', () => {
    expect(describeBroker(layers, ['unknown.thing'])).toEqual([])
  })

  test.each([[null], [[]]])('shows all settings for the names %j', names => {
    expect(describeTopic(NOTHING, {}, names).length).toBeGreaterThan(30)
    expect(describeBroker(NOTHING, names).length).toBeGreaterThan(100)
  })

  it('shows only the names asked for, in the order of the question', () => {
    const names = ['segment.bytes', 'no.such.setting', 'retention.ms', 'cleanup.policy', 'segment.bytes']
    const shown = ['segment.bytes', 'retention.ms', 'cleanup.policy']
    expect(describeTopic(NOTHING, {}, names).map(({ name }) => name)).toEqual(shown)
    expect(describeBrokerDefaults(layers, ['max.connections']).map(({ name }) => name)).toEqual(['max.connections'])
  })

  it('returns numbers beyond the safe integers unharmed', () => {
    expect(
      describeTopic(NOTHING, { 'retention.ms': '9223372036854775806' }, ['retention.ms', 'flush.messages']),
    ).toMatchObject([{ value: '9223372036854775806' }, { value: '9223372036854775807' }])
  })

  it('documents every setting', () => {
    const undocumented = [...describeBroker(NOTHING, null), ...describeTopic(NOTHING, {}, null)].filter(
      e => !e.documentation,
    )
    expect(undocumented).toEqual([])
    expect(describeBroker(NOTHING, ['num.partitions'])[0]?.documentation).toBe(brokerSetting('num.partitions')?.doc)
  })
})

import { ErrorCode } from '../../protocol/errors'
import { type BrokerConfigLayers, brokerConfigOf, NO_TEXTS } from '../../src/config/broker-config'
import { alterGroupConfig, ConfigOperationType } from '../../src/config/config-alteration'
import { type ConfigEntry, ConfigSource, describeGroup } from '../../src/config/config-description'
import { effectiveGroupConfig, validateGroupConfigs } from '../../src/config/group-config'
import kafka from '../golden/config/kafka-4.3-groups.json'

const broker = brokerConfigOf()
const layers: BrokerConfigLayers = { dynamicBroker: NO_TEXTS, dynamicDefault: NO_TEXTS, static: NO_TEXTS }

describe('the configuration of a group', () => {
  it('is that of the broker, with its own values instead', () => {
    const given = brokerConfigOf({ 'group.consumer.assignment.interval.ms': '7' })
    expect(effectiveGroupConfig(given, { 'consumer.session.timeout.ms': '50000' })).toEqual({
      consumerSessionTimeoutMs: 50_000,
      consumerHeartbeatIntervalMs: 5_000,
      consumerAssignmentIntervalMs: 7,
    })
  })

  it('stays within the limits of the broker, whatever was allowed once', () => {
    const overrides = { 'consumer.session.timeout.ms': '90000', 'consumer.heartbeat.interval.ms': '1' }
    expect(effectiveGroupConfig(broker, overrides)).toMatchObject({
      consumerSessionTimeoutMs: 60_000,
      consumerHeartbeatIntervalMs: 5_000,
    })
  })

  it('passes over what another version has written', () => {
    expect(effectiveGroupConfig(broker, { 'consumer.session.timeout.ms': 'soon', 'no.such': '1' })).toEqual(
      effectiveGroupConfig(broker, NO_TEXTS),
    )
  })
})

describe('the values of a group', () => {
  const wide = brokerConfigOf({
    'group.consumer.min.session.timeout.ms': '20000',
    'group.consumer.session.timeout.ms': '21000',
    'group.consumer.max.session.timeout.ms': '40000',
    'group.consumer.max.heartbeat.interval.ms': '30000',
  })

  test.each<[string, string | null]>([
    ['20999', null],
    ['21000', 'consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms'],
    ['30001', 'consumer.heartbeat.interval.ms must be less than or equal to group.consumer.max.heartbeat.interval.ms'],
  ])('go together with what the broker says: a heartbeat every %s ms: %j', (interval, problem) => {
    expect(validateGroupConfigs(wide, { 'consumer.heartbeat.interval.ms': interval })).toBe(problem)
  })

  it('are judged all, not only those that are altered', () => {
    const operations = [{ name: 'share.session.timeout.ms', type: ConfigOperationType.SET, value: '50000' }]
    expect(alterGroupConfig(wide, { 'consumer.session.timeout.ms': '47000' }, operations)).toEqual({
      errorCode: ErrorCode.INVALID_CONFIG,
      errorMessage: 'consumer.session.timeout.ms must be less than or equal to group.consumer.max.session.timeout.ms',
    })
  })

  test.each(['by_duration:P1D', 'by_duration:PT1H30M', 'by_duration:PT0.5S', 'by_duration:p1dt2s', 'earliest'])(
    'may have an offset reset of %s',
    value => {
      expect(validateGroupConfigs(broker, { 'share.auto.offset.reset': value })).toBeNull()
    },
  )

  test.each([
    'by_duration:',
    'by_duration:P',
    'by_duration:PT',
    'by_duration:P1DT',
    'by_duration:PT1M1H',
    'BY_DURATION:PT1M',
  ])('may not have an offset reset of %s', value => {
    expect(validateGroupConfigs(broker, { 'share.auto.offset.reset': value })).toContain("must be either 'earliest'")
  })
})

type Operation = readonly [type: keyof typeof ConfigOperationType, name: string, value: string | null]

test.each(kafka.alterations.map(answer => [JSON.stringify(answer.operations), answer] as const))(
  'altering a group by %s answers as Kafka does',
  (_, { operations, error, message }) => {
    const asked = (operations as unknown as Operation[]).map(([type, name, value]) => ({
      name,
      type: ConfigOperationType[type],
      value,
    }))
    const altered = alterGroupConfig(broker, NO_TEXTS, asked)
    if (error === 'NONE') expect(altered).toHaveProperty('overrides')
    else expect(altered).toEqual({ errorCode: ErrorCode[error as keyof typeof ErrorCode], errorMessage: message })
  },
)

describe('describing a group', () => {
  const inKafkasForm = (entries: readonly ConfigEntry[]) =>
    Object.fromEntries(
      entries.map(({ name, value, source, type, readOnly, isSensitive, synonyms }) => [
        name,
        {
          value,
          source,
          type,
          readOnly,
          sensitive: isSensitive,
          synonyms: synonyms.map(synonym => [synonym.name, synonym.value, synonym.source]),
        },
      ]),
    )

  it('shows what Kafka shows of a group without settings of its own', () => {
    expect(inKafkasForm(describeGroup(layers, NO_TEXTS, null))).toEqual(kafka.descriptions.withoutOverrides)
  })

  it('shows what Kafka shows of one that has some', () => {
    expect(inKafkasForm(describeGroup(layers, kafka.overrides, []))).toEqual(kafka.descriptions.withOverrides)
  })

  it('tells what has been said about a setting of the broker', () => {
    const given = { 'group.consumer.session.timeout.ms': '46000' }
    const overrides = { 'consumer.session.timeout.ms': ' 047000 ' }
    expect(describeGroup({ ...layers, static: given }, overrides, ['consumer.session.timeout.ms', 'no.such'])).toEqual([
      expect.objectContaining({
        value: '47000',
        synonyms: [
          { name: 'consumer.session.timeout.ms', value: '47000', source: ConfigSource.GROUP },
          { name: 'group.consumer.session.timeout.ms', value: '46000', source: ConfigSource.STATIC_BROKER },
          { name: 'group.consumer.session.timeout.ms', value: '45000', source: ConfigSource.DEFAULT },
        ],
      }),
    ])
  })
})

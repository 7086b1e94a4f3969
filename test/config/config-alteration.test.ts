import fc from 'fast-check'
import { ErrorCode } from '../../protocol/errors'
import { type BrokerConfigLayers, brokerConfigOf, NO_TEXTS } from '../../src/config/broker-config'
import {
  alterBrokerConfig,
  alterTopicConfig,
  type ConfigAlteration,
  type ConfigOperation,
  ConfigOperationType,
  replacement,
} from '../../src/config/config-alteration'
import kafkaAnswers from '../golden/config/kafka-4.3-alterations.json'

const { SET, DELETE, APPEND, SUBTRACT } = ConfigOperationType
const operation = (type: number, name: string, value: string | null = null): ConfigOperation => ({ type, name, value })

const broker = brokerConfigOf()
const layers: BrokerConfigLayers = { dynamicBroker: NO_TEXTS, dynamicDefault: NO_TEXTS, static: NO_TEXTS }
const alter = (current: Record<string, string>, ...operations: ConfigOperation[]) =>
  alterTopicConfig(broker, current, operations)
const overridesOf = (alteration: ConfigAlteration) => ('overrides' in alteration ? alteration.overrides : alteration)

describe('altering the settings of a topic', () => {
  it('sets, replaces and deletes', () => {
    const operations = [
      operation(SET, 'retention.ms', '5'),
      operation(SET, 'flush.ms', '7'),
      operation(DELETE, 'segment.ms'),
    ]
    expect(
      overridesOf(alter({ 'retention.ms': '1', 'segment.ms': '2', 'max.message.bytes': '3' }, ...operations)),
    ).toEqual({
      'retention.ms': '5',
      'flush.ms': '7',
      'max.message.bytes': '3',
    })
  })

  test.each<[string, Record<string, string>, number, string, string]>([
    ['appends to the default', {}, APPEND, 'compact', 'delete,compact'],
    ['appends to its own list', { 'cleanup.policy': 'compact' }, APPEND, 'delete', 'compact,delete'],
    ['appends nothing twice', { 'cleanup.policy': 'compact, delete' }, APPEND, 'delete', 'compact,delete'],
    ['subtracts from its own list', { 'cleanup.policy': 'compact,delete' }, SUBTRACT, 'compact', 'delete'],
    ['subtracts to nothing', {}, SUBTRACT, 'delete', ''],
    ['subtracts what is not there', {}, SUBTRACT, 'compact', 'delete'],
  ])('%s', (_, current, type, value, expected) => {
    expect(overridesOf(alter(current, operation(type, 'cleanup.policy', value)))).toEqual({
      'cleanup.policy': expected,
    })
  })

  it('keeps what was set as it was written', () => {
    expect(overridesOf(alter({}, operation(SET, 'retention.ms', ' 05 ')))).toEqual({ 'retention.ms': ' 05 ' })
  })

  it('leaves the overrides it was given alone', () => {
    const current = Object.freeze({ 'retention.ms': '1' })
    alter(current, operation(SET, 'retention.ms', '2'))
    expect(current).toEqual({ 'retention.ms': '1' })
  })

  it('judges only what is altered, so that an old mistake can be mended in part', () => {
    const current = { 'segment.bytes': 'broken' }
    expect(overridesOf(alter(current, operation(SET, 'retention.ms', '2')))).toEqual({
      ...current,
      'retention.ms': '2',
    })
  })

  it('refuses values that do not go with the ones that are there', () => {
    const current = { 'max.compaction.lag.ms': '10' }
    expect(alter(current, operation(SET, 'min.compaction.lag.ms', '11'))).toMatchObject({
      errorCode: ErrorCode.INVALID_CONFIG,
    })
    expect(alter(current, operation(SET, 'min.compaction.lag.ms', '10'))).toHaveProperty('overrides')
  })

  it('refuses an operation that it does not know', () => {
    expect(alter({}, operation(4, 'retention.ms', '1'))).toEqual({
      errorCode: ErrorCode.INVALID_REQUEST,
      errorMessage: 'Unknown config operation 4',
    })
  })
})

describe('altering the settings of a broker', () => {
  it('keeps names that are no settings, even those of object properties', () => {
    const altered = alterBrokerConfig(layers, 'broker', {}, [
      operation(SET, '__proto__', '1'),
      operation(SET, 'no.such', '2'),
    ])
    expect(Object.entries(overridesOf(altered))).toEqual([
      ['__proto__', '1'],
      ['no.such', '2'],
    ])
  })

  it('refuses for one broker what only the default would forbid, and judges the default without the broker', () => {
    const zero = [operation(SET, 'max.connections.per.ip', '0')]
    const withException = { ...layers, dynamicBroker: { 'max.connections.per.ip.overrides': '127.0.0.1:5' } }
    expect(alterBrokerConfig(withException, 'default', {}, zero)).toMatchObject({
      errorCode: ErrorCode.INVALID_REQUEST,
    })
    expect(alterBrokerConfig(withException, 'broker', withException.dynamicBroker, zero)).toHaveProperty('overrides')
  })
})

describe('replacing all settings', () => {
  it('sets the given ones and deletes the others', () => {
    const current = { 'retention.ms': '1', 'flush.ms': '2' }
    const operations = replacement(current, [{ name: 'retention.ms', value: '5' }])
    expect(overridesOf(alterTopicConfig(broker, current, operations))).toEqual({ 'retention.ms': '5' })
  })

  it('is refused for names that are given twice', () => {
    const twice = [
      { name: 'retention.ms', value: '5' },
      { name: 'retention.ms', value: '6' },
    ]
    expect(alterTopicConfig(broker, {}, replacement({}, twice))).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST })
  })
})

describe('an alteration', () => {
  interface Answer {
    readonly resource: string
    readonly operations: readonly (readonly [keyof typeof ConfigOperationType, string, string | null])[]
    readonly error: keyof typeof ErrorCode
    readonly message: string | null
  }

  /** Settings that do not exist here, cannot be changed here, or are restricted by a feature of Kafka that is not served. */
  const ELSEWHERE = new Set([
    'ssl.keystore.location',
    'cordoned.log.dirs',
    'num.io.threads',
    'listeners',
    'num.replica.fetchers',
  ])
  const isRestrictedByEligibleLeaderReplicas = ({ message }: Answer) => message?.includes('while ELR is enabled')
  /** Kafka accepts a negative number of connections. */
  const REFUSED_HERE = '127.0.0.1:-5'

  const answers = (kafkaAnswers as unknown as Answer[]).filter(
    answer =>
      !answer.operations.some(([, name]) => ELSEWHERE.has(name)) && !isRestrictedByEligibleLeaderReplicas(answer),
  )

  /** Kafka's words where ours differ: exceptions of Scala and of Java, and which of two wrong values is named. */
  const inOurWords = (message: string | null): string | null => {
    if (message?.startsWith('Error parsing configuration property'))
      return expect.stringContaining('Must be of the form')
    if (message?.includes('1MB per cleaner thread')) return 'log.cleaner.dedupe.buffer.size must be at least 1 MiB'
    if (message === 'Invalid value y for configuration segment.bytes: Not a number of type INT')
      return expect.stringContaining('value x')
    if (message === 'Unknown topic config name: no.b') return 'Unknown topic config name: no.a'
    return message?.replace('requirement failed: ', '') ?? null
  }

  test.each(answers.map(answer => [answer.resource, JSON.stringify(answer.operations), answer] as const))(
    'of a %s by %s answers as Kafka does',
    (resource, _, { operations, error, message }) => {
      const current: Record<string, string> = resource === 'topic' ? { 'retention.ms': '1000' } : {}
      const asked = operations.map(([type, name, value]) => operation(ConfigOperationType[type], name, value))
      const altered =
        resource === 'topic'
          ? alterTopicConfig(broker, current, asked)
          : alterBrokerConfig(layers, resource as 'broker' | 'default', current, asked)
      if (operations[0]?.[2] === REFUSED_HERE) expect(altered).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST })
      else if (error === 'NONE') expect(altered).toHaveProperty('overrides')
      else expect(altered).toEqual({ errorCode: ErrorCode[error], errorMessage: inOurWords(message) })
    },
  )

  it('that is accepted leaves only values that can be set again', () => {
    const operations = fc.array(
      fc.record({
        type: fc.constantFrom(SET, DELETE, APPEND, SUBTRACT),
        name: fc.constantFrom('cleanup.policy', 'retention.ms', 'leader.replication.throttled.replicas'),
        value: fc.constantFrom('compact', 'delete', 'compact,delete', '', '5', '0:1', '*'),
      }),
    )
    fc.assert(
      fc.property(operations, operations, (first, second) => {
        const current = overridesOf(alterTopicConfig(broker, {}, first))
        if ('errorCode' in current) return
        const altered = alterTopicConfig(broker, current, second)
        if (!('overrides' in altered)) return
        const again = Object.entries(altered.overrides).map(([name, value]) => operation(SET, name, value))
        expect(alterTopicConfig(broker, {}, again)).toEqual(altered)
      }),
    )
  })
})

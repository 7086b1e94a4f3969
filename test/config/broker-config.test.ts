import { brokerConfigOf, brokerSetting, NO_TEXTS, resolveBrokerConfig } from '../../src/config/broker-config'

const layers = (dynamicBroker: Record<string, string>, dynamicDefault: Record<string, string>, statics = NO_TEXTS) => ({
  dynamicBroker,
  dynamicDefault,
  static: statics,
})

describe('the configuration of a broker', () => {
  it('has a camelCase field for every setting, with the default where nothing is given', () => {
    expect(brokerConfigOf()).toMatchObject({
      numPartitions: 1,
      autoCreateTopicsEnable: true,
      logCleanupPolicy: ['delete'],
      compressionType: 'producer',
      brokerRack: null,
      socketRequestMaxBytes: 104_857_600,
      logFlushIntervalMessages: Number.MAX_SAFE_INTEGER,
    })
  })

  test.each<[Record<string, string>, number]>([
    [{}, 604_800_000],
    [{ 'log.retention.hours': '1' }, 3_600_000],
    [{ 'log.retention.minutes': '5', 'log.retention.hours': '1' }, 300_000],
    [{ 'log.retention.ms': '7', 'log.retention.minutes': '5', 'log.retention.hours': '1' }, 7],
    [{ 'log.retention.ms': '-9' }, -1],
    [{ 'log.retention.hours': '-3' }, -1],
  ])('retains by the finest unit given: %j', (texts, expected) => {
    expect(brokerConfigOf(texts).logRetentionMs).toBe(expected)
  })

  test.each<[Record<string, string>, string[]]>([
    [{}, ['/tmp/kafka-logs']],
    [{ 'log.dir': '/a' }, ['/a']],
    [{ 'log.dir': '/a', 'log.dirs': '/b, /c,/b' }, ['/b', '/c']],
  ])('takes log.dirs before log.dir: %j', (texts, expected) => {
    expect(brokerConfigOf(texts).logDirs).toEqual(expected)
  })

  it('advertises the listeners unless something else is said', () => {
    const listeners = 'PLAINTEXT://h:1'
    expect(brokerConfigOf({ listeners }).advertisedListeners).toEqual([listeners])
    expect(brokerConfigOf({ listeners, 'advertised.listeners': 'PLAINTEXT://i:2' }).advertisedListeners).toEqual([
      'PLAINTEXT://i:2',
    ])
  })

  it('puts what was set for this broker before what was set for all, and that before what it was started with', () => {
    const statics = { 'message.max.bytes': '1', 'log.segment.bytes': '2000000', 'log.roll.ms': '3' }
    const config = resolveBrokerConfig(
      layers({ 'message.max.bytes': '100' }, { 'message.max.bytes': '10', 'log.segment.bytes': '3000000' }, statics),
    )
    expect(config).toMatchObject({ messageMaxBytes: 100, logSegmentBytes: 3_000_000, logRollMs: 3 })
  })

  it('lets a dynamic millisecond hide static hours', () => {
    const config = resolveBrokerConfig(layers({}, { 'log.retention.ms': '5' }, { 'log.retention.hours': '1' }))
    expect(config.logRetentionMs).toBe(5)
  })

  it('passes over stored changes that are refused today', () => {
    const stored = { 'message.max.bytes': 'many', 'num.partitions': '7', 'no.such.setting': '1' }
    expect(resolveBrokerConfig(layers(stored, stored))).toEqual(brokerConfigOf())
  })
})

describe('looking up a setting of the broker', () => {
  it('finds settings, and no inherited properties', () => {
    expect(brokerSetting('num.partitions')).toMatchObject({ type: 'int' })
    expect(brokerSetting('toString')).toBeUndefined()
  })
})

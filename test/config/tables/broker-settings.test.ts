import { brokerSetting } from '../../../src/config/broker-config'
import { camelCase, type Setting } from '../../../src/config/setting'
import { brokerSettings } from '../../../src/config/tables/broker-settings'
import { groupSettings } from '../../../src/config/tables/group-settings'
import { httpSettings } from '../../../src/config/tables/http-settings'
import { reasonForInapplicable } from '../../../src/config/tables/inapplicable-settings'
import { topicSettings } from '../../../src/config/tables/topic-settings'
import golden from '../../golden/config/kafka-4.3-settings.json'
import { sourceFiles } from '../../repo/source-files'

interface KafkaSetting {
  readonly name: string
  readonly type: string
  readonly default: string | null
  readonly validator?: string
  readonly update?: string
  readonly internal?: boolean
}

const kafka = new Map((golden.broker as KafkaSetting[]).map(row => [row.name, row]))
const rows: [string, Setting][] = Object.entries(brokerSettings)
const kafkaRows = rows.filter(([name]) => !Object.hasOwn(httpSettings, name))

/** Where we differ from Kafka on purpose. */
const OTHER_DEFAULTS = new Set([
  'node.id', // Kafka refuses to start without one
])
const OTHER_VALUES = new Set([
  'max.connections.per.ip.overrides', // Kafka fails with an exception
  'offsets.topic.compression.codec', // likewise
])
const FIXED_AT_START = new Set([
  'listeners', // nothing is opened or closed while running
  'listener.security.protocol.map',
  'num.replica.fetchers',
])

/** The form in which Kafka prints what it accepts. */
const validatorOf = ({ min, max, orElse, values, type, ignoreCase }: Setting): string | undefined => {
  if (values !== undefined && type === 'list') return `[${values.join(', ')}]`
  if (ignoreCase) return `(case insensitive) [${values?.join(', ').toUpperCase()}]`
  if (values !== undefined) return `[${values.join(', ')}]`
  if (min === undefined) return undefined
  return `[${min},...${max === undefined ? '' : `,${max}`}]${orElse === undefined ? '' : ` or ${orElse}`}`
}

describe('the settings of the broker', () => {
  test.each(kafkaRows)('%s has the type, default, range and mode of Kafka', (name, setting) => {
    const row = kafka.get(name)
    expect(row).toBeDefined()
    expect(setting.type).toBe(row!.type)
    if (!OTHER_DEFAULTS.has(name)) expect(setting.default ?? '').toBe(row!.default ?? '')
    if (!OTHER_VALUES.has(name)) expect(validatorOf(setting)).toEqual(row!.validator || undefined)
    if (!FIXED_AT_START.has(name)) expect(setting.dynamic === true).toBe(row!.update === 'cluster-wide')
    expect(setting.internal === true).toBe(row!.internal === true)
  })

  it('are, with those that do not apply, all settings of Kafka', () => {
    const missing = [...kafka.keys()].filter(name => !brokerSetting(name) && reasonForInapplicable(name) === null)
    expect(missing).toEqual([])
  })

  it('refer to settings that exist', () => {
    const references = rows.flatMap(([, { fallbacks = [], inherits }]) => [
      ...fallbacks.map(({ name }) => name),
      ...(inherits === undefined ? [] : [inherits]),
    ])
    expect(references.filter(name => !brokerSetting(name))).toEqual([])
  })

  it('convert only from settings that always have a value', () => {
    const last = rows.flatMap(([, { fallbacks }]) => (fallbacks === undefined ? [] : [fallbacks.at(-1)!.name]))
    expect(last.filter(name => brokerSetting(name)?.default === null)).toEqual([])
  })

  it('are read by the broker, unless they say that they have no effect', () => {
    // The rules judge all values, also those that nothing else looks at.
    const judges = ['src/config/tables/', 'src/config/broker-config-rules.ts']
    const readers = sourceFiles('src').filter(({ path }) => !judges.some(judge => path.startsWith(judge)))
    const isRead = (name: string) => readers.some(({ code }) => new RegExp(`\\b${camelCase(name)}\\b`).test(code))
    const serveOthers = new Set([
      ...Object.values<Setting>(topicSettings).map(({ synonym }) => synonym),
      ...Object.values<Setting>(groupSettings).map(({ synonym }) => synonym),
      ...rows.flatMap(([, { fallbacks = [] }]) => fallbacks.map(({ name }) => name)),
    ])
    const others = rows.filter(([name]) => !serveOthers.has(name))
    const liars = others.filter(([name, { noEffect }]) => isRead(name) === (noEffect !== undefined))
    expect(liars.map(([name]) => name)).toEqual([])
  })

  test.each(rows)('%s is documented in a sentence', (_, { doc }) => {
    expect(doc).toMatch(/^[A-Z].*\.$/)
  })
})

import {
  type BrokerConfigLayers,
  brokerSetting,
  type GivenSettings,
  givenSettings,
  type SettingTexts,
  settingInForce,
} from './broker-config'
import { groupSetting } from './group-config'
import type { Setting, SettingTable, SettingType } from './setting'
import { defaultOf, parseSetting } from './setting-value'
import { brokerSettings } from './tables/broker-settings'
import { groupSettings } from './tables/group-settings'
import { topicSettings } from './tables/topic-settings'
import { topicSetting } from './topic-config'

/** Where a value comes from, as DescribeConfigs numbers it (KIP-226). */
export const ConfigSource = {
  DYNAMIC_TOPIC: 1,
  DYNAMIC_BROKER: 2,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
  GROUP: 8,
} as const

/** One setting as DescribeConfigs shows it. */
export interface ConfigEntry {
  readonly name: string
  /** Null: there is none, or it is secret. */
  readonly value: string | null
  readonly readOnly: boolean
  /** A value of `ConfigSource`. */
  readonly source: number
  readonly isSensitive: boolean
  /** What has been said about the setting, the most important first. */
  readonly synonyms: readonly ConfigSynonym[]
  /** Kafka's number of the type; 0 = unknown. */
  readonly type: number
  readonly documentation: string | null
}

export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

const TYPE_CODES: Readonly<Record<SettingType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
}

/** The settings of a topic; `names` null or empty: all of them. */
export const describeTopic = (
  layers: BrokerConfigLayers,
  overrides: SettingTexts,
  names: readonly string[] | null,
): ConfigEntry[] => {
  const kind = { table: topicSettings, settingOf: topicSetting, source: ConfigSource.DYNAMIC_TOPIC }
  return describeOverrides(kind, layers, overrides, names)
}

/** The settings of a group; `names` null or empty: all of them. */
export const describeGroup = (
  layers: BrokerConfigLayers,
  overrides: SettingTexts,
  names: readonly string[] | null,
): ConfigEntry[] => {
  const kind = { table: groupSettings, settingOf: groupSetting, source: ConfigSource.GROUP }
  return describeOverrides(kind, layers, overrides, names)
}

/** A kind of resource whose settings have their defaults in the broker. */
interface OverridingKind {
  readonly table: SettingTable
  readonly settingOf: (name: string) => Setting | undefined
  /** Where values of its own come from. */
  readonly source: number
}

const describeOverrides = (
  { table, settingOf, source }: OverridingKind,
  layers: BrokerConfigLayers,
  overrides: SettingTexts,
  names: readonly string[] | null,
): ConfigEntry[] => {
  const given = givenSettings(layers)
  return shownNames(table, overrides, names).map(name => {
    const setting = settingOf(name)
    const synonyms = inheritedSynonyms(name, setting, layers)
    const own = overrides[name]
    const text = own === undefined ? inheritedText(name, setting, given) : canonicalText(name, setting, own)
    if (own !== undefined) synonyms.unshift({ name, value: text, source })
    return entry(name, setting, { text, synonyms, readOnly: false })
  })
}

const inheritedText = (name: string, setting: Setting | undefined, given: GivenSettings): string | null => {
  const { synonym } = setting ?? {}
  const inherited = synonym === undefined || !brokerSetting(synonym) ? null : settingInForce(synonym, given)
  return inherited?.text ?? defaultText(name, setting)
}

/** What the broker says; where its setting is one that does not apply here, what Kafka's says by default. */
const inheritedSynonyms = (name: string, setting: Setting | undefined, layers: BrokerConfigLayers): ConfigSynonym[] => {
  const { synonym } = setting ?? {}
  if (synonym === undefined) return []
  if (brokerSetting(synonym)) return synonymsOf(synonym, layers)
  return [{ name: synonym, value: defaultText(name, setting), source: ConfigSource.DEFAULT }]
}

/** The settings of this broker; `names` null or empty: all of them. */
export const describeBroker = (layers: BrokerConfigLayers, names: readonly string[] | null): ConfigEntry[] => {
  const dynamic = { ...layers.dynamicDefault, ...layers.dynamicBroker }
  const given = givenSettings(layers)
  return shownNames(brokerSettings, { ...layers.static, ...dynamic }, names)
    .filter(name => brokerSetting(name) !== undefined || dynamic[name] !== undefined)
    .map(name => {
      const setting = brokerSetting(name)
      const text = given[name]?.text ?? defaultText(name, setting)
      return entry(name, setting, { text, synonyms: synonymsOf(name, layers), readOnly: !setting?.dynamic })
    })
}

/** What has been set for all brokers; `names` null or empty: all of it. */
export const describeBrokerDefaults = (
  { dynamicDefault }: Pick<BrokerConfigLayers, 'dynamicDefault'>,
  names: readonly string[] | null,
): ConfigEntry[] =>
  askedFor(Object.keys(dynamicDefault), names).map(name => {
    const setting = brokerSetting(name)
    const text = dynamicDefault[name]!
    const synonyms = [{ name, value: text, source: ConfigSource.DYNAMIC_DEFAULT_BROKER }]
    return entry(name, setting, { text, synonyms, readOnly: !setting?.dynamic })
  })

/** The names of a table and of what has been set beside it; internal settings only when they have been set. */
const shownNames = (
  table: Readonly<Record<string, Setting>>,
  texts: SettingTexts,
  names: readonly string[] | null,
): string[] => {
  const listed = Object.keys(table).filter(name => !table[name]!.internal)
  return askedFor([...listed, ...Object.keys(texts)], names)
}

/** In the order of the question, since some clients take answers by their place. */
const askedFor = (shown: readonly string[], names: readonly string[] | null): string[] => {
  const distinct = new Set(shown)
  return names === null || names.length === 0 ? [...distinct] : [...new Set(names)].filter(name => distinct.has(name))
}

const defaultText = (name: string, setting: Setting | undefined): string | null =>
  setting === undefined ? null : (defaultOf(name, setting)?.text ?? null)

const canonicalText = (name: string, setting: Setting | undefined, text: string): string => {
  const parsed = setting === undefined ? null : parseSetting(name, setting, text)
  return parsed === null || 'problem' in parsed ? text : parsed.text
}

/** All that has been said about a setting of the broker or, behind it, about the same in coarser units. */
const synonymsOf = (
  name: string,
  { dynamicBroker, dynamicDefault, static: statics }: BrokerConfigLayers,
): ConfigSynonym[] => {
  const family = [name, ...(brokerSetting(name)?.fallbacks ?? []).map(fallback => fallback.name)]
  const defaults = Object.fromEntries(family.map(member => [member, defaultText(member, brokerSetting(member))]))
  const layers: [number, Readonly<Record<string, string | null>>][] = [
    [ConfigSource.DYNAMIC_BROKER, dynamicBroker],
    [ConfigSource.DYNAMIC_DEFAULT_BROKER, dynamicDefault],
    [ConfigSource.STATIC_BROKER, statics],
    [ConfigSource.DEFAULT, defaults],
  ]
  const said = layers.flatMap(([source, texts]) =>
    family.flatMap(member => {
      const value = texts[member] ?? null
      return value === null ? [] : [{ name: member, value, source }]
    }),
  )
  // Kafka shows nothing of the family unless the setting itself has been given.
  const first = said.findIndex(synonym => synonym.name === name)
  return first < 0 ? [] : said.slice(first)
}

/** A setting that is not known could be anything, so its value is kept secret, as in Kafka. */
const entry = (
  name: string,
  setting: Setting | undefined,
  { text, synonyms, readOnly }: { text: string | null; synonyms: readonly ConfigSynonym[]; readOnly: boolean },
): ConfigEntry => {
  const isSensitive = setting === undefined || setting.type === 'password'
  return {
    name,
    value: isSensitive ? null : text,
    readOnly,
    source: synonyms[0]?.source ?? ConfigSource.DEFAULT,
    isSensitive,
    synonyms: isSensitive ? synonyms.map(synonym => ({ ...synonym, value: null })) : synonyms,
    type: setting === undefined ? 0 : TYPE_CODES[setting.type],
    documentation: setting?.doc ?? null,
  }
}

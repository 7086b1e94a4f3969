import { camelCase, type Setting, type SettingTable, type SettingValue, type ValuesOf } from './setting'
import { defaultOf, type ParsedSetting, parseSetting } from './setting-value'
import { brokerSettings } from './tables/broker-settings'

/**
 * The values in force on this broker: one camelCase field per setting, numbers clamped to safe integers. A field holds what counts in the
 * end: `logRetentionMs` is made of log.retention.ms, log.retention.minutes or log.retention.hours.
 */
export type BrokerConfig = ValuesOf<typeof brokerSettings>

/** Setting name -> value as it was written. */
export type SettingTexts = Readonly<Record<string, string>>

/** Where the broker's values come from; a text of an earlier layer hides those of the later ones. */
export interface BrokerConfigLayers {
  /** Changed while running, for this broker. */
  readonly dynamicBroker: SettingTexts
  /** Changed while running, for all brokers. */
  readonly dynamicDefault: SettingTexts
  /** Given at the start: file, environment, command line. */
  readonly static: SettingTexts
}

export const NO_TEXTS: SettingTexts = Object.freeze({})

/** The row of a broker setting, or undefined. */
export const brokerSetting = (name: string): Setting | undefined =>
  Object.hasOwn(brokerSettings, name) ? (brokerSettings as SettingTable)[name] : undefined

/**
 * Resolves layers to values. Dynamic texts that do not parse, or that may not be dynamic in their layer, are passed over: they were
 * refused when they were set, so another version has written them. Static texts must have been checked before.
 */
export const resolveBrokerConfig = (layers: BrokerConfigLayers): BrokerConfig => {
  const given: Record<string, ParsedSetting> = {
    ...parseTexts(layers.static, () => true),
    ...parseTexts(layers.dynamicDefault, setting => setting.update === 'cluster-wide'),
    ...parseTexts(layers.dynamicBroker, setting => (setting.update ?? 'read-only') !== 'read-only'),
  }
  const fields = Object.keys(brokerSettings).map(name => [camelCase(name), valueInForce(name, given)])
  return Object.fromEntries(fields) as BrokerConfig
}

/** A configuration of nothing but defaults and a few static settings. */
export const brokerConfigOf = (texts: SettingTexts = NO_TEXTS): BrokerConfig =>
  resolveBrokerConfig({ dynamicBroker: NO_TEXTS, dynamicDefault: NO_TEXTS, static: texts })

const parseTexts = (texts: SettingTexts, applies: (setting: Setting) => boolean): Record<string, ParsedSetting> => {
  const parsed: Record<string, ParsedSetting> = {}
  for (const [name, text] of Object.entries(texts)) {
    const setting = brokerSetting(name)
    if (setting === undefined || !applies(setting)) continue
    const result = parseSetting(name, setting, text)
    if (!('problem' in result)) parsed[name] = result
  }
  return parsed
}

const valueInForce = (name: string, given: Readonly<Record<string, ParsedSetting>>): SettingValue => {
  const setting: Setting = (brokerSettings as SettingTable)[name]!
  const own = given[name]
  if (own === undefined && setting.inherits !== undefined) return valueInForce(setting.inherits, given)
  const value = own?.value ?? fallbackValue(setting, given) ?? defaultOf(name, setting)?.value ?? null
  return typeof value === 'number' && setting.floor !== undefined ? Math.max(value, setting.floor) : value
}

/** The first fallback that is given, otherwise the first that has a default. */
const fallbackValue = (setting: Setting, given: Readonly<Record<string, ParsedSetting>>): number | null => {
  const fallbacks = setting.fallbacks ?? []
  const chosen = fallbacks.find(({ name }) => given[name] !== undefined) ?? fallbacks.at(-1)
  if (chosen === undefined) return null
  return (valueInForce(chosen.name, given) as number) * chosen.factor
}

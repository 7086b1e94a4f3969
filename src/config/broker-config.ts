import { camelCase, type Fallback, type Setting, type SettingTable, type ValuesOf } from './setting'
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
  const given = givenSettings(layers)
  const fields = Object.keys(brokerSettings).map(name => [camelCase(name), settingInForce(name, given)?.value ?? null])
  return Object.fromEntries(fields) as BrokerConfig
}

/** A configuration of nothing but defaults and a few static settings. */
export const brokerConfigOf = (texts: SettingTexts = NO_TEXTS): BrokerConfig =>
  resolveBrokerConfig({ dynamicBroker: NO_TEXTS, dynamicDefault: NO_TEXTS, static: texts })

/** The settings that have a value of their own, by name. */
export type GivenSettings = Readonly<Record<string, ParsedSetting>>

/** What the layers say together, without the defaults. */
export const givenSettings = (layers: BrokerConfigLayers): GivenSettings => ({
  ...parseTexts(layers.static, () => true),
  ...parseTexts(layers.dynamicDefault, isDynamic),
  ...parseTexts(layers.dynamicBroker, isDynamic),
})

const isDynamic = (setting: Setting): boolean => setting.dynamic === true

const parseTexts = (texts: SettingTexts, applies: (setting: Setting) => boolean): GivenSettings => {
  const parsed: Record<string, ParsedSetting> = {}
  for (const [name, text] of Object.entries(texts)) {
    const setting = brokerSetting(name)
    if (setting === undefined || !applies(setting)) continue
    const result = parseSetting(name, setting, text)
    if (!('problem' in result)) parsed[name] = result
  }
  return parsed
}

/** What counts for a setting in the end: given, inherited, converted from a coarser unit, or the default; null when there is nothing. */
export const settingInForce = (name: string, given: GivenSettings): ParsedSetting | null => {
  const setting = brokerSetting(name)!
  const own = given[name]
  if (own !== undefined) return own
  if (setting.inherits !== undefined) return settingInForce(setting.inherits, given)
  return setting.fallbacks === undefined
    ? defaultOf(name, setting)
    : convertedSetting(setting, setting.fallbacks, given)
}

/** The first fallback that is given counts, otherwise the last: it has a default. */
const convertedSetting = ({ floor }: Setting, fallbacks: readonly Fallback[], given: GivenSettings): ParsedSetting => {
  const chosen = fallbacks.find(({ name }) => given[name] !== undefined) ?? fallbacks.at(-1)!
  const { value, text } = settingInForce(chosen.name, given)!
  if (chosen.factor === 1) return { value, text }
  const converted = Math.max((value as number) * chosen.factor, floor ?? Number.MIN_SAFE_INTEGER)
  return { value: converted, text: `${converted}` }
}

import { allowedValues } from './allowed-values'
import { type BrokerConfig, brokerConfigOf, brokerSetting, type SettingTexts } from './broker-config'
import { brokenRules } from './broker-config-rules'
import { ConfigError, type ConfigProblem } from './config-error'
import { type ConfigSources, collectSettings, type SourcedTexts } from './config-sources'
import { type ListenerSettings, parseListeners } from './listeners'
import { nearMiss } from './near-miss'
import { parseSetting } from './setting-value'
import { brokerSettings } from './tables/broker-settings'
import { reasonForInapplicable } from './tables/inapplicable-settings'
import { topicSetting } from './topic-config'

/** What a broker starts with. */
export interface StaticConfig {
  readonly config: BrokerConfig
  /** The settings that were given, as written: the static layer of `DynamicBrokerConfig`. */
  readonly texts: SettingTexts
  readonly listeners: ListenerSettings
  /** Sentences for the log about what was given and does not count. */
  readonly warnings: readonly string[]
}

/**
 * Reads and checks the configuration of a broker before it starts.
 * @throws ConfigError with everything that is wrong
 */
export const loadStaticConfig = (sources: ConfigSources): StaticConfig => {
  const { texts: given, problems } = collectSettings(sources)
  problems.push(...valueProblems(given), ...nodeIdProblems(given))
  if (problems.length > 0) throw new ConfigError(problems)

  const texts = withBothIds(given)
  const config = brokerConfigOf(texts)
  for (const { names, message } of brokenRules(config)) problems.push(problemOf(given, names, message))
  const listeners = parseListeners(config)
  if ('problems' in listeners) {
    problems.push(...listeners.problems.map(({ setting, reason }) => problemOf(given, [setting, 'listeners'], reason)))
  }
  if (problems.length > 0 || 'problems' in listeners) throw new ConfigError(problems)
  return { config, texts, listeners, warnings: [...warningsOf(given), ...listeners.omittedNames.map(omittedWarning)] }
}

const valueProblems = (given: SourcedTexts): ConfigProblem[] =>
  [...given].flatMap(([name, { text, source }]) => {
    const setting = brokerSetting(name)
    if (setting === undefined) return []
    const parsed = parseSetting(name, setting, text)
    if (!('problem' in parsed)) return []
    return [{ name, value: text, source, reason: `${parsed.reason}; allowed: ${allowedValues(setting)}` }]
  })

const nodeIdProblems = (given: SourcedTexts): ConfigProblem[] => {
  const nodeId = given.get('node.id')
  const brokerId = given.get('broker.id')
  if (nodeId === undefined || brokerId === undefined || Number(nodeId.text) === Number(brokerId.text)) return []
  const reason = `Must be the same as node.id, which is ${nodeId.text} (${nodeId.source})`
  return [{ name: 'broker.id', value: brokerId.text, source: brokerId.source, reason }]
}

/** Values by name; node.id and broker.id count for each other. */
const withBothIds = (given: SourcedTexts): SettingTexts => {
  const texts = Object.fromEntries([...given].map(([name, { text }]) => [name, text]))
  const id = texts['node.id'] ?? texts['broker.id']
  return id === undefined ? texts : { ...texts, 'node.id': id, 'broker.id': id }
}

/** Blames the first of the settings that was given, or the defaults when none was. */
const problemOf = (given: SourcedTexts, names: readonly string[], reason: string): ConfigProblem => {
  const name = names.find(candidate => given.has(candidate))
  if (name === undefined) return { name: names[0]!, value: null, source: 'default', reason }
  const { text, source } = given.get(name)!
  return { name, value: text, source, reason }
}

const warningsOf = (given: SourcedTexts): string[] => {
  const ignored = new Map<string, string[]>()
  const ineffective = new Map<string, string[]>()
  const warnings: string[] = []
  for (const name of given.keys()) {
    const setting = brokerSetting(name)
    const inapplicable = reasonForInapplicable(name)
    if (setting?.noEffect !== undefined) list(ineffective, setting.noEffect).push(name)
    else if (setting === undefined && inapplicable !== null) list(ignored, inapplicable).push(name)
    else if (setting === undefined) warnings.push(unknownWarning(name, given.get(name)!.source))
  }
  if (ineffective.size > 0) warnings.unshift(`These settings have no effect: ${enumerated(ineffective)}`)
  if (ignored.size > 0) warnings.unshift(`These settings of Kafka do not apply and are ignored: ${enumerated(ignored)}`)
  return warnings
}

const omittedWarning = (name: string): string => `Listener ${name} is left out: it is one of a controller`

const list = (lists: Map<string, string[]>, key: string): string[] => {
  const names = lists.get(key) ?? []
  lists.set(key, names)
  return names
}

const enumerated = (namesByReason: ReadonlyMap<string, readonly string[]>): string =>
  [...namesByReason].map(([reason, names]) => `${names.join(', ')} (${reason})`).join('; ')

const unknownWarning = (name: string, source: string): string =>
  `Unknown setting ${name} (${source}) is ignored${hint(name)}`

const hint = (name: string): string => {
  const synonym = topicSetting(name)?.synonym
  if (synonym !== undefined) return `; for a broker it is called ${synonym}`
  const near = nearMiss(name, Object.keys(brokerSettings))
  return near === null ? '' : `; is it ${near}?`
}

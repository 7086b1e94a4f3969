import { ErrorCode } from '../../protocol/errors'
import {
  type BrokerConfig,
  type BrokerConfigLayers,
  brokerSetting,
  NO_TEXTS,
  resolveBrokerConfig,
  type SettingTexts,
} from './broker-config'
import { brokenRules } from './broker-config-rules'
import { groupSetting, validateGroupConfigs } from './group-config'
import type { Setting } from './setting'
import { parseSetting } from './setting-value'
import { effectiveTopicConfig, topicConflict, topicSetting, validateTopicConfig } from './topic-config'

/** The operations of IncrementalAlterConfigs (KIP-339), by their number on the wire. */
export const ConfigOperationType = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

export interface ConfigOperation {
  readonly name: string
  /** A value of `ConfigOperationType`; other numbers are refused. */
  readonly type: number
  readonly value: string | null
}

/** The values that a resource has of its own after a change, or why the change is refused as a whole. */
export type ConfigAlteration =
  | { readonly overrides: SettingTexts }
  | { readonly errorCode: number; readonly errorMessage: string }

type Refusal = Extract<ConfigAlteration, { readonly errorCode: number }>

/** The operations that AlterConfigs stands for: the given values, and none beside them. */
export const replacement = (
  current: SettingTexts,
  values: readonly { readonly name: string; readonly value: string | null }[],
): ConfigOperation[] => {
  const kept = new Set(values.map(({ name }) => name))
  const dropped = Object.keys(current).filter(name => !kept.has(name))
  return [
    ...values.map(({ name, value }) => ({ name, type: ConfigOperationType.SET, value })),
    ...dropped.map(name => ({ name, type: ConfigOperationType.DELETE, value: null })),
  ]
}

/**
 * Applies operations to the overrides of a topic. Answers INVALID_REQUEST for operations that make no sense, INVALID_CONFIG for names and
 * values that are refused, with Kafka's messages.
 */
export const alterTopicConfig = (
  broker: BrokerConfig,
  current: SettingTexts,
  operations: readonly ConfigOperation[],
): ConfigAlteration => {
  const malformed = malformedOperation(operations) ?? operationOnNoList(operations, topicSetting)
  if (malformed !== null) return malformed
  const overrides = applied(current, operations, topicSetting)
  for (const name of assignedNames(operations)) {
    const problem = validateTopicConfig(name, overrides[name]!)
    if (problem !== null) return refusal(ErrorCode.INVALID_CONFIG, problem)
  }
  const conflict = topicConflict(effectiveTopicConfig(broker, overrides))
  return conflict === null ? { overrides } : refusal(ErrorCode.INVALID_CONFIG, conflict)
}

/**
 * Applies operations to the overrides of a group. As in Kafka all that the group has in the end is judged, not only what is altered. Answers
 * as `alterTopicConfig` does.
 */
export const alterGroupConfig = (
  broker: BrokerConfig,
  current: SettingTexts,
  operations: readonly ConfigOperation[],
): ConfigAlteration => {
  const malformed = malformedOperation(operations) ?? operationOnNoList(operations, groupSetting)
  if (malformed !== null) return malformed
  const overrides = applied(current, operations, groupSetting)
  const problem = validateGroupConfigs(broker, overrides)
  return problem === null ? { overrides } : refusal(ErrorCode.INVALID_CONFIG, problem)
}

/**
 * Applies operations to the overrides of one broker (`level` 'broker') or of all (`level` 'default'). Only settings that may change while
 * running are accepted, and names that are no settings at all: as in Kafka they are kept and have no effect. Refused values answer
 * INVALID_REQUEST here, not INVALID_CONFIG: Kafka's choice.
 */
export const alterBrokerConfig = (
  layers: BrokerConfigLayers,
  level: 'broker' | 'default',
  current: SettingTexts,
  operations: readonly ConfigOperation[],
): ConfigAlteration => {
  const malformed = malformedOperation(operations) ?? operationOnNoBrokerList(operations)
  if (malformed !== null) return malformed
  const overrides = applied(current, operations, brokerSetting)
  const names = assignedNames(operations)
  const fixed = names.filter(name => brokerSetting(name) !== undefined && !brokerSetting(name)?.dynamic)
  if (fixed.length > 0) {
    return refusal(ErrorCode.INVALID_REQUEST, `Cannot update these configs dynamically: [${fixed.join(', ')}]`)
  }
  for (const name of names) {
    const setting = brokerSetting(name)
    const parsed = setting === undefined ? null : parseSetting(name, setting, overrides[name]!)
    if (parsed !== null && 'problem' in parsed) return refusal(ErrorCode.INVALID_REQUEST, parsed.problem)
  }
  const changed =
    level === 'broker'
      ? { ...layers, dynamicBroker: overrides }
      : { ...layers, dynamicBroker: NO_TEXTS, dynamicDefault: overrides }
  const broken = brokenRules(resolveBrokerConfig(changed)).at(0)
  return broken === undefined ? { overrides } : refusal(ErrorCode.INVALID_REQUEST, broken.message)
}

const refusal = (errorCode: number, errorMessage: string): Refusal => ({ errorCode, errorMessage })

const malformedOperation = (operations: readonly ConfigOperation[]): Refusal | null => {
  if (new Set(operations.map(({ name }) => name)).size < operations.length) {
    return refusal(ErrorCode.INVALID_REQUEST, 'Error due to duplicate config keys')
  }
  const nulls = operations.filter(({ type, value }) => type !== ConfigOperationType.DELETE && value === null)
  if (nulls.length > 0) {
    const names = nulls.map(({ name }) => name).join(',')
    return refusal(ErrorCode.INVALID_REQUEST, `Null value not supported for : ${names}`)
  }
  const unknown = operations.find(({ type }) => !Object.values<number>(ConfigOperationType).includes(type))
  return unknown === undefined ? null : refusal(ErrorCode.INVALID_REQUEST, `Unknown config operation ${unknown.type}`)
}

const isListOperation = ({ type }: ConfigOperation): boolean =>
  type === ConfigOperationType.APPEND || type === ConfigOperationType.SUBTRACT

const operationName = ({ type }: ConfigOperation): string =>
  type === ConfigOperationType.APPEND ? 'APPEND' : 'SUBTRACT'

const operationOnNoList = (
  operations: readonly ConfigOperation[],
  settingOf: (name: string) => Setting | undefined,
): Refusal | null => {
  const wrong = operations.find(operation => isListOperation(operation) && settingOf(operation.name)?.type !== 'list')
  if (wrong === undefined) return null
  const message = `Can't ${operationName(wrong)} to key ${wrong.name} because its type is not LIST.`
  return refusal(ErrorCode.INVALID_CONFIG, message)
}

const operationOnNoBrokerList = (operations: readonly ConfigOperation[]): Refusal | null => {
  const wrong = operations.find(
    operation => isListOperation(operation) && brokerSetting(operation.name)?.type !== 'list',
  )
  if (wrong === undefined) return null
  if (brokerSetting(wrong.name) === undefined) {
    return refusal(ErrorCode.INVALID_CONFIG, `Unknown config name: ${wrong.name}`)
  }
  const verb = operationName(wrong).toLowerCase()
  return refusal(ErrorCode.INVALID_CONFIG, `Config value ${verb} is not allowed for config key: ${wrong.name}`)
}

/** The settings that have a value after the operations. */
const assignedNames = (operations: readonly ConfigOperation[]): string[] =>
  operations.filter(({ type }) => type !== ConfigOperationType.DELETE).map(({ name }) => name)

const applied = (
  current: SettingTexts,
  operations: readonly ConfigOperation[],
  settingOf: (name: string) => Setting | undefined,
): SettingTexts => {
  const texts = new Map(Object.entries(current))
  for (const operation of operations) {
    const { name, type, value } = operation
    if (type === ConfigOperationType.DELETE) texts.delete(name)
    else if (isListOperation(operation)) {
      // As in Kafka, a list that has not been set begins as the default of the setting, not as what the broker was started with.
      const elements = listElements(texts.get(name) ?? settingOf(name)?.default ?? '')
      texts.set(name, changedList(elements, type, value!.split(',')).join(','))
    } else texts.set(name, value!)
  }
  return Object.fromEntries(texts)
}

const listElements = (text: string): string[] => (text === '' ? [] : text.split(',').map(element => element.trim()))

const changedList = (elements: readonly string[], type: number, operands: readonly string[]): string[] =>
  type === ConfigOperationType.APPEND
    ? [...new Set([...elements, ...operands])]
    : elements.filter(element => !operands.includes(element))

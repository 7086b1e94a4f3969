import { ErrorCode } from '../../protocol/errors'
import type { BrokerConfigLayers, SettingTexts } from '../config/broker-config'
import {
  alterBrokerConfig,
  alterGroupConfig,
  alterTopicConfig,
  type ConfigAlteration,
  type ConfigOperation,
} from '../config/config-alteration'
import type { DynamicBrokerConfig } from '../config/dynamic-broker-config'
import type { ConfigAdmin } from '../metadata/config-admin'
import type { ConfigResource } from '../metadata/config-resource'
import type { MetadataCache } from '../metadata/metadata-cache'
import { isValidTopicName } from '../metadata/topic-name'

/** Kafka's numbers of the things that have settings (ConfigResource.Type). */
export const ResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const

export interface ConfigDependencies {
  readonly cache: MetadataCache
  readonly admin: ConfigAdmin
  readonly config: DynamicBrokerConfig
  readonly brokerId: number
}

export interface WireResource {
  readonly resourceType: number
  readonly resourceName: string
}

export interface Outcome {
  readonly errorCode: number
  readonly errorMessage: string | null
}

const refused = (errorCode: number, errorMessage: string): Outcome => ({ errorCode, errorMessage })

/** What a request means by a resource, or why it cannot be served here. The settings of all brokers have the empty name. */
export const resourceOf = (
  { resourceType, resourceName }: WireResource,
  { cache, brokerId }: ConfigDependencies,
): ConfigResource | Outcome => {
  if (resourceType === ResourceType.TOPIC) {
    if (!isValidTopicName(resourceName))
      return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, 'The topic name is not valid.')
    if (cache.current.topic(resourceName)) return { type: 'topic', name: resourceName }
    return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${resourceName}' does not exist.`)
  }
  if (resourceType === ResourceType.GROUP) {
    if (resourceName === '') return refused(ErrorCode.INVALID_REQUEST, 'Group name must not be empty')
    return { type: 'group', name: resourceName }
  }
  if (resourceType !== ResourceType.BROKER) {
    return refused(ErrorCode.INVALID_REQUEST, `Settings of resource type ${resourceType} are not served.`)
  }
  if (resourceName === '' || resourceName === String(brokerId)) return { type: 'broker', name: resourceName }
  const message = `Unexpected broker id, expected ${brokerId} or empty string, but received ${resourceName}`
  return refused(ErrorCode.INVALID_REQUEST, message)
}

export const isOutcome = (resource: ConfigResource | Outcome): resource is Outcome => 'errorCode' in resource

/** The layers of the broker's settings with what is stored in the image, which may be newer than what is in force. */
export const layersOf = ({ cache, config, brokerId }: ConfigDependencies): BrokerConfigLayers => ({
  ...config.layers,
  dynamicBroker: cache.current.overrides({ type: 'broker', name: String(brokerId) }),
  dynamicDefault: cache.current.overrides({ type: 'broker', name: '' }),
})

/**
 * Changes the settings of the resources of a request, each by itself; one that is named twice is refused. `operationsOf` says what to do
 * with the settings that a resource has now.
 */
export const alterResources = <R extends WireResource>(
  dependencies: ConfigDependencies,
  resources: readonly R[],
  validateOnly: boolean,
  operationsOf: (resource: R, current: SettingTexts) => readonly ConfigOperation[],
): Promise<(WireResource & Outcome)[]> => {
  const keys = resources.map(({ resourceType, resourceName }) => `${resourceType}/${resourceName}`)
  return Promise.all(
    resources.map(async (wanted, at) => {
      const { resourceType, resourceName } = wanted
      const isRepeated = keys.indexOf(keys[at]!) !== at || keys.lastIndexOf(keys[at]!) !== at
      const resource = isRepeated
        ? refused(ErrorCode.INVALID_REQUEST, 'Each resource must appear at most once.')
        : alterableResource(wanted, dependencies)
      if (isOutcome(resource)) return { resourceType, resourceName, ...resource }
      const change = (current: SettingTexts) => altered(dependencies, resource, current, operationsOf(wanted, current))
      const { errorCode, errorMessage } = await dependencies.admin.alter(resource, change, { validateOnly })
      return { resourceType, resourceName, errorCode, errorMessage }
    }),
  )
}

const alterableResource = (wanted: WireResource, dependencies: ConfigDependencies): ConfigResource | Outcome =>
  wanted.resourceType === ResourceType.GROUP && wanted.resourceName === ''
    ? refused(ErrorCode.INVALID_REQUEST, 'Default group resources are not allowed.')
    : resourceOf(wanted, dependencies)

const altered = (
  dependencies: ConfigDependencies,
  { type, name }: ConfigResource,
  current: SettingTexts,
  operations: readonly ConfigOperation[],
): ConfigAlteration => {
  if (type === 'topic') return alterTopicConfig(dependencies.config.current, current, operations)
  if (type === 'group') return alterGroupConfig(dependencies.config.current, current, operations)
  return alterBrokerConfig(layersOf(dependencies), name === '' ? 'default' : 'broker', current, operations)
}

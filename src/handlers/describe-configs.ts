/**
 * DescribeConfigs (32), versions 1-4: the settings of topics, brokers and groups with what they are made of. 1: synonyms. 3: types
 * and documentation (KIP-569). A broker is asked for its own settings, or with the empty name for what has been set for all. A group has
 * settings whether it exists or not (KIP-848).
 *
 * Deviation: the error message of a success is null, where Kafka sends an empty string.
 */
import { ErrorCode } from '../../protocol/errors'
import { DescribeConfigs, type DescribeConfigsRequest } from '../../protocol/messages/32-describe-configs'
import {
  type ConfigEntry,
  describeBroker,
  describeBrokerDefaults,
  describeGroup,
  describeTopic,
} from '../config/config-description'
import type { ConfigResource } from '../metadata/config-resource'
import { type ConfigDependencies, isOutcome, layersOf, resourceOf } from './config-resources'
import { handler } from './handler'

export const describeConfigs = (dependencies: ConfigDependencies) =>
  handler(
    DescribeConfigs,
    {
      versions: [1, 4],
      errorResponse: (errorCode, errorMessage, { resources }) => ({
        results: resources.map(resource => ({ ...resource, errorCode, errorMessage })),
      }),
    },
    request => ({
      results: request.resources.map(wanted => {
        const { resourceType, resourceName, configurationKeys } = wanted
        const resource = resourceOf(wanted, dependencies)
        if (isOutcome(resource)) return { resourceType, resourceName, ...resource }
        const entries = describe(dependencies, resource, configurationKeys)
        return {
          resourceType,
          resourceName,
          errorCode: ErrorCode.NONE,
          errorMessage: null,
          configs: entries.map(entry => configOf(entry, request)),
        }
      }),
    }),
  )

const describe = (
  dependencies: ConfigDependencies,
  resource: ConfigResource,
  names: readonly string[] | null,
): ConfigEntry[] => {
  const layers = layersOf(dependencies)
  const overrides = dependencies.cache.current.overrides(resource)
  if (resource.type === 'topic') return describeTopic(layers, overrides, names)
  if (resource.type === 'group') return describeGroup(layers, overrides, names)
  return resource.name === '' ? describeBrokerDefaults(layers, names) : describeBroker(layers, names)
}

const configOf = (entry: ConfigEntry, request: DescribeConfigsRequest) => ({
  name: entry.name,
  value: entry.value,
  readOnly: entry.readOnly,
  configSource: entry.source,
  isSensitive: entry.isSensitive,
  synonyms: request.includeSynonyms ? entry.synonyms : [],
  configType: entry.type,
  documentation: request.includeDocumentation ? entry.documentation : null,
})

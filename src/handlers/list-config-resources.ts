/**
 * ListConfigResources (74), versions 0-1: the names of what may have settings (KIP-1142). Version 0 is ListClientMetricsResources
 * (KIP-714) and lists nothing else; there are none. 1: of the types asked for, or of all.
 */
import { ErrorCode } from '../../protocol/errors'
import { ListConfigResources } from '../../protocol/messages/74-list-config-resources'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { MetadataImage } from '../metadata/metadata-image'
import { ResourceType } from './config-resources'
import { handler } from './handler'

const ALL_TYPES: readonly number[] = Object.values(ResourceType)

export const listConfigResources = ({ cache }: { readonly cache: MetadataCache }) =>
  handler(
    ListConfigResources,
    { versions: [0, 1], errorResponse: errorCode => ({ errorCode }) },
    ({ resourceTypes }, { apiVersion }) => {
      if (resourceTypes.some(type => !ALL_TYPES.includes(type))) return { errorCode: ErrorCode.UNSUPPORTED_VERSION }
      const asked = resourceTypes.length === 0 ? ALL_TYPES : resourceTypes
      const types = apiVersion === 0 ? [ResourceType.CLIENT_METRICS] : asked
      return {
        configResources: [...new Set(types)].flatMap(resourceType =>
          namesOf(cache.current, resourceType).map(resourceName => ({ resourceName, resourceType })),
        ),
      }
    },
  )

const namesOf = (image: MetadataImage, type: number): string[] => {
  switch (type) {
    case ResourceType.TOPIC:
      return Array.from(image.topics(), ({ name }) => name)
    case ResourceType.BROKER:
      return Array.from(image.brokers.keys(), String)
    case ResourceType.GROUP:
      return [...image.configuredNames('group')]
    case ResourceType.CLIENT_METRICS:
      return [...image.configuredNames('client-metrics')]
    default:
      return []
  }
}

import { ApiKey, type ApiName } from '../api-keys'
import type { MessageDefinition } from './message'
import { includesVersion, parseVersions, type VersionRange } from './versions'

/** One API: a request and its response, in the versions that both have. */
export interface Api<
  Request extends MessageDefinition = MessageDefinition,
  Response extends MessageDefinition = MessageDefinition,
> {
  readonly key: number
  readonly name: ApiName
  /** Without the last one where that is not stable yet. */
  readonly versions: VersionRange
  readonly request: Request
  readonly response: Response
}

/** Puts the two messages of an API together. `latestVersionUnstable`: Kafka does not offer the last version unless it is told to. */
export const api = <Request extends MessageDefinition, Response extends MessageDefinition>(parts: {
  readonly name: ApiName
  readonly request: Request
  readonly response: Response
  readonly latestVersionUnstable?: boolean
}): Api<Request, Response> => {
  const { name, request, response, latestVersionUnstable = false } = parts
  const [first, last] = parseVersions(request.versions)
  return { key: ApiKey[name], name, versions: [first, latestVersionUnstable ? last - 1 : last], request, response }
}

/** Version of the header in front of a request: 2 for flexible versions of the API, otherwise 1. Also right for versions not known yet. */
export const requestHeaderVersion = ({ request }: Api, version: number): 1 | 2 =>
  includesVersion(request.flexibleVersions, version) ? 2 : 1

/** Version of the header in front of a response: 1 for flexible versions of the API, otherwise 0. */
export const responseHeaderVersion = ({ key, response }: Api, version: number): 0 | 1 => {
  // A client must be able to read the answer to its ApiVersions before it knows which versions the broker speaks (KIP-511).
  if (key === ApiKey.ApiVersions) return 0
  return includesVersion(response.flexibleVersions, version) ? 1 : 0
}

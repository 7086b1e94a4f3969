import { ErrorCode } from '../../protocol/errors'
import { ApiVersions } from '../../protocol/messages/18-api-versions'
import { type Handler, handler } from './handler'

/** A line of the ApiVersions response. */
export interface AdvertisedApi {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

/** A feature of KIP-584 and the levels this broker can work at. */
export interface SupportedFeature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

/** What the cluster has agreed on. Clients switch behaviour on it: name a feature only when it is served. */
export interface Features {
  readonly supported: readonly SupportedFeature[]
  readonly finalized: readonly { readonly name: string; readonly level: number }[]
  /** Grows with every change of `finalized`; -1 when it is not known. */
  readonly finalizedEpoch: number
}

const VERSIONS = [0, 4] as const

/** Letters, digits, hyphens and dots, the last two not at either end (KIP-511). */
const SOFTWARE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/** Clients that speak less than version 4 cannot read a supported level of 0, so they are not told of such features (KAFKA-17492). */
const FEATURES_FROM_LEVEL_0_VERSION = 4

/**
 * ApiVersions 0-4: which APIs are served at which versions, before anything else is known of each other.
 *
 * 1: throttle time. 3: flexible request; the client names its software (KIP-511; a bad name is INVALID_REQUEST), features (KIP-584). The
 * response header stays at version 0, since a client reads it before it knows what the broker speaks. 4: features supported from level 0.
 * An unknown version is answered in version 0 with UNSUPPORTED_VERSION and the range of ApiVersions alone, so that the client can ask again.
 */
export const apiVersions = (advertised: () => readonly AdvertisedApi[], features: () => Features): Handler =>
  handler(
    ApiVersions,
    {
      versions: VERSIONS,
      answerToUnknownVersion: () => ({
        errorCode: ErrorCode.UNSUPPORTED_VERSION,
        apiKeys: [{ apiKey: ApiVersions.key, minVersion: VERSIONS[0], maxVersion: VERSIONS[1] }],
      }),
      errorResponse: errorCode => ({ errorCode }),
    },
    (request, { apiVersion, connection }) => {
      if (apiVersion >= 3) {
        const { clientSoftwareName, clientSoftwareVersion } = request
        if (!SOFTWARE_NAME.test(clientSoftwareName) || !SOFTWARE_NAME.test(clientSoftwareVersion)) {
          return { errorCode: ErrorCode.INVALID_REQUEST }
        }
        connection.clientSoftwareName = clientSoftwareName
        connection.clientSoftwareVersion = clientSoftwareVersion
      }
      const { supported, finalized, finalizedEpoch } = features()
      return {
        errorCode: ErrorCode.NONE,
        apiKeys: advertised(),
        supportedFeatures:
          apiVersion >= FEATURES_FROM_LEVEL_0_VERSION
            ? supported
            : supported.filter(({ minVersion }) => minVersion > 0),
        finalizedFeaturesEpoch: finalizedEpoch,
        finalizedFeatures: finalized.map(({ name, level }) => ({
          name,
          minVersionLevel: level,
          maxVersionLevel: level,
        })),
      }
    },
  )

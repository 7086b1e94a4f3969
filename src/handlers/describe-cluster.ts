/**
 * DescribeCluster (60), versions 0-2: brokers, cluster id and controller (KIP-700). 1: type of endpoints (KIP-919): a broker tells
 * those of brokers (1) and answers MISMATCHED_ENDPOINT_TYPE to a question for controllers (2). 2: fenced brokers (KIP-1073); a broker
 * that does not live is not known here, so none is listed.
 */
import { ErrorCode } from '../../protocol/errors'
import { DescribeCluster } from '../../protocol/messages/60-describe-cluster'
import type { MetadataCache } from '../metadata/metadata-cache'
import { CLUSTER_OPERATIONS, OPERATIONS_OMITTED } from './authorized-operations'
import { brokersOn } from './cluster-view'
import { handler } from './handler'

const BROKERS = 1
const CONTROLLERS = 2

export const describeCluster = ({ cache }: { readonly cache: MetadataCache }) =>
  handler(
    DescribeCluster,
    { versions: [0, 2], errorResponse: (errorCode, errorMessage) => ({ errorCode, errorMessage }) },
    (request, { listenerName }) => {
      const { endpointType } = request
      if (endpointType !== BROKERS) {
        const isKnown = endpointType === CONTROLLERS
        const errorCode = isKnown ? ErrorCode.MISMATCHED_ENDPOINT_TYPE : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE
        const errorMessage = isKnown
          ? 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'
          : `Unsupported endpoint type ${endpointType}`
        return { errorCode, errorMessage, endpointType: BROKERS }
      }
      const image = cache.current
      return {
        endpointType,
        clusterId: image.clusterId,
        controllerId: image.controllerId,
        brokers: brokersOn(image, listenerName).map(({ nodeId, ...broker }) => ({ brokerId: nodeId, ...broker })),
        clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
          ? CLUSTER_OPERATIONS
          : OPERATIONS_OMITTED,
      }
    },
  )

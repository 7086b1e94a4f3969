/**
 * FindCoordinator (10), versions 0-6: which broker coordinates a group or a transactional id. 1: key type and error message. 4: several
 * keys at once (KIP-699). 6: share groups, which are not served: INVALID_REQUEST.
 *
 * The topic of the coordinator is created on demand, and the answer waits until this broker, when it is the coordinator, has loaded its
 * state: a client never meets one that cannot serve yet.
 */
import { ErrorCode, errorName } from '../../protocol/errors'
import { FindCoordinator } from '../../protocol/messages/10-find-coordinator'
import type { InternalTopic } from '../coordinator/internal-topic'
import type { MetadataCache } from '../metadata/metadata-cache'
import { brokersOn } from './cluster-view'
import { handler } from './handler'

/** What a type of key stands for. */
export interface CoordinatorKind {
  readonly topic: InternalTopic
  readonly runtime: {
    partitionOf(id: string): number
    loaded(id: string): Promise<void>
  }
}

export interface FindCoordinatorDependencies {
  readonly cache: MetadataCache
  readonly groups: CoordinatorKind
  readonly transactions: CoordinatorKind | null
}

const GROUP = 0
const TRANSACTION = 1
/** The first version with several keys. */
const BATCHED_VERSION = 4

interface Coordinator {
  readonly key: string
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly errorCode: number
  readonly errorMessage: string | null
}

export const findCoordinator = (dependencies: FindCoordinatorDependencies) =>
  handler(
    FindCoordinator,
    {
      versions: [0, 6],
      errorResponse: (errorCode, errorMessage, request) => ({
        ...nowhere('', errorCode, errorMessage),
        coordinators: request.coordinatorKeys.map(key => nowhere(key, errorCode, errorMessage)),
      }),
    },
    async ({ key, keyType, coordinatorKeys }, { apiVersion, listenerName }) => {
      const keys = apiVersion >= BATCHED_VERSION ? coordinatorKeys : [key]
      const coordinators = await Promise.all(keys.map(of => find(dependencies, keyType, of, listenerName)))
      return apiVersion >= BATCHED_VERSION ? { coordinators } : coordinators[0]!
    },
  )

const nowhere = (key: string, errorCode: number, errorMessage: string | null = errorName(errorCode)): Coordinator => ({
  key,
  nodeId: -1,
  host: '',
  port: -1,
  errorCode,
  errorMessage,
})

const find = async (
  { cache, groups, transactions }: FindCoordinatorDependencies,
  keyType: number,
  key: string,
  listenerName: string,
): Promise<Coordinator> => {
  const kind = keyType === GROUP ? groups : keyType === TRANSACTION ? transactions : null
  if (!kind) return nowhere(key, ErrorCode.INVALID_REQUEST)
  if (!(await kind.topic.ensure())) return nowhere(key, ErrorCode.COORDINATOR_NOT_AVAILABLE)
  await kind.runtime.loaded(key)
  const leader = cache.current.partition(kind.topic.name, kind.runtime.partitionOf(key))?.leader
  const broker = brokersOn(cache.current, listenerName).find(({ nodeId }) => nodeId === leader)
  if (!broker) return nowhere(key, ErrorCode.COORDINATOR_NOT_AVAILABLE)
  const { nodeId, host, port } = broker
  return { key, nodeId, host, port, errorCode: ErrorCode.NONE, errorMessage: null }
}

/**
 * Metadata (3), versions 0-13: brokers, topics, partitions and their leaders.
 *
 * 0: no topics = all; later null = all. 1: rack, controller, internal flag. 2: cluster id. 4: the client may forbid creation.
 * 5: offline replicas. 7: leader epochs. 8-10: operations allowed on the cluster. 8: operations allowed on topics. 10: topic ids.
 * 12: topics may be asked for by id. 13: an error code for the whole.
 *
 * Deviation: Kafka answers UNKNOWN_TOPIC_OR_PARTITION while it creates a topic on demand and lets the client ask again; here the topic
 * is created before the answer, which names its leaders.
 */
import { ErrorCode } from '../../protocol/errors'
import { Metadata, type MetadataRequest, type MetadataResponse } from '../../protocol/messages/03-metadata'
import type { InputOf } from '../../protocol/schema/message'
import type { BrokerConfig } from '../config/broker-config'
import type { InternalTopic } from '../coordinator/internal-topic'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { MetadataImage, TopicImage } from '../metadata/metadata-image'
import type { TopicAdmin } from '../metadata/topic-admin'
import { ZERO_TOPIC_ID } from '../metadata/topic-id'
import { CLUSTER_METADATA_TOPIC, isInternalTopic, isValidTopicName } from '../metadata/topic-name'
import { CLUSTER_OPERATIONS, OPERATIONS_OMITTED, TOPIC_OPERATIONS } from './authorized-operations'
import { brokersOn, partitionView } from './cluster-view'
import { handler } from './handler'
import type { RequestContext } from './request-context'
import { RequestFailure } from './request-failure'

/** The first version that may name topics by their ids, although there is a place for them from 10 on (KAFKA-12257). */
const TOPIC_ID_VERSION = 12

export interface MetadataDependencies {
  readonly cache: MetadataCache
  readonly topics: TopicAdmin
  /** Topics that are made in a way of their own. */
  readonly internalTopics: readonly InternalTopic[]
  readonly config: () => BrokerConfig
}

type Response = InputOf<typeof MetadataResponse>
type TopicResponse = NonNullable<Response['topics']>[number]
type WantedTopic = NonNullable<MetadataRequest['topics']>[number]

export const metadata = (dependencies: MetadataDependencies) =>
  handler(
    Metadata,
    {
      versions: [0, 13],
      errorResponse: (errorCode, _message, { topics }) => ({
        errorCode,
        topics: (topics ?? []).map(({ name, topicId }) => ({ errorCode, name: name ?? '', topicId, partitions: [] })),
      }),
    },
    (request, context) => {
      if (context.apiVersion < TOPIC_ID_VERSION && request.topics?.some(isNamedById)) {
        throw new RequestFailure(ErrorCode.INVALID_REQUEST, 'This version cannot ask for topics by id.')
      }
      const missing = missingTopics(dependencies, request, context)
      if (missing.length === 0) return respond(dependencies.cache.current, request, context, new Map())
      return autoCreate(dependencies, missing).then(refusals =>
        respond(dependencies.cache.current, request, context, refusals),
      )
    },
  )

const isNamedById = ({ name, topicId }: WantedTopic): boolean => name === null || topicId !== ZERO_TOPIC_ID

/** Names asked for that do not exist and are to be created by being asked for. */
const missingTopics = (
  { cache, config }: MetadataDependencies,
  request: MetadataRequest,
  { apiVersion }: RequestContext,
): string[] => {
  const mayCreate = config().autoCreateTopicsEnable && (apiVersion < 4 || request.allowAutoTopicCreation)
  if (!mayCreate) return []
  const names = new Set((request.topics ?? []).flatMap(({ name }) => name ?? []))
  names.delete(CLUSTER_METADATA_TOPIC)
  return [...names].filter(name => cache.current.topic(name) === undefined)
}

/** Error codes by name of what could not be created. Someone else was faster: that is success. */
const autoCreate = async (
  { topics, internalTopics }: MetadataDependencies,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const internal = internalTopics.filter(({ name }) => names.includes(name))
  const wanted = names
    .filter(name => internal.every(topic => topic.name !== name))
    .map(name => ({ name, partitions: -1, replicationFactor: -1, assignments: [], configs: [] }))
  const [results] = await Promise.all([
    topics.createTopics(wanted, { validateOnly: false }),
    ...internal.map(topic => topic.ensure()),
  ])
  return new Map(results.map(({ name, errorCode }) => [name, errorCode]))
}

const respond = (
  image: MetadataImage,
  request: MetadataRequest,
  context: RequestContext,
  refusals: ReadonlyMap<string, number>,
): Response => {
  const wantsAll = request.topics === null || (context.apiVersion === 0 && request.topics.length === 0)
  const operations = request.includeTopicAuthorizedOperations ? TOPIC_OPERATIONS : OPERATIONS_OMITTED
  const topics: TopicResponse[] = []
  if (wantsAll) for (const topic of image.topics()) topics.push(topicResponse(image, topic, operations))
  else {
    for (const wanted of distinct(request.topics ?? [])) {
      const topic = wanted.name === null ? image.topicById(wanted.topicId) : image.topic(wanted.name)
      topics.push(topic ? topicResponse(image, topic, operations) : unknownTopic(wanted, refusals))
    }
  }
  return {
    brokers: brokersOn(image, context.listenerName),
    clusterId: image.clusterId,
    controllerId: image.controllerId,
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : OPERATIONS_OMITTED,
  }
}

const distinct = (wanted: readonly WantedTopic[]): Iterable<WantedTopic> =>
  new Map(wanted.map(topic => [topic.name ?? `id ${topic.topicId}`, topic])).values()

const unknownTopic = ({ name, topicId }: WantedTopic, refusals: ReadonlyMap<string, number>): TopicResponse => {
  if (name === null) return { errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null, topicId, partitions: [] }
  const refusal = refusals.get(name)
  const wasCreated = refusal === ErrorCode.NONE || refusal === ErrorCode.TOPIC_ALREADY_EXISTS
  // Created and gone again already: the client shall come back.
  if (wasCreated) return { errorCode: ErrorCode.LEADER_NOT_AVAILABLE, name, partitions: [] }
  const errorCode =
    refusal ?? (isValidTopicName(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION)
  return { errorCode, name, isInternal: isInternalTopic(name), partitions: [] }
}

const topicResponse = (image: MetadataImage, topic: TopicImage, topicAuthorizedOperations: number): TopicResponse => ({
  errorCode: ErrorCode.NONE,
  name: topic.name,
  topicId: topic.id,
  isInternal: isInternalTopic(topic.name),
  partitions: topic.partitions.map(partition => partitionView(image, partition)),
  topicAuthorizedOperations,
})

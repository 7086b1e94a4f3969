/**
 * DescribeTopicPartitions (75), version 0: topics in order of name with their partitions, in pages (KIP-966). A page holds at most
 * `max.request.partition.size.limit` partitions, or fewer when the client says so; the cursor names where the next one begins.
 */
import { ErrorCode } from '../../protocol/errors'
import {
  DescribeTopicPartitions,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
} from '../../protocol/messages/75-describe-topic-partitions'
import type { InputOf } from '../../protocol/schema/message'
import type { BrokerConfig } from '../config/broker-config'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { MetadataImage, PartitionImage } from '../metadata/metadata-image'
import { replicaIds } from '../metadata/partition-state'
import { isInternalTopic, isValidTopicName } from '../metadata/topic-name'
import { TOPIC_OPERATIONS } from './authorized-operations'
import { partitionView } from './cluster-view'
import { handler } from './handler'
import { RequestFailure } from './request-failure'

export interface DescribeTopicPartitionsDependencies {
  readonly cache: MetadataCache
  readonly config: () => BrokerConfig
}

type Response = InputOf<typeof DescribeTopicPartitionsResponse>
type TopicResponse = NonNullable<Response['topics']>[number]

export const describeTopicPartitions = ({ cache, config }: DescribeTopicPartitionsDependencies) =>
  handler(
    DescribeTopicPartitions,
    {
      versions: [0, 0],
      errorResponse: (errorCode, _message, { topics }) => ({
        topics: topics.map(({ name }) => ({ name, errorCode, partitions: [] })),
      }),
    },
    request => {
      const limit = Math.min(config().maxRequestPartitionSizeLimit, request.responsePartitionLimit)
      return pageOf(cache.current, request, Math.max(1, limit))
    },
  )

const pageOf = (image: MetadataImage, request: DescribeTopicPartitionsRequest, limit: number): Response => {
  const { cursor } = request
  const firstTopic = cursor?.topicName ?? ''
  const wantsAll = request.topics.length === 0
  const names = wantsAll ? [...image.topics()].map(({ name }) => name) : request.topics.map(({ name }) => name)
  if (cursor && (cursor.partitionIndex < 0 || !(wantsAll || names.includes(firstTopic)))) {
    throw new RequestFailure(ErrorCode.INVALID_REQUEST, 'The cursor points to nothing that was asked for.')
  }
  const sorted = [...new Set(names)].filter(name => name >= firstTopic).sort()
  const topics: TopicResponse[] = []
  let left = limit
  for (const name of sorted) {
    if (left <= 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } }
    const topic = image.topic(name)
    if (!topic) {
      topics.push(absentTopic(name))
      continue
    }
    const from = name === cursor?.topicName ? cursor.partitionIndex : 0
    const partitions = topic.partitions.slice(from, from + left)
    left -= partitions.length
    topics.push({
      errorCode: ErrorCode.NONE,
      name,
      topicId: topic.id,
      isInternal: isInternalTopic(name),
      partitions: partitions.map(partition => partitionResponse(image, partition)),
      topicAuthorizedOperations: TOPIC_OPERATIONS,
    })
    const next = from + partitions.length
    if (next < topic.partitions.length) return { topics, nextCursor: { topicName: name, partitionIndex: next } }
  }
  return { topics, nextCursor: null }
}

const absentTopic = (name: string): TopicResponse => ({
  errorCode: isValidTopicName(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION,
  name,
  isInternal: isInternalTopic(name),
  partitions: [],
  topicAuthorizedOperations: TOPIC_OPERATIONS,
})

const partitionResponse = (image: MetadataImage, partition: PartitionImage) => ({
  ...partitionView(image, partition),
  eligibleLeaderReplicas: replicaIds(partition.elr),
  lastKnownElr: [],
})

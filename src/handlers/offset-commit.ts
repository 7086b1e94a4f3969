/**
 * OffsetCommit (8), versions 2-10: a group keeps how far it has read. 5: no retention time any more (KIP-211). 6: leader epochs. 7: static
 * members. 9: members of the consumer protocol. 10: topics by id.
 */
import { ErrorCode } from '../../protocol/errors'
import { OffsetCommit, type OffsetCommitRequest } from '../../protocol/messages/08-offset-commit'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import type { OffsetsOfTopic, OffsetToCommit } from '../coordinator/group/offset-requests'
import type { MetadataCache } from '../metadata/metadata-cache'
import { handler } from './handler'

export interface OffsetCommitDependencies {
  readonly groups: GroupCoordinator
  readonly cache: MetadataCache
}

const TOPIC_ID_VERSION = 10

export const offsetCommit = ({ groups, cache }: OffsetCommitDependencies) =>
  handler(
    OffsetCommit,
    {
      versions: [2, 10],
      errorResponse: (errorCode, _message, request) => ({
        topics: request.topics.map(topic => failed(topic, errorCode)),
      }),
    },
    async (request, { apiVersion }) => {
      const image = cache.current
      const known = request.topics.map(({ name, topicId }) =>
        apiVersion < TOPIC_ID_VERSION ? image.topic(name) : image.topicById(topicId),
      )
      const topics = request.topics.flatMap(({ partitions }, at): OffsetsOfTopic<OffsetToCommit>[] => {
        const topic = known[at]
        if (!topic) return []
        const wanted = partitions.filter(({ partitionIndex }) => topic.partitions[partitionIndex] !== undefined)
        return [{ topic: topic.name, partitions: wanted.map(offsetOf) }]
      })
      const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request
      const retentionMs = request.retentionTimeMs
      const committed = await groups.commit({ groupId, memberId, groupInstanceId, generationId, retentionMs, topics })
      const errors = new Map(committed.map(({ topic, partitions }) => [topic, partitions]))
      return {
        topics: request.topics.map((topic, at) => {
          const image = known[at]
          const unknown =
            apiVersion < TOPIC_ID_VERSION ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.UNKNOWN_TOPIC_ID
          if (!image) return failed(topic, unknown)
          const results = new Map(errors.get(image.name)?.map(({ partition, errorCode }) => [partition, errorCode]))
          return {
            name: topic.name,
            topicId: topic.topicId,
            partitions: topic.partitions.map(({ partitionIndex }) => ({
              partitionIndex,
              errorCode: results.get(partitionIndex) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            })),
          }
        }),
      }
    },
  )

type TopicRequest = OffsetCommitRequest['topics'][number]

const offsetOf = (partition: TopicRequest['partitions'][number]): OffsetToCommit => ({
  partition: partition.partitionIndex,
  offset: partition.committedOffset,
  leaderEpoch: partition.committedLeaderEpoch,
  metadata: partition.committedMetadata,
})

const failed = ({ name, topicId, partitions }: TopicRequest, errorCode: number) => ({
  name,
  topicId,
  partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
})

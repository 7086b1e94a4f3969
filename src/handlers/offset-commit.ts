/**
 * OffsetCommit (8), versions 2-10: a group keeps how far it has read. 5: no retention time any more (KIP-211). 6: leader epochs. 7: static
 * members. 9: members of the consumer protocol, GROUP_ID_NOT_FOUND. 10: topics by id.
 */
import { ErrorCode } from '../../protocol/errors'
import { OffsetCommit, type OffsetCommitRequest } from '../../protocol/messages/08-offset-commit'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import type { OffsetToCommit } from '../coordinator/group/offset-requests'
import type { MetadataCache } from '../metadata/metadata-cache'
import type { TopicImage } from '../metadata/metadata-image'
import { handler } from './handler'

export interface OffsetCommitDependencies {
  readonly groups: GroupCoordinator
  readonly cache: MetadataCache
}

/** The first version that knows member epochs and that tells that a group does not exist, and the first that names topics by id. */
const MEMBER_EPOCH_VERSION = 9
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
      const byId = apiVersion >= TOPIC_ID_VERSION
      const wanted = request.topics.map(topic => ({
        ...topic,
        image: byId ? image.topicById(topic.topicId) : image.topic(topic.name),
      }))
      const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch: generationId, retentionTimeMs } = request
      const committed = await groups.commit({
        groupId,
        memberId,
        groupInstanceId,
        generationId,
        knowsEpochs: apiVersion >= MEMBER_EPOCH_VERSION,
        retentionMs: retentionTimeMs,
        topics: wanted.map(({ image, partitions }) => ({
          topic: image?.name ?? '',
          ...(image && { topicId: image.id }),
          partitions: partitions.filter(({ partitionIndex }) => exists(image, partitionIndex)).map(offsetOf),
        })),
      })
      return {
        topics: wanted.map(({ name, topicId, image, partitions }, at) => {
          const unknown = image || !byId ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.UNKNOWN_TOPIC_ID
          const errorCodes = committed[at]!.partitions.map(({ errorCode }) => errorCodeAt(apiVersion, errorCode))
          let next = 0
          return {
            name,
            topicId,
            partitions: partitions.map(({ partitionIndex }) => ({
              partitionIndex,
              errorCode: exists(image, partitionIndex) ? errorCodes[next++]! : unknown,
            })),
          }
        }),
      }
    },
  )

const exists = (image: TopicImage | undefined, partition: number): boolean => image?.partitions[partition] !== undefined

/** A generation of a group that does not exist. */
const errorCodeAt = (apiVersion: number, errorCode: number): number =>
  errorCode === ErrorCode.GROUP_ID_NOT_FOUND && apiVersion < MEMBER_EPOCH_VERSION
    ? ErrorCode.ILLEGAL_GENERATION
    : errorCode

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

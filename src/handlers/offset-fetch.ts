/**
 * OffsetFetch (9), versions 1-10: how far a group has read. 2: null topics = all. 5: leader epochs. 7: only what no open transaction is
 * going to change (KIP-447). 8: several groups at once (KIP-709). 9: members of the consumer protocol. 10: topics by id.
 *
 * What was never committed is offset -1 with empty metadata, and no error.
 */
import { ErrorCode } from '../../protocol/errors'
import { OffsetFetch, type OffsetFetchRequest } from '../../protocol/messages/09-offset-fetch'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import type { FetchedOffset, OffsetsOfTopic } from '../coordinator/group/offset-requests'
import type { MetadataCache } from '../metadata/metadata-cache'
import { handler } from './handler'

export interface OffsetFetchDependencies {
  readonly groups: GroupCoordinator
  readonly cache: MetadataCache
}

/** The first version with several groups, and the first that names topics by id. */
const BATCHED_VERSION = 8
const TOPIC_ID_VERSION = 10

type GroupRequest = OffsetFetchRequest['groups'][number]

export const offsetFetch = (dependencies: OffsetFetchDependencies) =>
  handler(
    OffsetFetch,
    {
      versions: [1, 10],
      errorResponse: (errorCode, _message, { groups }) => ({
        errorCode,
        groups: groups.map(({ groupId }) => ({ groupId, errorCode })),
      }),
    },
    async (request, { apiVersion }) => {
      if (apiVersion >= BATCHED_VERSION) {
        return {
          groups: await Promise.all(
            request.groups.map(group => fetchGroup(dependencies, group, request.requireStable, apiVersion)),
          ),
        }
      }
      const wanted =
        request.topics?.map(({ name, partitionIndexes }) => ({ topic: name, partitions: partitionIndexes })) ?? null
      const { errorCode, topics } = await dependencies.groups.fetch({
        groupId: request.groupId,
        topics: wanted,
        requireStable: request.requireStable,
      })
      // Version 1 has no place for an error of the whole.
      if (apiVersion === 1 && errorCode !== ErrorCode.NONE)
        return { topics: (wanted ?? []).map(topic => failed(topic, errorCode)) }
      return {
        errorCode,
        topics: topics.map(({ topic, partitions }) => ({ name: topic, partitions: partitions.map(responseOf) })),
      }
    },
  )

const fetchGroup = async (
  { groups, cache }: OffsetFetchDependencies,
  { groupId, topics, memberId, memberEpoch }: GroupRequest,
  requireStable: boolean,
  apiVersion: number,
) => {
  const image = cache.current
  const byId = apiVersion >= TOPIC_ID_VERSION
  const nameOf = (topic: NonNullable<GroupRequest['topics']>[number]) =>
    byId ? image.topicById(topic.topicId)?.name : topic.name
  const known = topics?.flatMap(topic => {
    const name = nameOf(topic)
    if (name === undefined) return []
    return [{ topic: name, ...(byId && { topicId: topic.topicId }), partitions: topic.partitionIndexes }]
  })
  const { errorCode, topics: found } = await groups.fetch({
    groupId,
    topics: known ?? null,
    requireStable,
    memberId,
    memberEpoch,
  })
  const unknown = (topics ?? [])
    .filter(topic => nameOf(topic) === undefined)
    .map(({ topicId, partitionIndexes }) => ({
      topicId,
      partitions: partitionIndexes.map(partition => responseOf(nothing(partition, ErrorCode.UNKNOWN_TOPIC_ID))),
    }))
  const answered = found
    // All offsets of a group may include those of a topic that is being deleted, which has no id any more.
    .filter(({ topic }) => !byId || image.topic(topic) !== undefined)
    .map(({ topic, partitions }) => ({
      name: topic,
      ...(byId && { topicId: image.topic(topic)!.id }),
      partitions: partitions.map(responseOf),
    }))
  return { groupId, errorCode, topics: errorCode === ErrorCode.NONE ? [...answered, ...unknown] : [] }
}

const nothing = (partition: number, errorCode: number): FetchedOffset => ({
  partition,
  offset: -1,
  leaderEpoch: -1,
  metadata: '',
  errorCode,
})

const responseOf = ({ partition, offset, leaderEpoch, metadata, errorCode }: FetchedOffset) => ({
  partitionIndex: partition,
  committedOffset: offset,
  committedLeaderEpoch: leaderEpoch,
  metadata,
  errorCode,
})

const failed = ({ topic, partitions }: OffsetsOfTopic<number>, errorCode: number) => ({
  name: topic,
  partitions: partitions.map(partition => responseOf(nothing(partition, errorCode))),
})

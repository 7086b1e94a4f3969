/** OffsetDelete (47), version 0: forgets committed offsets of topics that the group does not read (KIP-496). */
import { ErrorCode } from '../../protocol/errors'
import { OffsetDelete } from '../../protocol/messages/47-offset-delete'
import type { GroupCoordinator } from '../coordinator/group/group-coordinator'
import type { MetadataCache } from '../metadata/metadata-cache'
import { handler } from './handler'

export interface OffsetDeleteDependencies {
  readonly groups: GroupCoordinator
  readonly cache: MetadataCache
}

export const offsetDelete = ({ groups, cache }: OffsetDeleteDependencies) =>
  handler(OffsetDelete, { versions: [0, 0], errorResponse: errorCode => ({ errorCode }) }, async request => {
    const isKnown = (name: string, partition: number) => cache.current.partition(name, partition) !== undefined
    const wanted = request.topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ partitionIndex }) => partitionIndex).filter(partition => isKnown(name, partition)),
    }))
    const { errorCode, topics } = await groups.deleteOffsets(request.groupId, wanted)
    if (errorCode !== ErrorCode.NONE) return { errorCode }
    return {
      topics: request.topics.map(({ name, partitions }, at) => {
        const results = new Map(topics[at]!.partitions.map(({ partition, errorCode }) => [partition, errorCode]))
        return {
          name,
          partitions: partitions.map(({ partitionIndex }) => ({
            partitionIndex,
            errorCode: results.get(partitionIndex) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          })),
        }
      }),
    }
  })

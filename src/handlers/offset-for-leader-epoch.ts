/**
 * OffsetForLeaderEpoch (23), versions 2-4: where a leader epoch ends in this log (KIP-101, KIP-279), so that a client or follower finds
 * out whether what it has read was truncated since (KIP-320).
 */
import { ErrorCode } from '../../protocol/errors'
import { OffsetForLeaderEpoch } from '../../protocol/messages/23-offset-for-leader-epoch'
import type { Partitions } from '../replication/partitions'
import { handler } from './handler'

export const offsetForLeaderEpoch = ({ partitions: hosted }: { readonly partitions: Partitions }) =>
  handler(OffsetForLeaderEpoch, { versions: [2, 4] }, request => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => {
        const partition = hosted.find(topic, index)
        const errorCode = partition ? partition.checkLeader(currentLeaderEpoch) : hosted.absence(topic, index)
        if (!partition || errorCode !== ErrorCode.NONE) return { partition: index, errorCode }
        return { partition: index, errorCode, ...partition.log.endOffsetForEpoch(leaderEpoch) }
      }),
    })),
  }))

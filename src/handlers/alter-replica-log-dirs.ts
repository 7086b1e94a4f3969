/**
 * AlterReplicaLogDirs (34), versions 1-2: moves logs to other directories of this broker (KIP-113). The answer says that a move has begun;
 * DescribeLogDirs shows how far it is.
 *
 * Deviation: the directory of a partition that is not here yet is not kept for the time when it will be.
 */
import { ErrorCode } from '../../protocol/errors'
import {
  AlterReplicaLogDirs,
  type AlterReplicaLogDirsRequest,
  type AlterReplicaLogDirsResponse,
} from '../../protocol/messages/34-alter-replica-log-dirs'
import type { InputOf } from '../../protocol/schema/message'
import type { LogDirectories } from '../log/log-directories'
import type { Partitions } from '../replication/partitions'
import { handler } from './handler'

export interface AlterReplicaLogDirsDependencies {
  readonly directories: LogDirectories
  readonly partitions: Partitions
}

export const alterReplicaLogDirs = ({ directories, partitions }: AlterReplicaLogDirsDependencies) =>
  handler(
    AlterReplicaLogDirs,
    { versions: [1, 2], errorResponse: (errorCode, _message, request) => resultOf(request, () => errorCode) },
    request =>
      resultOf(request, (path, topic, partition) => {
        const errorCode = directories.move(topic, partition, path)
        return errorCode === ErrorCode.REPLICA_NOT_AVAILABLE ? partitions.absence(topic, partition) : errorCode
      }),
  )

/** One answer per topic, wherever its partitions are to go. */
const resultOf = (
  { dirs }: AlterReplicaLogDirsRequest,
  errorCodeOf: (path: string, topic: string, partition: number) => number,
): InputOf<typeof AlterReplicaLogDirsResponse> => {
  const byTopic = new Map<string, { partitionIndex: number; errorCode: number }[]>()
  for (const { path, topics } of dirs) {
    for (const { name, partitions } of topics) {
      const results = byTopic.get(name) ?? []
      byTopic.set(name, results)
      for (const partitionIndex of partitions) {
        results.push({ partitionIndex, errorCode: errorCodeOf(path, name, partitionIndex) })
      }
    }
  }
  return { results: [...byTopic].map(([topicName, partitions]) => ({ topicName, partitions })) }
}

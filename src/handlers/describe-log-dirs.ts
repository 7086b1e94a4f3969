/**
 * DescribeLogDirs (35), versions 1-5: size of every log per directory (KIP-113). 3: an error code for the whole. 4: total and usable
 * bytes of the volume (KIP-827). 5: cordoned directories (KIP-1066), which there are none of here.
 */
import { ErrorCode } from '../../protocol/errors'
import { DescribeLogDirs, type DescribeLogDirsRequest } from '../../protocol/messages/35-describe-log-dirs'
import type { LogDirectories } from '../log/log-directories'
import type { PartitionLog } from '../log/partition-log'
import { handler } from './handler'

export const describeLogDirs = ({ directories }: { readonly directories: LogDirectories }) =>
  handler(DescribeLogDirs, { versions: [1, 5], errorResponse: errorCode => ({ errorCode }) }, request => ({
    results: directories.directories().map(directory => {
      const { path: logDir, totalBytes, usableBytes, isOffline } = directory
      if (isOffline) return { logDir, errorCode: ErrorCode.KAFKA_STORAGE_ERROR, topics: [], totalBytes, usableBytes }
      const logs = [
        ...directory.logs.map(log => ({ log, isFutureKey: false, offsetLag: log.highWatermark - log.logEndOffset })),
        ...directory.futures.map(log => ({ log, isFutureKey: true, offsetLag: lagOf(log, directories) })),
      ]
      const topics = byTopic(logs.filter(({ log }) => isWanted(request, log)))
      return { logDir, errorCode: ErrorCode.NONE, topics, totalBytes, usableBytes }
    }),
  }))

interface DescribedLog {
  readonly log: PartitionLog
  /** Whether it is going to take the place of the log in another directory. */
  readonly isFutureKey: boolean
  readonly offsetLag: number
}

/** How far a copy is behind the log that is moving. */
const lagOf = (future: PartitionLog, directories: LogDirectories): number =>
  (directories.get(future.topic, future.partition)?.logEndOffset ?? 0) - future.logEndOffset

const isWanted = ({ topics }: DescribeLogDirsRequest, log: PartitionLog): boolean =>
  topics === null || topics.some(({ topic, partitions }) => topic === log.topic && partitions.includes(log.partition))

const byTopic = (logs: readonly DescribedLog[]) => {
  const topics = new Map<string, PartitionOfLogDir[]>()
  for (const { log, isFutureKey, offsetLag } of logs) {
    const { topic, partition: partitionIndex, sizeInBytes: partitionSize } = log
    const partitions = topics.get(topic) ?? []
    partitions.push({ partitionIndex, partitionSize, offsetLag: Math.max(0, offsetLag), isFutureKey })
    topics.set(topic, partitions)
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }))
}

interface PartitionOfLogDir {
  readonly partitionIndex: number
  readonly partitionSize: number
  readonly offsetLag: number
  readonly isFutureKey: boolean
}

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
    results: directories.directories().map(directory => ({
      logDir: directory.path,
      errorCode: directory.isOffline ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE,
      topics: directory.isOffline ? [] : byTopic(directory.logs.filter(log => isWanted(request, log))),
      totalBytes: directory.totalBytes,
      usableBytes: directory.usableBytes,
    })),
  }))

const isWanted = ({ topics }: DescribeLogDirsRequest, log: PartitionLog): boolean =>
  topics === null || topics.some(({ topic, partitions }) => topic === log.topic && partitions.includes(log.partition))

const byTopic = (logs: readonly PartitionLog[]) => {
  const topics = new Map<string, { partitionIndex: number; partitionSize: number; offsetLag: number }[]>()
  for (const log of logs) {
    const partitions = topics.get(log.topic) ?? []
    partitions.push({
      partitionIndex: log.partition,
      partitionSize: log.sizeInBytes,
      offsetLag: Math.max(0, log.highWatermark - log.logEndOffset),
    })
    topics.set(log.topic, partitions)
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }))
}

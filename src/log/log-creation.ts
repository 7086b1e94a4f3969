import type { TopicConfig } from '../config/topic-config'
import { LeaderEpochCache } from './leader-epoch-cache'
import { createSegment } from './local-log'
import type { LogContext } from './log-context'
import type { LogDirectory } from './log-directory'
import { logFolderName, suffixedLogFolderName, uniqueIdOf } from './log-file-names'
import { PartitionLog } from './partition-log'
import { writePartitionMetadata } from './partition-metadata'
import { ProducerSnapshots } from './producer-snapshots'
import { ProducerState } from './producer-state'
import { SegmentList } from './segment-list'

export interface LogIdentity {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: TopicConfig
}

/** A log without records, in a new folder of `directory`. Throws `DiskError`. */
export const createLog = (identity: LogIdentity, context: LogContext, directory: LogDirectory): PartitionLog => {
  const folderName = logFolderName(identity.topic, identity.partition)
  directory.prepareFolder(folderName)
  return logIn(`${directory.path}/${folderName}`, 0, identity, context, directory)
}

/** A log that begins at `startOffset`, into which another one is going to be copied. Throws `DiskError`. */
export const createFutureLog = (
  identity: LogIdentity,
  startOffset: number,
  context: LogContext,
  directory: LogDirectory,
): PartitionLog => {
  const { topic, partition } = identity
  const folderName = suffixedLogFolderName(topic, partition, '-future', uniqueIdOf(context.random))
  return logIn(`${directory.path}/${folderName}`, startOffset, identity, context, directory)
}

/** Stands for a log that cannot be reached, in a directory that is offline: it answers KAFKA_STORAGE_ERROR. */
export const unreachableLog = (identity: LogIdentity, context: LogContext, directory: LogDirectory): PartitionLog => {
  const folder = `${directory.path}/${logFolderName(identity.topic, identity.partition)}`
  return logOf(folder, 0, identity, context, directory, new SegmentList())
}

const logIn = (
  folder: string,
  startOffset: number,
  identity: LogIdentity,
  context: LogContext,
  directory: LogDirectory,
): PartitionLog => {
  const { disk, clock } = context
  disk.makeDirectory(folder)
  writePartitionMetadata(disk, folder, identity.topicId)
  const segments = new SegmentList()
  segments.add(createSegment(context, folder, startOffset, identity.config, clock.now()))
  return logOf(folder, startOffset, identity, context, directory, segments)
}

const logOf = (
  folder: string,
  startOffset: number,
  { topic, partition, topicId, config }: LogIdentity,
  context: LogContext,
  directory: LogDirectory,
  segments: SegmentList,
): PartitionLog =>
  new PartitionLog({
    topic,
    partition,
    topicId,
    config,
    context,
    directory,
    folder,
    isUnsynced: true,
    segments,
    epochs: new LeaderEpochCache(context.disk, folder),
    producers: new ProducerState(),
    snapshots: new ProducerSnapshots(context.disk, folder, []),
    logStartOffset: startOffset,
    logEndOffset: startOffset,
    recoveryPoint: startOffset,
    highWatermark: startOffset,
    cleanedUpTo: -1,
  })

import type { TopicConfig } from '../config/topic-config'
import { LeaderEpochCache } from './leader-epoch-cache'
import { createSegment } from './local-log'
import type { LogContext } from './log-context'
import type { LogDirectory } from './log-directory'
import { logFolderName } from './log-file-names'
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
  const { disk, clock } = context
  const folder = folderOf(identity, directory)
  directory.prepareFolder(logFolderName(identity.topic, identity.partition))
  disk.makeDirectory(folder)
  writePartitionMetadata(disk, folder, identity.topicId)
  const segments = new SegmentList()
  segments.add(createSegment(context, folder, 0, identity.config, clock.now()))
  return logOf(identity, context, directory, segments, true)
}

/** Stands for a log that cannot be reached, in a directory that is offline: it answers KAFKA_STORAGE_ERROR. */
export const unreachableLog = (identity: LogIdentity, context: LogContext, directory: LogDirectory): PartitionLog =>
  logOf(identity, context, directory, new SegmentList(), false)

const folderOf = ({ topic, partition }: LogIdentity, directory: LogDirectory): string =>
  `${directory.path}/${logFolderName(topic, partition)}`

const logOf = (
  identity: LogIdentity,
  context: LogContext,
  directory: LogDirectory,
  segments: SegmentList,
  isUnsynced: boolean,
): PartitionLog => {
  const folder = folderOf(identity, directory)
  return new PartitionLog({
    ...identity,
    context,
    directory,
    folder,
    isUnsynced,
    segments,
    epochs: new LeaderEpochCache(context.disk, folder),
    producers: new ProducerState(),
    snapshots: new ProducerSnapshots(context.disk, folder, []),
    logStartOffset: 0,
    logEndOffset: 0,
    recoveryPoint: 0,
    highWatermark: 0,
    cleanedUpTo: -1,
  })
}

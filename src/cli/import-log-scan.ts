import type { Disk } from '../io/disk'
import { DamagedFile } from '../log/damaged-file'
import { LEADER_EPOCH_CHECKPOINT, readEpochs } from '../log/leader-epoch-cache'
import { parseSegmentFileName, segmentFileName } from '../log/log-file-names'
import { recoverBatches } from '../log/log-segment-recovery'
import { RECOVERY_POINT_CHECKPOINT } from '../log/offset-checkpoint'
import { decodeProducerSnapshot } from '../log/producer-snapshot'
import type { SourceLog } from './import-source'

/** What a cluster that takes over a log has to stay above; -1: the log has none. */
export interface LogHeights {
  readonly leaderEpoch: number
  readonly producerId: number
}

/**
 * The highest leader epoch and producer id in a log: from the files that tell them, and of a log that was not left in order also from the
 * batches that may be newer than these files.
 */
export const heightsOf = async (disk: Disk, log: SourceLog): Promise<LogHeights> => {
  const files = log.files.flatMap(({ name }) => parseSegmentFileName(name) ?? [])
  let producerId = -1
  for (const { baseOffset } of files.filter(({ kind, suffix }) => kind === 'snapshot' && suffix === '')) {
    const content = disk.readFile(`${log.folder}/${segmentFileName(baseOffset, 'snapshot')}`)
    for (const producer of (content && decodeProducerSnapshot(content)) ?? []) {
      producerId = Math.max(producerId, producer.producerId)
    }
  }
  const known = readLatestEpoch(disk, log)
  let leaderEpoch = known ?? -1
  if (log.isClean && known !== null) return { leaderEpoch, producerId }
  const recoveryPoint = known === null ? 0 : (log.checkpoints[RECOVERY_POINT_CHECKPOINT] ?? 0)
  const segments = files.filter(({ kind, suffix }) => kind === 'log' && suffix === '').map(file => file.baseOffset)
  const unchecked = segments.filter((_, index) => (segments[index + 1] ?? Number.POSITIVE_INFINITY) > recoveryPoint)
  for (const baseOffset of unchecked) {
    await visitBatches(disk, `${log.folder}/${segmentFileName(baseOffset, 'log')}`, baseOffset, batch => {
      leaderEpoch = Math.max(leaderEpoch, batch.partitionLeaderEpoch)
      producerId = Math.max(producerId, batch.producerId)
    })
  }
  return { leaderEpoch, producerId }
}

/** null when the file is damaged. */
const readLatestEpoch = (disk: Disk, { folder }: SourceLog): number | null => {
  try {
    return readEpochs(disk, `${folder}/${LEADER_EPOCH_CHECKPOINT}`).at(-1)?.epoch ?? -1
  } catch (error) {
    if (error instanceof DamagedFile) return null
    throw error
  }
}

/** Up to the first damage, like the recovery that will follow. */
const visitBatches = async (
  disk: Disk,
  path: string,
  baseOffset: number,
  visit: (batch: { readonly partitionLeaderEpoch: number; readonly producerId: number }) => void,
): Promise<void> => {
  const file = disk.open(path, 'read')
  try {
    await recoverBatches(file, { baseOffset, end: file.size() }, visit)
  } finally {
    file.close()
  }
}

import { type Disk, DiskError } from '../io/disk'
import type { Random } from '../io/random'
import { DamagedFile } from '../log/damaged-file'
import { readMetaProperties } from '../log/meta-properties'

/** The cluster that the log directories belong to, or a new one. Those that cannot be read do not count: opening the logs tells of them. */
export const clusterIdOf = (paths: readonly string[], disk: Disk, random: Random): string => {
  for (const path of paths) {
    try {
      const clusterId = readMetaProperties(disk, path)?.clusterId
      if (clusterId) return clusterId
    } catch (error) {
      if (!(error instanceof DiskError || error instanceof DamagedFile)) throw error
    }
  }
  return random.bytes(16).toString('base64url')
}

import { type Disk, DiskError } from '../io/disk'
import type { Random } from '../io/random'
import { DamagedFile } from '../log/damaged-file'
import { readMetaProperties } from '../log/meta-properties'

/** The cluster that the log directories belong to, null: none yet. Those that cannot be read do not count: opening the logs tells of them. */
export const clusterIdOf = (paths: readonly string[], disk: Disk): string | null => {
  for (const path of paths) {
    try {
      const clusterId = readMetaProperties(disk, path)?.clusterId
      if (clusterId) return clusterId
    } catch (error) {
      if (!(error instanceof DiskError || error instanceof DamagedFile)) throw error
    }
  }
  return null
}

export const randomClusterId = (random: Random): string => random.bytes(16).toString('base64url')

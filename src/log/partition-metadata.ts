import type { Disk } from '../io/disk'

export const PARTITION_METADATA_FILE = 'partition.metadata'

/** The topic id in the folder of a log, in base64url; null when the file is absent. Throws `DamagedFile`. */
export declare const readPartitionMetadata: (disk: Disk, directory: string) => string | null

export declare const writePartitionMetadata: (disk: Disk, directory: string, topicId: string) => void

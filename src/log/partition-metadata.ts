import type { Disk } from '../io/disk'
import { DamagedFile } from './damaged-file'

export const PARTITION_METADATA_FILE = 'partition.metadata'

const VERSION = 0
const FORMAT = /^version: *(\d+)\r?\ntopic_id: *([A-Za-z0-9_-]{22})\s*$/
const ZERO_ID = 'A'.repeat(22)

/** The topic id in the folder of a log (Kafka's PartitionMetadataFile), in base64url; null when the file is absent. Throws `DamagedFile`. */
export const readPartitionMetadata = (disk: Disk, directory: string): string | null => {
  const path = `${directory}/${PARTITION_METADATA_FILE}`
  const content = disk.readFile(path)
  if (content === null) return null
  const match = FORMAT.exec(content.toString('utf8'))
  if (!match) throw new DamagedFile(path, 'is not a line with the version and a line with the topic id')
  const [, version, topicId] = match
  if (Number(version) !== VERSION) throw new DamagedFile(path, `has version ${version} instead of ${VERSION}`)
  if (topicId === ZERO_ID) throw new DamagedFile(path, 'holds the topic id that means none')
  return topicId!
}

/** Into the page cache; `syncPartitionMetadata` makes it durable. */
export const writePartitionMetadata = (disk: Disk, directory: string, topicId: string): void => {
  const file = disk.open(`${directory}/${PARTITION_METADATA_FILE}`, 'create')
  try {
    file.truncate(0)
    file.writeSync([Buffer.from(`version: ${VERSION}\ntopic_id: ${topicId}`)], 0)
  } finally {
    file.close()
  }
}

/** Its content, not its name. Logs that an old Kafka began have no such file. */
export const syncPartitionMetadata = async (disk: Disk, directory: string): Promise<void> => {
  const path = `${directory}/${PARTITION_METADATA_FILE}`
  if (disk.stat(path) === null) return
  const file = disk.open(path, 'write')
  try {
    await file.sync()
  } finally {
    file.close()
  }
}

import { attributesAt, isBatchCrcValid, isControl, lastOffsetAt } from '../../protocol/records/batch-header'
import { openRecords } from '../../protocol/records/record-cursor'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import type { Disk } from '../io/disk'
import { walkBatches } from '../log/batch-walk'
import { parseSegmentFileName } from '../log/log-file-names'
import { KafkaClusterMetadata } from './kafka-cluster-metadata'

/** The folder with the metadata of a KRaft cluster. */
export const CLUSTER_METADATA_FOLDER = '__cluster_metadata-0'

export interface MetadataReading {
  readonly metadata: KafkaClusterMetadata
  /** Offset behind the last record that was read. */
  readonly endOffset: number
  /** Why no more was read; null at the end of the log. */
  readonly problem: string | null
}

const SNAPSHOT = /^(\d{20})-(\d{10})\.checkpoint$/
const MAX_DECOMPRESSED_BYTES = 1024 * 1024 * 1024

/**
 * Reads the metadata log in `folder`: the newest snapshot, then the segments from there on, up to the end or to the first damage. null when
 * the folder is absent, when the snapshot is damaged, or when the log begins later than what is known of the time before.
 */
export const readClusterMetadata = async (disk: Disk, folder: string): Promise<MetadataReading | null> => {
  if (disk.stat(folder) === null) return null
  const names = disk.list(folder)
  const segments = names.filter(name => {
    const file = parseSegmentFileName(name)
    return file?.kind === 'log' && file.suffix === ''
  })
  const metadata = new KafkaClusterMetadata()
  let endOffset = 0
  const snapshot = names.findLast(name => SNAPSHOT.test(name))
  if (snapshot) {
    if ((await replayFile(disk, `${folder}/${snapshot}`, value => metadata.replay(value))) !== null) return null
    endOffset = Number(SNAPSHOT.exec(snapshot)![1])
  }
  if (segments[0] && parseSegmentFileName(segments[0])!.baseOffset > endOffset) return null
  let problem: string | null = null
  for (const name of segments) {
    problem ??= await replayFile(disk, `${folder}/${name}`, (value, offset) => {
      if (offset < endOffset) return
      metadata.replay(value)
      endOffset = offset + 1
    })
  }
  return { metadata, endOffset, problem }
}

/** Calls `replay` with each record that is no control record. Returns why it stopped, null at the end of the file. */
const replayFile = async (
  disk: Disk,
  path: string,
  replay: (value: Buffer, offset: number) => void,
): Promise<string | null> => {
  const file = disk.open(path, 'read')
  try {
    const { reason } = await walkBatches(file, { from: 0, end: file.size() }, (bytes, at) => {
      if (!isBatchCrcValid(bytes, at))
        return `the checksum of the batch up to offset ${lastOffsetAt(bytes, at)} is wrong`
      if (isControl(attributesAt(bytes, at))) return null
      const cursor = openRecords(bytes, at, { maxBytes: MAX_DECOMPRESSED_BYTES })
      while (cursor.next()) {
        const value = cursor.value()
        if (value !== null) replay(value, cursor.offset)
      }
      return null
    })
    return reason
  } catch (error) {
    if (error instanceof MalformedMessage) return error.message
    throw error
  } finally {
    file.close()
  }
}

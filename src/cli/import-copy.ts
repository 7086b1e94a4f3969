import type { Disk } from '../io/disk'
import type { SourceLog } from './import-source'

const CHUNK_BYTES = 1024 * 1024
const ZEROS = Buffer.alloc(CHUNK_BYTES)

/** Copies the files of a log into a new folder, and makes them durable there. `onBytes` is told of what has been copied. */
export const copyLog = async (
  disk: Disk,
  { folder, files }: SourceLog,
  target: string,
  onBytes: (count: number) => void,
): Promise<void> => {
  disk.makeDirectory(target)
  for (const { name } of files) await copyFile(disk, `${folder}/${name}`, `${target}/${name}`, onBytes)
  disk.syncDirectory(target)
}

/** Leaves holes where the source has nothing but zeros, like the indexes that a running Kafka preallocates. */
const copyFile = async (disk: Disk, from: string, to: string, onBytes: (count: number) => void): Promise<void> => {
  const source = disk.open(from, 'read')
  const target = disk.open(to, 'create')
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    let position = 0
    for (let count = await source.read(buffer, 0); count > 0; count = await source.read(buffer, position)) {
      const bytes = buffer.subarray(0, count)
      if (!bytes.equals(ZEROS.subarray(0, count))) await target.write([bytes], position)
      position += count
      onBytes(count)
    }
    target.truncate(position)
    await target.sync()
  } finally {
    source.close()
    target.close()
  }
}

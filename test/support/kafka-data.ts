import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MemoryDisk } from '../../src/io/memory/memory-disk'

const ROOT = join(__dirname, '../golden/kafka-data')

/** Where `stopped` lies on the real disk. */
export const KAFKA_DIRECTORY = join(ROOT, 'stopped')

/** What was in force when the data was made (see test/golden/README.md). */
export const KAFKA_DATA_SETTINGS = { indexIntervalBytes: 512, segmentIndexBytes: 10_240 }

/** A disk with a log directory, its root or another one, that Apache Kafka wrote: `stopped` in order, or copied while the broker was `running`. */
export const kafkaData = (state: 'stopped' | 'running', disk = new MemoryDisk(), directory = ''): MemoryDisk => {
  disk.makeDirectory(directory)
  copy(join(ROOT, state), directory, disk)
  return disk
}

/** The folders of logs in it. */
export const kafkaFolders = (disk: MemoryDisk): string[] =>
  disk
    .list('')
    .filter(name => disk.stat(name)?.isDirectory)
    .map(name => `/${name}`)

const copy = (from: string, to: string, disk: MemoryDisk): void => {
  for (const name of readdirSync(from)) {
    if (statSync(join(from, name)).isDirectory()) {
      disk.makeDirectory(`${to}/${name}`)
      copy(join(from, name), `${to}/${name}`, disk)
    } else {
      disk.open(`${to}/${name}`, 'create').writeSync([readFileSync(join(from, name))], 0)
    }
  }
}

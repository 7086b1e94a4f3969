import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { readPartitionMetadata, writePartitionMetadata } from '../../src/log/partition-metadata'

const FOLDER = '/data/topic-0'
const FILE = `${FOLDER}/partition.metadata`

const diskWith = (content?: string): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.makeDirectory(FOLDER)
  if (content !== undefined) disk.replaceFile(FILE, content)
  return disk
}

test('the topic id is written as Kafka writes it, and read', () => {
  const disk = diskWith()
  writePartitionMetadata(disk, FOLDER, 'fnm0GEBPQsqtshG946yelA')
  expect(disk.readFile(FILE)?.toString()).toBe('version: 0\ntopic_id: fnm0GEBPQsqtshG946yelA')
  expect(readPartitionMetadata(disk, FOLDER)).toBe('fnm0GEBPQsqtshG946yelA')
})

test('a missing file has no topic id', () => {
  expect(readPartitionMetadata(diskWith(), FOLDER)).toBeNull()
})

test.each([
  ['', 'is not a line with the version'],
  ['version: 0\n', 'is not a line with the version'],
  ['version: 0\ntopic_id: short', 'is not a line with the version'],
  ['version: 1\ntopic_id: fnm0GEBPQsqtshG946yelA', 'has version 1'],
  ['version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA', 'means none'],
])('%j is damaged', (content, reason) => {
  expect(() => readPartitionMetadata(diskWith(content), FOLDER)).toThrow(reason)
})

import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { readCleanShutdown, removeCleanShutdown, writeCleanShutdown } from '../../src/log/clean-shutdown'

const FILE = '/.kafka_cleanshutdown'

test('the marker holds what Kafka puts into it', () => {
  const disk = new MemoryDisk()
  writeCleanShutdown(disk, '', { brokerEpoch: 121 })
  expect(disk.readFile(FILE)?.toString()).toBe('{"version":0,"brokerEpoch":121}')
  expect(readCleanShutdown(disk, '')).toEqual({ brokerEpoch: 121 })
})

test('without a marker the shutdown was not clean', () => {
  expect(readCleanShutdown(new MemoryDisk(), '')).toBeNull()
})

test.each(['', '{', 'null', '{"version":0}'])('a marker of %j counts and tells no epoch', content => {
  const disk = new MemoryDisk()
  disk.replaceFile(FILE, content)
  expect(readCleanShutdown(disk, '')).toEqual({ brokerEpoch: -1 })
})

test('a marker that was removed does not come back when the power fails', () => {
  const disk = new MemoryDisk({ crashable: true })
  writeCleanShutdown(disk, '', { brokerEpoch: 1 })
  removeCleanShutdown(disk, '')
  disk.crash({ keepPageCache: false, random: new SeededRandom(3) })
  expect(readCleanShutdown(disk, '')).toBeNull()
})

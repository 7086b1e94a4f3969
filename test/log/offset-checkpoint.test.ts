import { silentLogger } from '../../src/io/logger'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { parseOffsetCheckpoint, readOffsetCheckpoint, writeOffsetCheckpoint } from '../../src/log/offset-checkpoint'
import { RecordingLogger } from '../support/recording-logger'

const PATH = '/replication-offset-checkpoint'

test('offsets come back by the name of the folder', () => {
  const disk = new MemoryDisk()
  writeOffsetCheckpoint(disk, PATH, [
    { topic: 'dotted.topic-1', partition: 3, offset: 368769 },
    { topic: '__consumer_offsets', partition: 0, offset: 0 },
  ])
  expect(disk.readFile(PATH)?.toString()).toBe('0\n2\ndotted.topic-1 3 368769\n__consumer_offsets 0 0\n')
  expect(readOffsetCheckpoint(disk, PATH, silentLogger)).toEqual(
    new Map([
      ['dotted.topic-1-3', 368769],
      ['__consumer_offsets-0', 0],
    ]),
  )
})

test('a missing file has no offsets and is not worth a word', () => {
  const logger = new RecordingLogger()
  expect(readOffsetCheckpoint(new MemoryDisk(), PATH, logger)).toEqual(new Map())
  expect(logger.lines).toEqual([])
})

test.each(['0\n1\ntopic 0\n', '0\n1\ntopic 0 1 2\n', '0\n1\ntopic x 5\n', '0\n1\ntopic 0 5\nrest'])(
  'a damaged file is as good as none, and said: %j',
  content => {
    const disk = new MemoryDisk()
    disk.replaceFile(PATH, content)
    const logger = new RecordingLogger()
    expect(readOffsetCheckpoint(disk, PATH, logger)).toEqual(new Map())
    expect(logger.at('warn')).toEqual([expect.objectContaining({ fields: expect.objectContaining({ path: PATH }) })])
    expect(() => parseOffsetCheckpoint(disk, PATH)).toThrow(PATH)
  },
)

test('a disk that fails is no damage', () => {
  const disk = new MemoryDisk()
  disk.faults.failNext('readFile', 'EIO')
  expect(() => readOffsetCheckpoint(disk, PATH, silentLogger)).toThrow(expect.objectContaining({ code: 'EIO' }))
})

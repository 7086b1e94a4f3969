import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import type { LogSegment } from '../../src/log/log-segment'
import {
  appendBatches,
  batchOf,
  createSegment,
  diskWithFolder,
  LOG_FOLDER,
  openSegment,
  singles,
} from '../support/log-segments'

const LOG = `${LOG_FOLDER}/00000000000000000000.log`
const EVERYTHING = { maxBytes: 1e6, upTo: Number.MAX_SAFE_INTEGER, minOneBatch: true }
const ROLL_NEVER = { segmentBytes: 1e9, segmentMs: 1e9, incomingBytes: 100, incomingLastOffset: 50, now: 0 }

const indexOf = (segment: LogSegment) =>
  Array.from({ length: segment.offsetIndex.entryCount }, (_, n) => segment.offsetIndex.entry(n))

describe('appending', () => {
  test('keeps batches in memory until they are written in one piece', () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk)
    const batches = [batchOf({ baseOffset: 0 }), batchOf({ baseOffset: 1 })]
    expect(batches.map(batch => segment.append(batch))).toEqual([0, batches[0]!.length])
    expect(segment.sizeInBytes).toBe(batches[0]!.length * 2)
    expect([segment.writtenBytes, disk.readFile(LOG)?.length]).toEqual([0, 0])
    segment.writeSync()
    expect(segment.writtenBytes).toBe(segment.sizeInBytes)
    expect(disk.readFile(LOG)).toEqual(Buffer.concat(batches))
  })

  test('the next offset on the disk does not count what is not written, though the index does', () => {
    const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 0 })
    appendBatches(segment, singles(0, 5))
    for (const batch of singles(5, 5).map(batchOf)) segment.append(batch)
    expect(segment.readNextOffset()).toBe(5)
    segment.writeSync()
    expect(segment.readNextOffset()).toBe(10)
  })

  test('goes on while a write is under way; what is new follows with the next one', async () => {
    const completions: (() => void)[] = []
    const disk = diskWithFolder(new MemoryDisk({ schedule: complete => completions.push(complete) }))
    const segment = createSegment(disk)
    const batches = singles(0, 3).map(batchOf)
    segment.append(batches[0]!)
    const written = segment.write()
    segment.append(batches[1]!)
    expect(() => segment.writeSync()).toThrow('under way')
    completions.shift()!()
    await written
    expect(segment.writtenBytes).toBe(batches[0]!.length)
    segment.append(batches[2]!)
    segment.writeSync()
    expect(disk.readFile(LOG)).toEqual(Buffer.concat(batches))
  })

  test('adds an index entry for the first batch behind each index interval', () => {
    const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 200 })
    const size = batchOf({ baseOffset: 0 }).length
    appendBatches(segment, singles(0, 10))
    const every = Math.floor(200 / size) + 1
    expect(indexOf(segment)).toEqual([every, 2 * every, 3 * every].map(offset => ({ offset, position: offset * size })))
    expect(segment.timeIndex.lastEntry).toEqual({ timestamp: 3 * every, offset: 3 * every })
  })

  test('takes several batches in one buffer and indexes each of them', () => {
    const one = createSegment(diskWithFolder(), { indexIntervalBytes: 100 })
    const many = createSegment(diskWithFolder(), { indexIntervalBytes: 100 })
    const bytes = appendBatches(one, singles(0, 10, { records: 1 }))
    many.append(bytes)
    expect(indexOf(many)).toEqual(indexOf(one))
    expect(indexOf(many)).not.toHaveLength(0)
  })

  test('remembers the first batch that has the largest timestamp by its last offset', () => {
    const segment = createSegment(diskWithFolder())
    appendBatches(segment, [
      { baseOffset: 0, records: 3, timestamp: 100 },
      { baseOffset: 3, records: 2, timestamp: 200 },
      { baseOffset: 5, records: 2, timestamp: 200 },
      { baseOffset: 7, records: 1, timestamp: 50 },
    ])
    expect([segment.largestTimestamp, segment.offsetOfLargestTimestamp]).toEqual([201, 4])
    expect(segment.firstBatchTimestamp).toBe(102)
  })

  test('refuses offsets that an index entry cannot hold', () => {
    const segment = createSegment(diskWithFolder())
    expect(() => segment.append(batchOf({ baseOffset: 2 ** 31 }))).toThrow(RangeError)
  })

  test('skips index entries when the index is full', () => {
    const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 0, segmentIndexBytes: 40 })
    appendBatches(segment, singles(0, 20))
    expect(segment.offsetIndex.entryCount).toBe(2)
    expect(segment.translate(19)).toMatchObject({ baseOffset: 19 })
  })
})

describe('rolling', () => {
  const full = (): LogSegment => {
    const segment = createSegment(diskWithFolder(), { rollJitterMs: 10, createdMs: 1000 })
    appendBatches(segment, [{ baseOffset: 0, timestamp: 5000 }])
    return segment
  }

  test('is due when the batch to come would exceed segment.bytes, counting what is not written', () => {
    const segment = full()
    const fits = { ...ROLL_NEVER, incomingMaxTimestamp: 5000, segmentBytes: segment.sizeInBytes + 100 }
    expect(segment.shouldRoll(fits)).toBe(false)
    segment.append(batchOf({ baseOffset: 1 }))
    expect(segment.shouldRoll(fits)).toBe(true)
  })

  test('is due when the batch to come is segment.ms, less the jitter, younger than the first one', () => {
    const segment = full()
    const at = (incomingMaxTimestamp: number) =>
      segment.shouldRoll({ ...ROLL_NEVER, segmentMs: 100, incomingMaxTimestamp, now: 1e9 })
    expect(at(5090)).toBe(false)
    expect(at(5091)).toBe(true)
  })

  test('goes by the clock when the first batch has no timestamp', () => {
    const segment = createSegment(diskWithFolder(), { createdMs: 1000 })
    appendBatches(segment, [{ baseOffset: 0, timestamp: -1 }])
    const at = (now: number) => segment.shouldRoll({ ...ROLL_NEVER, segmentMs: 100, incomingMaxTimestamp: 1e6, now })
    expect(at(1100)).toBe(false)
    expect(at(1101)).toBe(true)
  })

  test('takes the timestamp of the first batch from the file after a restart', () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk)
    appendBatches(segment, [{ baseOffset: 0, timestamp: 5000 }])
    segment.close()
    const reopened = openSegment(disk)
    expect(reopened.shouldRoll({ ...ROLL_NEVER, segmentMs: 100, incomingMaxTimestamp: 5101 })).toBe(true)
  })

  test('is due when an index is full', () => {
    const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 0, segmentIndexBytes: 36 })
    appendBatches(segment, singles(0, 2))
    expect(segment.shouldRoll({ ...ROLL_NEVER, incomingMaxTimestamp: 2 })).toBe(false)
    appendBatches(segment, singles(2, 1))
    expect(segment.shouldRoll({ ...ROLL_NEVER, incomingMaxTimestamp: 2 })).toBe(true)
  })

  test('is due when the offset to come is out of reach, even of an empty segment', () => {
    const segment = createSegment(diskWithFolder())
    const roll = { ...ROLL_NEVER, incomingMaxTimestamp: 0 }
    expect(segment.shouldRoll({ ...roll, incomingLastOffset: 2 ** 31 - 1 })).toBe(false)
    expect(segment.shouldRoll({ ...roll, incomingLastOffset: 2 ** 31 })).toBe(true)
  })

  test('is never due for an empty segment otherwise', () => {
    const segment = createSegment(diskWithFolder())
    expect(segment.shouldRoll({ ...ROLL_NEVER, segmentBytes: 1, incomingMaxTimestamp: 1e12, now: 1e12 })).toBe(false)
  })
})

describe('sealing and opening again', () => {
  test('ends the time index with the largest timestamp and writes the index files', () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk)
    appendBatches(segment, [
      { baseOffset: 0, timestamp: 77 },
      { baseOffset: 1, timestamp: 5 },
    ])
    expect(disk.list(LOG_FOLDER)).toEqual(['00000000000000000000.log'])
    segment.seal()
    segment.seal()
    expect(disk.list(LOG_FOLDER)).toEqual([
      '00000000000000000000.index',
      '00000000000000000000.log',
      '00000000000000000000.timeindex',
    ])
    const reopened = openSegment(disk)
    expect([reopened.largestTimestamp, reopened.offsetOfLargestTimestamp]).toEqual([77, 0])
    expect(reopened.readNextOffset()).toBe(2)
    expect(reopened.sanityCheck()).toBeNull()
  })

  test('an empty segment has index files after closing, so that nothing is missing', () => {
    const disk = diskWithFolder()
    createSegment(disk).close()
    expect(disk.list(LOG_FOLDER)).toHaveLength(3)
    expect(openSegment(disk).readNextOffset()).toBe(0)
  })

  test('opening and closing changes nothing', () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk, { indexIntervalBytes: 100 })
    appendBatches(segment, singles(0, 10))
    segment.close()
    const before = disk.list(LOG_FOLDER).map(name => disk.readFile(`${LOG_FOLDER}/${name}`))
    openSegment(disk).close()
    expect(disk.list(LOG_FOLDER).map(name => disk.readFile(`${LOG_FOLDER}/${name}`))).toEqual(before)
  })

  test('appending to an opened segment goes on with its indexes', () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk, { indexIntervalBytes: 200 })
    appendBatches(segment, singles(0, 10))
    const entries = indexOf(segment)
    segment.close()
    const reopened = openSegment(disk, { indexIntervalBytes: 200 })
    appendBatches(reopened, singles(10, 10))
    expect(indexOf(reopened).slice(0, entries.length)).toEqual(entries)
    expect(indexOf(reopened).length).toBeGreaterThan(entries.length)
    expect(reopened.translate(17)).toMatchObject({ baseOffset: 17 })
    expect(reopened.largestTimestamp).toBe(19)
  })

  test('a missing index is noticed', () => {
    const disk = diskWithFolder()
    appendBatches(createSegment(disk), singles(0, 1))
    expect(openSegment(disk).sanityCheck()).toBe(`${LOG_FOLDER}/00000000000000000000.index is missing`)
  })

  test('a segment that is not there cannot be opened', () => {
    expect(() => openSegment(diskWithFolder())).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })

  test('creating a segment removes what is left of an older one', () => {
    const disk = diskWithFolder()
    const old = createSegment(disk)
    old.transactionIndex.append({ producerId: 1, firstOffset: 0, lastOffset: 1, lastStableOffset: 2 })
    appendBatches(old, singles(0, 5))
    old.close()
    const segment = createSegment(disk)
    expect(disk.list(LOG_FOLDER)).toEqual(['00000000000000000000.log'])
    expect([segment.sizeInBytes, segment.transactionIndex.entryCount]).toEqual([0, 0])
  })
})

describe('durability', () => {
  test('what was flushed after sealing survives the loss of power, indexes included', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const disk = diskWithFolder(new MemoryDisk({ crashable: true }))
      disk.syncDirectory('')
      disk.syncDirectory('data')
      const segment = createSegment(disk, { indexIntervalBytes: 100 })
      const bytes = appendBatches(segment, singles(0, 10))
      segment.seal()
      await segment.flush()
      const entries = indexOf(segment)
      disk.crash({ keepPageCache: false, random: new SeededRandom(seed) })
      expect(disk.readFile(LOG)).toEqual(bytes)
      const reopened = openSegment(disk)
      expect(reopened.sanityCheck()).toBeNull()
      expect(indexOf(reopened)).toEqual(entries)
    }
  })

  test('a segment that a killed process had written is flushed by the one that opens it', async () => {
    const disk = diskWithFolder(new MemoryDisk({ crashable: true }))
    disk.syncDirectory('')
    disk.syncDirectory('data')
    const bytes = appendBatches(createSegment(disk), singles(0, 10))
    disk.crash({ keepPageCache: true, random: new SeededRandom(1) })
    await openSegment(disk).flush()
    disk.crash({ keepPageCache: false, random: new SeededRandom(1) })
    expect(disk.readFile(LOG)).toEqual(bytes)
  })

  test('a failed write or sync comes through', async () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk)
    segment.append(batchOf({ baseOffset: 0 }))
    disk.faults.failNext('write', 'EIO')
    expect(() => segment.writeSync()).toThrow(expect.objectContaining({ code: 'EIO' }))
    const other = openSegment(disk)
    disk.faults.failNext('sync', 'EIO')
    await expect(other.flush()).rejects.toMatchObject({ code: 'EIO' })
  })
})

describe('the files', () => {
  const written = () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk)
    appendBatches(segment, singles(0, 3))
    segment.transactionIndex.append({ producerId: 1, firstOffset: 0, lastOffset: 1, lastStableOffset: 2 })
    segment.seal()
    return { disk, segment }
  }

  test('are renamed together and can still be read', async () => {
    const { disk, segment } = written()
    segment.changeSuffix('.deleted')
    expect(disk.list(LOG_FOLDER)).toEqual(
      ['index', 'log', 'timeindex', 'txnindex'].map(kind => `00000000000000000000.${kind}.deleted`),
    )
    expect(segment.path).toBe(`${LOG}.deleted`)
    expect(await segment.read({ ...EVERYTHING, offset: 1 })).toMatchObject({ firstOffset: 1, nextOffset: 3 })
  })

  test('are renamed also while the indexes are in memory only', () => {
    const disk = diskWithFolder()
    const segment = createSegment(disk)
    appendBatches(segment, singles(0, 3))
    segment.changeSuffix('.deleted')
    expect(disk.list(LOG_FOLDER)).toEqual(['00000000000000000000.log.deleted'])
    segment.remove()
    expect(disk.list(LOG_FOLDER)).toEqual([])
  })

  test('are all removed', () => {
    const { disk, segment } = written()
    segment.remove()
    expect(disk.list(LOG_FOLDER)).toEqual([])
  })

  test('are found after the folder was renamed', async () => {
    const { disk, segment } = written()
    disk.rename(LOG_FOLDER, '/data/topic-0.abc-delete')
    segment.moveTo('/data/topic-0.abc-delete')
    expect(await segment.read({ ...EVERYTHING, offset: 1 })).toMatchObject({ firstOffset: 1 })
    expect(segment.transactionIndex.all()).toHaveLength(1)
    segment.remove()
    expect(disk.list('/data/topic-0.abc-delete')).toEqual([])
  })
})

test('retention goes by the largest timestamp, or by the last change of the file', () => {
  const disk = diskWithFolder(new MemoryDisk({ clock: { now: () => 4321, monotonic: () => 0 } }))
  const segment = createSegment(disk)
  appendBatches(segment, [{ baseOffset: 0, timestamp: -1 }])
  expect(segment.retentionTimestamp).toBe(4321)
  appendBatches(segment, [{ baseOffset: 1, timestamp: 99 }])
  expect(segment.retentionTimestamp).toBe(99)
})

import { CompressionType } from '../../protocol/compression/codec'
import { encodeBatch } from '../../protocol/records/record-batch'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import type { LogSegment } from '../../src/log/log-segment'
import { appendBatches, batchOf, createSegment, diskWithFolder, LOG_FOLDER } from '../support/log-segments'

const LOG = `${LOG_FOLDER}/00000000000000000000.log`
const EVERYTHING = { maxBytes: 1e6, upTo: Number.MAX_SAFE_INTEGER, minOneBatch: true }

describe('reading', () => {
  const segmentOf = (disk = diskWithFolder()): { segment: LogSegment; bytes: Buffer } => {
    const segment = createSegment(disk, { indexIntervalBytes: 200 })
    const shapes = Array.from({ length: 20 }, (_, n) => ({ baseOffset: n * 10, records: 5 }))
    return { segment, bytes: appendBatches(segment, shapes) }
  }

  test('begins with the batch that holds the offset, or the next one after a gap', async () => {
    const { segment, bytes } = segmentOf()
    const size = bytes.length / 20
    const read = async (offset: number) => segment.read({ ...EVERYTHING, offset })
    expect(await read(0)).toEqual({ records: bytes, firstOffset: 0, nextOffset: 195 })
    expect(await read(73)).toMatchObject({ firstOffset: 70, records: bytes.subarray(7 * size) })
    expect(await read(75)).toMatchObject({ firstOffset: 80, records: bytes.subarray(8 * size) })
    expect(await read(195)).toBeNull()
  })

  test('returns whole batches within the limit of bytes', async () => {
    const { segment, bytes } = segmentOf()
    const size = bytes.length / 20
    const read = (maxBytes: number, minOneBatch: boolean) =>
      segment.read({ ...EVERYTHING, offset: 30, maxBytes, minOneBatch })
    expect(await read(size * 3 - 1, false)).toEqual({
      records: bytes.subarray(3 * size, 5 * size),
      firstOffset: 30,
      nextOffset: 45,
    })
    expect(await read(size - 1, false)).toEqual({ records: Buffer.alloc(0), firstOffset: -1, nextOffset: 30 })
    expect(await read(0, true)).toMatchObject({ records: bytes.subarray(3 * size, 4 * size), nextOffset: 35 })
  })

  test('returns no batch that reaches the offset limit', async () => {
    const { segment } = segmentOf()
    const read = (upTo: number) => segment.read({ ...EVERYTHING, offset: 30, upTo })
    expect(await read(45)).toMatchObject({ firstOffset: 30, nextOffset: 45 })
    expect(await read(44)).toMatchObject({ firstOffset: 30, nextOffset: 35 })
    expect(await read(30)).toMatchObject({ firstOffset: -1, nextOffset: 30 })
  })

  test('returns a batch larger than a gulp of the disk as a whole', async () => {
    const segment = createSegment(diskWithFolder())
    const bytes = appendBatches(segment, [
      { baseOffset: 0, valueBytes: 3_000_000 },
      { baseOffset: 1, valueBytes: 10 },
    ])
    const read = await segment.read({ ...EVERYTHING, offset: 0, maxBytes: 1 })
    expect(read?.records.length).toBe(bytes.length - batchOf({ baseOffset: 1 }).length)
    expect(await segment.read({ ...EVERYTHING, offset: 1, maxBytes: 1 })).toMatchObject({ nextOffset: 2 })
  })

  test('sees only what is written', async () => {
    const { segment } = segmentOf()
    segment.append(batchOf({ baseOffset: 200 }))
    expect(await segment.read({ ...EVERYTHING, offset: 200 })).toBeNull()
    expect(segment.translate(200)).toBeNull()
    segment.writeSync()
    expect(segment.translate(200)).toMatchObject({ baseOffset: 200 })
  })

  test('costs one read of the disk when it begins near an index entry', async () => {
    const disk = diskWithFolder()
    const { segment } = segmentOf(disk)
    await segment.read({ ...EVERYTHING, offset: 100 })
    const reads: number[] = []
    const { open } = MemoryDisk.prototype
    const counted = jest.spyOn(disk, 'open').mockImplementation((path, mode) => {
      const file = open.call(disk, path, mode)
      const read = file.read.bind(file)
      file.read = (into, position) => {
        reads.push(position)
        return read(into, position)
      }
      return file
    })
    segment.close()
    await segment.read({ ...EVERYTHING, offset: 103, maxBytes: 300 })
    expect(reads).toHaveLength(1)
    counted.mockRestore()
  })

  test('begins anew when the log was cut meanwhile', async () => {
    const completions: (() => void)[] = []
    const disk = diskWithFolder(new MemoryDisk({ schedule: complete => completions.push(complete) }))
    const { segment } = segmentOf(disk)
    const reading = segment.read({ ...EVERYTHING, offset: 70 })
    segment.truncateTo(50, 0)
    const after = appendBatches(segment, [{ baseOffset: 50, records: 30, timestamp: 7 }])
    let isDone = false
    void reading.finally(() => {
      isDone = true
    })
    while (!isDone) {
      completions.shift()?.()
      await Promise.resolve()
    }
    expect(await reading).toEqual({ records: after, firstOffset: 50, nextOffset: 80 })
  })

  test('names the file and the byte where something is no batch', async () => {
    const disk = diskWithFolder()
    const { segment, bytes } = segmentOf(disk)
    const second = bytes.length / 20
    disk.open(LOG, 'write').writeSync([Buffer.alloc(61, 0xff)], second)
    const failure = { name: 'DamagedFile', path: LOG, reason: `at byte ${second}: a batch has magic -1 instead of 2` }
    await expect(segment.read({ ...EVERYTHING, offset: 10 })).rejects.toMatchObject(failure)
    expect(() => segment.translate(10)).toThrow(failure.reason)
  })
})

describe('looking up a timestamp', () => {
  test('finds the first record that is not earlier, also inside a compressed batch', async () => {
    const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 0 })
    appendBatches(
      segment,
      [0, 10, 20, 30].map(baseOffset => ({
        baseOffset,
        records: 10,
        timestamp: 1000 + baseOffset,
        compression: CompressionType.lz4,
        leaderEpoch: 3,
      })),
    )
    const find = (timestamp: number, from = 0) => segment.findOffsetByTimestamp(timestamp, from)
    expect(await find(1025)).toEqual({ timestamp: 1025, offset: 25, leaderEpoch: 3 })
    expect(await find(0)).toMatchObject({ timestamp: 1000, offset: 0 })
    expect(await find(1005, 27)).toMatchObject({ timestamp: 1027, offset: 27 })
    expect(await find(1039)).toMatchObject({ offset: 39 })
    expect(await find(1040)).toBeNull()
  })

  test('finds the first of records whose timestamps wander', async () => {
    const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 0 })
    const timestamps = [100, 50, 300, 200, 300, 10, 400]
    appendBatches(
      segment,
      timestamps.map((timestamp, baseOffset) => ({ baseOffset, timestamp })),
    )
    for (const target of [0, 60, 100, 101, 250, 300, 301, 400]) {
      const offset = timestamps.findIndex(timestamp => timestamp >= target)
      expect(await segment.findOffsetByTimestamp(target, 0)).toMatchObject({ offset })
    }
  })

  test('takes the beginning of a batch that cannot be looked into', async () => {
    const segment = createSegment(diskWithFolder())
    const batch = batchOf({ baseOffset: 5, records: 4, timestamp: 1000 })
    segment.append(encodeBatch({ baseOffset: 0, records: [{ timestamp: 1 }] }))
    batch[22] = (batch[22] ?? 0) | CompressionType.gzip
    segment.append(batch)
    segment.writeSync()
    expect(await segment.findOffsetByTimestamp(1002, 0)).toEqual({ timestamp: 1003, offset: 5, leaderEpoch: 0 })
  })
})

import { CompressionType } from '../../protocol/compression/codec'
import { type BatchHeader, patchBaseOffset } from '../../protocol/records/batch-header'
import { crc32 } from '../../protocol/wire/crc32c'
import type { MemoryDisk } from '../../src/io/memory/memory-disk'
import type { LogSegment, SegmentRecovery } from '../../src/log/log-segment'
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
const SMALL_INTERVAL = { indexIntervalBytes: 200 }

const recover = async (segment: LogSegment): Promise<SegmentRecovery & { readonly visited: BatchHeader[] }> => {
  const visited: BatchHeader[] = []
  const recovery = await segment.recover({ visit: header => visited.push(header) })
  return { ...recovery, visited }
}

/** A disk on which a segment of these bytes was left by a process that died. */
const leftBehind = (bytes: Buffer): MemoryDisk => {
  const disk = diskWithFolder()
  disk.open(LOG, 'create').writeSync([bytes], 0)
  return disk
}

const indexFiles = (disk: MemoryDisk): (Buffer | null)[] =>
  ['index', 'timeindex', 'txnindex'].map(kind => disk.readFile(`${LOG_FOLDER}/00000000000000000000.${kind}`))

test('a whole log is kept, its batches are told, and its indexes come out as they were', async () => {
  const disk = diskWithFolder()
  const segment = createSegment(disk, SMALL_INTERVAL)
  const bytes = appendBatches(segment, [
    ...singles(0, 8, { timestamp: 500 }),
    { baseOffset: 8, records: 20, timestamp: 400, compression: CompressionType.zstd },
    ...singles(40, 8, { timestamp: 900 }),
  ])
  segment.close()
  const expected = indexFiles(disk)
  const left = leftBehind(bytes)
  const recovered = openSegment(left, SMALL_INTERVAL)
  const { visited, ...recovery } = await recover(recovered)
  expect(recovery).toEqual({ validBytes: bytes.length, truncatedBytes: 0, reason: null, nextOffset: 48 })
  expect(visited.map(header => header.baseOffset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 40, 41, 42, 43, 44, 45, 46, 47])
  recovered.close()
  expect(indexFiles(left)).toEqual(expected)
  expect(left.readFile(LOG)).toEqual(bytes)
})

test('a log cut at any byte of its last batches keeps what is whole and is open for appending', async () => {
  const batches = [...singles(0, 5), { baseOffset: 5, records: 4, compression: CompressionType.gzip }].map(batchOf)
  const ends = batches.map((_, n) => Buffer.concat(batches.slice(0, n + 1)).length)
  const bytes = Buffer.concat(batches)
  const nextOffsets = [1, 2, 3, 4, 5, 9]
  for (let length = ends[2]!; length <= bytes.length; length++) {
    const segment = openSegment(leftBehind(bytes.subarray(0, length)), SMALL_INTERVAL)
    const whole = ends.findLastIndex(end => end <= length)
    const recovery = await recover(segment)
    expect(recovery).toMatchObject({
      validBytes: ends[whole],
      truncatedBytes: length - ends[whole]!,
      nextOffset: nextOffsets[whole],
    })
    expect(recovery.reason === null).toBe(length === ends[whole])
    appendBatches(segment, [{ baseOffset: nextOffsets[whole]! }])
    expect(segment.translate(nextOffsets[whole]!)).toMatchObject({ position: ends[whole] })
  }
})

test('a log with any byte of its last batch changed loses that batch, or the byte was one that no checksum covers', async () => {
  const batches = singles(0, 4).map(batchOf)
  const start = batches[0]!.length * 3
  const intact = Buffer.concat(batches)
  const uncovered = { partitionLeaderEpoch: [12, 16], lowerBaseOffset: [4, 8] }
  for (let at = start; at < intact.length; at++) {
    const bytes = Buffer.from(intact)
    bytes[at] = bytes[at]! ^ 0x01
    const segment = openSegment(leftBehind(bytes))
    const recovery = await recover(segment)
    const field = at - start
    const isEpoch = field >= uncovered.partitionLeaderEpoch[0]! && field < uncovered.partitionLeaderEpoch[1]!
    const isOffset = field >= uncovered.lowerBaseOffset[0]! && field < uncovered.lowerBaseOffset[1]!
    if (isEpoch || (isOffset && recovery.reason === null)) expect(recovery.validBytes).toBe(intact.length)
    else expect(recovery).toMatchObject({ validBytes: start, nextOffset: 3 })
  }
})

test.each([
  ['zeros', Buffer.alloc(200), 'a batch has magic 0 instead of 2'],
  ['a few zeros', Buffer.alloc(20), '20 bytes are too few for a batch'],
  ['garbage', Buffer.alloc(200, 0xab), 'a batch has magic -85 instead of 2'],
])('%s behind the last batch are cut off', async (_, tail, reason) => {
  const bytes = batchOf({ baseOffset: 0 })
  const disk = leftBehind(Buffer.concat([bytes, tail]))
  expect(await recover(openSegment(disk))).toMatchObject({ reason, truncatedBytes: tail.length })
  expect(disk.readFile(LOG)).toEqual(bytes)
})

test('a batch whose offsets do not follow, which no checksum tells, ends the log', async () => {
  const [first, second] = singles(7, 2).map(batchOf) as [Buffer, Buffer]
  for (const [offset, reason] of [
    [7, 'a batch with offsets 7 to 7 follows offset 7'],
    [2 ** 31, 'offset 2147483648 is out of reach of 0'],
    [-1, 'a batch with offsets -1 to -1 follows offset 7'],
  ] as const) {
    patchBaseOffset(second, 0, offset)
    const recovery = await recover(openSegment(leftBehind(Buffer.concat([first, second]))))
    expect(recovery).toMatchObject({ validBytes: first.length, nextOffset: 8, reason })
  }
})

test('a batch with a field beyond the integers of the language ends the log', async () => {
  const [first, second] = singles(0, 2).map(batchOf) as [Buffer, Buffer]
  second.fill(0x7f, 0, 8)
  expect(await recover(openSegment(leftBehind(Buffer.concat([first, second]))))).toMatchObject({
    validBytes: first.length,
    reason: expect.stringContaining('2^53'),
  })
})

test('messages of a format before magic 2 are refused, not cut off', async () => {
  const message = Buffer.alloc(40)
  message.writeInt32BE(28, 8)
  message[16] = 1
  message.writeUInt32BE(crc32(message.subarray(16)), 12)
  const disk = leftBehind(Buffer.concat([batchOf({ baseOffset: 0 }), message]))
  const size = disk.readFile(LOG)!.length
  await expect(recover(openSegment(disk))).rejects.toMatchObject({
    name: 'DamagedFile',
    reason: expect.stringContaining('old format with magic 1'),
  })
  expect(disk.readFile(LOG)).toHaveLength(size)
})

test('stale index files are replaced, whatever they hold', async () => {
  const disk = diskWithFolder()
  const segment = createSegment(disk, SMALL_INTERVAL)
  const bytes = appendBatches(segment, singles(0, 20))
  segment.close()
  const expected = indexFiles(disk)
  const left = leftBehind(bytes)
  for (const kind of ['index', 'timeindex', 'txnindex']) {
    left.open(`${LOG_FOLDER}/00000000000000000000.${kind}`, 'create').writeSync([Buffer.alloc(1000, 0x11)], 0)
  }
  const recovered = openSegment(left, SMALL_INTERVAL)
  await recover(recovered)
  recovered.close()
  expect(indexFiles(left)).toEqual(expected)
})

test('the work is done in slices, with a pause after each', async () => {
  const batches = Array.from({ length: 40 }, (_, n) => ({ baseOffset: n, valueBytes: 100_000 }))
  const bytes = Buffer.concat(batches.map(batchOf))
  const pauses: number[] = []
  let visitedBytes = 0
  await openSegment(leftBehind(bytes)).recover({
    visit: header => {
      visitedBytes += header.sizeInBytes
    },
    afterSlice: async scannedBytes => {
      expect(scannedBytes).toBe(visitedBytes)
      pauses.push(scannedBytes)
    },
  })
  expect(pauses.length).toBeGreaterThanOrEqual(3)
  expect(Math.max(...pauses.map((bytes, n) => bytes - (pauses[n - 1] ?? 0)))).toBeLessThanOrEqual(1024 * 1024)
})

test('a scan visits the batches from an offset on, whole', async () => {
  const segment = createSegment(diskWithFolder(), SMALL_INTERVAL)
  appendBatches(
    segment,
    singles(0, 10, { records: 2 }).map((shape, n) => ({ ...shape, baseOffset: n * 2 })),
  )
  const seen: [number, number][] = []
  await segment.scan(7, {
    visit: (header, bytes, at) => seen.push([header.baseOffset, bytes.readInt32BE(at + 57)]),
  })
  expect(seen).toEqual([6, 8, 10, 12, 14, 16, 18].map(offset => [offset, 2]))
  await segment.scan(20, { visit: () => seen.push([-1, -1]) })
  expect(seen).toHaveLength(7)
})

test('a scan that meets something that is no batch says where', async () => {
  const bytes = Buffer.concat([batchOf({ baseOffset: 0 }), Buffer.alloc(100)])
  const segment = openSegment(leftBehind(bytes))
  await expect(segment.scan(0, { visit: () => {} })).rejects.toThrow(
    `at byte ${bytes.length - 100}: a batch has magic 0`,
  )
})

import fc from 'fast-check'
import { patchBaseOffset } from '../../protocol/records/batch-header'
import { encodeBatch, iterateBatches } from '../../protocol/records/record-batch'
import { LogTail, TailCache } from '../../src/log/tail-cache'

/** A batch of `records` records at `baseOffset`, alone in its memory or in a slice of `backingBytes`. */
const batchAt = (baseOffset: number, records = 1, valueBytes = 10, backingBytes = 0): Buffer => {
  const bytes = encodeBatch({
    records: Array.from({ length: records }, () => ({ value: Buffer.alloc(valueBytes, baseOffset) })),
  })
  patchBaseOffset(bytes, 0, baseOffset)
  const backing = Buffer.allocUnsafeSlow(Math.max(bytes.length, backingBytes))
  bytes.copy(backing, 0)
  return backing.subarray(0, bytes.length)
}

const SIZE = batchAt(0).length
const everything = { maxBytes: 1_000_000, minOneBatch: true }

const fill = (tail: LogTail, from: number, count: number, backingBytes = 0): void => {
  for (let offset = from; offset < from + count; offset++) {
    tail.append(batchAt(offset, 1, 10, backingBytes), offset, offset + 1)
  }
}

const offsetsIn = (buffers: readonly Buffer[]): number[] =>
  buffers.flatMap(buffer => [...iterateBatches(buffer)].map(({ header }) => header.baseOffset))

describe('the tail of a log', () => {
  test("is the producer's own memory", () => {
    const tail = new LogTail(new TailCache(100_000))
    const batch = batchAt(0, 3)
    expect(tail.append(batch, 0, 3)).toBe(batch)
    const read = tail.read({ offset: 0, upTo: 3, ...everything })!
    expect(read.records[0]!.buffer).toBe(batch.buffer)
    expect(read).toMatchObject({ sizeInBytes: batch.length, firstOffset: 0, nextOffset: 3 })
  })

  test('counts reads that it could answer, and those that it could not', () => {
    const cache = new TailCache(SIZE)
    const tail = new LogTail(cache)
    fill(tail, 0, 2)
    expect([tail.startOffset, cache.hits, cache.misses]).toEqual([1, 0, 0])
    tail.read({ offset: 1, upTo: 2, ...everything })
    tail.read({ offset: 0, upTo: 2, ...everything })
    tail.read({ offset: 2, upTo: 2, ...everything })
    expect([cache.hits, cache.misses]).toEqual([2, 1])
  })

  test('copies small slices of large memory into blocks that grow with use, and charges for those', () => {
    const cache = new TailCache(1_000_000)
    const tail = new LogTail(cache)
    const batch = batchAt(0, 1, 10, 65_536)
    const kept = tail.append(batch, 0, 1)
    expect(kept.buffer).not.toBe(batch.buffer)
    expect(kept.equals(batch)).toBe(true)
    expect(cache.sizeInBytes).toBe(1024)
    fill(tail, 1, Math.floor(3000 / SIZE), 65_536)
    expect(cache.sizeInBytes).toBe(1024 + 2048)
    const { records } = tail.read({ offset: 0, upTo: 1000, ...everything })!
    expect(records).toHaveLength(2)
  })

  test('charges memory that several slices share once', () => {
    const cache = new TailCache(1_000_000)
    const tail = new LogTail(cache)
    const backing = Buffer.allocUnsafeSlow(SIZE * 3)
    for (const [n, batch] of [batchAt(0), batchAt(1), batchAt(2)].entries()) {
      batch.copy(backing, n * SIZE)
      tail.append(backing.subarray(n * SIZE, (n + 1) * SIZE), n, n + 1)
    }
    expect(cache.sizeInBytes).toBe(SIZE * 3)
    tail.clear()
    expect(cache.sizeInBytes).toBe(0)
  })

  test('begins a read at the batch that holds the offset and ends it at the limits', () => {
    const tail = new LogTail(new TailCache(1_000_000))
    for (let offset = 0; offset < 30; offset += 3) tail.append(batchAt(offset, 3), offset, offset + 3)
    const size = batchAt(0, 3).length
    const read = (offset: number, upTo: number, maxBytes: number, minOneBatch = false) =>
      offsetsIn(tail.read({ offset, upTo, maxBytes, minOneBatch })!.records)
    expect(read(4, 30, 3 * size)).toEqual([3, 6, 9])
    expect(read(4, 30, 3 * size - 1)).toEqual([3, 6])
    expect(read(4, 9, 1000 * size)).toEqual([3, 6])
    expect(read(4, 8, 1000 * size)).toEqual([3])
    expect(read(4, 5, 1000 * size)).toEqual([])
    expect(read(4, 30, size - 1)).toEqual([])
    expect(read(4, 30, size - 1, true)).toEqual([3])
    expect(read(4, 30, 0, true)).toEqual([3])
    expect(read(30, 30, 1000, true)).toEqual([])
  })

  test('is no help with what is older', () => {
    const tail = new LogTail(new TailCache(1_000_000))
    expect(tail.read({ offset: 0, upTo: 0, ...everything })).toBeNull()
    tail.append(batchAt(7), 7, 8)
    expect(tail.read({ offset: 6, upTo: 8, ...everything })).toBeNull()
  })
})

describe('the memory of all tails', () => {
  test('is bounded: the log used longest ago loses its oldest bytes first', () => {
    const cache = new TailCache(SIZE * 6)
    const [first, second] = [new LogTail(cache), new LogTail(cache)]
    fill(first, 0, 3)
    fill(second, 0, 3)
    first.read({ offset: 0, upTo: 3, ...everything })
    fill(first, 3, 1)
    expect([first.startOffset, second.startOffset]).toEqual([0, 1])
    fill(first, 4, 2)
    expect([first.startOffset, second.startOffset]).toEqual([0, Number.POSITIVE_INFINITY])
    fill(first, 6, 1)
    expect(first.startOffset).toBe(1)
    expect(cache.sizeInBytes).toBe(SIZE * 6)
  })

  test('of no bytes caches nothing', () => {
    const cache = new TailCache(0)
    const tail = new LogTail(cache)
    expect(tail.append(batchAt(0), 0, 1).length).toBe(SIZE)
    expect([cache.sizeInBytes, tail.startOffset]).toEqual([0, Number.POSITIVE_INFINITY])
  })

  test('never exceeds the bound, and every tail is a gapless run of what was appended last', () => {
    const use = fc.record({
      log: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom('append', 'append', 'append', 'read', 'clear'),
      records: fc.integer({ min: 1, max: 3 }),
      valueBytes: fc.integer({ min: 0, max: 900 }),
      backingBytes: fc.constantFrom(0, 0, 4000),
    })
    fc.assert(
      fc.property(fc.array(use, { maxLength: 200 }), fc.integer({ min: 0, max: 6000 }), (uses, maxBytes) => {
        const cache = new TailCache(maxBytes)
        const logs = Array.from({ length: 4 }, () => ({ tail: new LogTail(cache), batches: [] as Buffer[], end: 0 }))
        for (const { log: index, kind, records, valueBytes, backingBytes } of uses) {
          const log = logs[index]!
          if (kind === 'append') {
            const batch = batchAt(log.end, records, valueBytes, backingBytes)
            log.end += records
            log.batches.push(Buffer.from(log.tail.append(batch, log.end - records, log.end)))
          } else if (kind === 'clear') log.tail.clear()
          expect(cache.sizeInBytes).toBeLessThanOrEqual(maxBytes)
          const start = log.tail.startOffset
          if (start === Number.POSITIVE_INFINITY) continue
          const read = log.tail.read({ offset: start, upTo: log.end, ...everything })!
          const all = Buffer.concat(read.records)
          expect(Buffer.concat(log.batches).subarray(-all.length).equals(all)).toBe(true)
          expect([read.firstOffset, read.nextOffset]).toEqual([start, log.end])
        }
      }),
      { numRuns: 100 },
    )
  })
})

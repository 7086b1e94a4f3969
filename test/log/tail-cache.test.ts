import fc from 'fast-check'
import { patchBaseOffset } from '../../protocol/records/batch-header'
import { encodeBatch, iterateBatches } from '../../protocol/records/record-batch'
import { LogTail, TailCache } from '../../src/log/tail-cache'

/** A batch of `records` records at `baseOffset`. */
const batchAt = (baseOffset: number, records = 1, valueBytes = 10): Buffer => {
  const bytes = encodeBatch({
    records: Array.from({ length: records }, () => ({ value: Buffer.alloc(valueBytes, baseOffset) })),
  })
  patchBaseOffset(bytes, 0, baseOffset)
  return bytes
}

/** Bytes of a value with which a batch fills a block that is used again. */
const BLOCK_VALUE_BYTES = 65_536 - batchAt(0, 1, 65_000).length + 65_000
const BLOCK = batchAt(0, 1, BLOCK_VALUE_BYTES).length
const everything = { maxBytes: 10_000_000, minOneBatch: true }

/** Appends batches of one record, each as large as a block. */
const fill = (tail: LogTail, from: number, count: number): void => {
  for (let offset = from; offset < from + count; offset++) {
    tail.append(batchAt(offset, 1, BLOCK_VALUE_BYTES), offset, offset + 1)
  }
}

const offsetsIn = (buffers: readonly Buffer[]): number[] =>
  buffers.flatMap(buffer => [...iterateBatches(buffer)].map(({ header }) => header.baseOffset))

test('the batches of this test are as large as the blocks that are used again', () => {
  expect(BLOCK).toBe(65_536)
})

describe('the tail of a log', () => {
  test("leaves the producer's memory alone", () => {
    const tail = new LogTail(new TailCache(100_000))
    const batch = batchAt(0, 3)
    const kept = tail.append(batch, 0, 3)
    const read = tail.read({ offset: 0, upTo: 3, ...everything })!
    const expected = Buffer.from(batch)
    batch.fill(0)
    expect([kept, ...read.records]).toEqual([expected, expected])
    expect(read.records[0]!.buffer).toBe(kept.buffer)
    expect(read).toMatchObject({ sizeInBytes: batch.length, firstOffset: 0, nextOffset: 3 })
  })

  test('counts reads that it could answer, and those that it could not', () => {
    const cache = new TailCache(BLOCK)
    const tail = new LogTail(cache)
    fill(tail, 0, 2)
    expect([tail.startOffset, cache.hits, cache.misses]).toEqual([1, 0, 0])
    tail.read({ offset: 1, upTo: 2, ...everything })
    tail.read({ offset: 0, upTo: 2, ...everything })
    tail.read({ offset: 2, upTo: 2, ...everything })
    expect([cache.hits, cache.misses]).toEqual([2, 1])
  })

  test('has blocks that grow with use, and is charged for those', () => {
    const cache = new TailCache(1_000_000)
    const tail = new LogTail(cache)
    const size = batchAt(0).length
    tail.append(batchAt(0), 0, 1)
    expect(cache.sizeInBytes).toBe(1024)
    for (let offset = 1; offset * size < 3000; offset++) tail.append(batchAt(offset), offset, offset + 1)
    expect(cache.sizeInBytes).toBe(1024 + 2048)
    expect(tail.read({ offset: 0, upTo: 1000, ...everything })!.records).toHaveLength(2)
    tail.append(batchAt(500, 1, 100_000), 500, 501)
    expect(cache.sizeInBytes).toBe(1024 + 2048 + batchAt(500, 1, 100_000).length)
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
    const cache = new TailCache(BLOCK * 6)
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
    expect(cache.sizeInBytes).toBe(BLOCK * 6)
  })

  test('of no bytes caches nothing', () => {
    const cache = new TailCache(0)
    const tail = new LogTail(cache)
    expect(tail.append(batchAt(0), 0, 1)).toEqual(batchAt(0))
    expect([cache.sizeInBytes, tail.startOffset]).toEqual([0, Number.POSITIVE_INFINITY])
  })

  test('never exceeds the bound, and every tail is a gapless run of what was appended last', () => {
    const use = fc.record({
      log: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom('append', 'append', 'append', 'read', 'clear'),
      records: fc.integer({ min: 1, max: 3 }),
      valueBytes: fc.integer({ min: 0, max: 900 }),
    })
    fc.assert(
      fc.property(fc.array(use, { maxLength: 200 }), fc.integer({ min: 0, max: 6000 }), (uses, maxBytes) => {
        const cache = new TailCache(maxBytes)
        const logs = Array.from({ length: 4 }, () => ({ tail: new LogTail(cache), batches: [] as Buffer[], end: 0 }))
        for (const { log: index, kind, records, valueBytes } of uses) {
          const log = logs[index]!
          if (kind === 'append') {
            const batch = batchAt(log.end, records, valueBytes)
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

describe('a block', () => {
  /** Room for one block: each further one takes the place of the one before. */
  const setUp = () => {
    const cache = new TailCache(BLOCK)
    const tail = new LogTail(cache)
    fill(tail, 0, 1)
    const [first] = tail.read({ offset: 0, upTo: 1, ...everything })!.records
    return { cache, tail, first: first! }
  }

  /** Whether the memory of `first` is used again for one of the blocks that are appended from now on. */
  const isUsedAgain = (tail: LogTail, first: Buffer, from = 1): boolean => {
    for (let offset = from; offset < from + 10; offset++) {
      const kept = tail.append(batchAt(offset, 1, BLOCK_VALUE_BYTES), offset, offset + 1)
      tail.writtenTo = offset + 1
      if (kept.buffer === first.buffer) return true
    }
    return false
  }

  test('is used again when all that was read of it has been given back', () => {
    const { cache, tail, first } = setUp()
    tail.writtenTo = 1
    cache.giveBack(first)
    expect(isUsedAgain(tail, first)).toBe(true)
  })

  test('is used again when that is given back after it has left the cache', () => {
    const { cache, tail, first } = setUp()
    tail.writtenTo = 1
    fill(tail, 1, 1)
    cache.giveBack(first.subarray(10))
    expect(isUsedAgain(tail, first, 2)).toBe(true)
  })

  test('is not used again while one of two readers looks at it', () => {
    const { cache, tail, first } = setUp()
    tail.writtenTo = 1
    tail.read({ offset: 0, upTo: 1, ...everything })
    cache.giveBack(first)
    expect(isUsedAgain(tail, first)).toBe(false)
    expect(offsetsIn([first])).toEqual([0])
    cache.giveBack(first)
    expect(isUsedAgain(tail, first, 11)).toBe(true)
  })

  test('is not used again when it has left the cache before it was written', () => {
    const { cache, tail, first } = setUp()
    cache.giveBack(first)
    expect(isUsedAgain(tail, first)).toBe(false)
  })

  test('is not used again when its log was truncated', () => {
    const { cache, tail, first } = setUp()
    tail.writtenTo = 1
    cache.giveBack(first)
    tail.clear()
    expect(tail.writtenTo).toBe(-1)
    expect(isUsedAgain(tail, first, 0)).toBe(false)
  })

  test('never changes while a reader has something of it, whatever is appended, written, read, given back and forgotten', () => {
    const use = fc.record({
      log: fc.integer({ min: 0, max: 2 }),
      kind: fc.constantFrom('append', 'append', 'append', 'write', 'read', 'give back', 'forget', 'clear'),
      valueBytes: fc.constantFrom(10, 20_000, 70_000, BLOCK_VALUE_BYTES, BLOCK_VALUE_BYTES, BLOCK_VALUE_BYTES),
      chance: fc.nat(1_000),
    })
    fc.assert(
      fc.property(fc.array(use, { minLength: 50, maxLength: 100 }), fc.integer({ min: 1, max: 3 }), (uses, blocks) => {
        const cache = new TailCache(blocks * BLOCK)
        const logs = Array.from({ length: 3 }, () => ({ tail: new LogTail(cache), end: 0 }))
        const lent: { bytes: Buffer; copy: Buffer }[] = []
        const unwritten = new Map<LogTail, { bytes: Buffer; copy: Buffer }[]>()
        for (const { log: index, kind, valueBytes, chance } of uses) {
          const log = logs[index]!
          const { tail } = log
          const queue = unwritten.get(tail) ?? []
          unwritten.set(tail, queue)
          if (kind === 'append') {
            const bytes = tail.append(batchAt(log.end, 1, valueBytes), log.end, ++log.end)
            queue.push({ bytes, copy: Buffer.from(bytes) })
          } else if (kind === 'write') {
            queue.length = 0
            tail.writtenTo = log.end
          } else if (kind === 'read' && tail.startOffset < log.end) {
            const offset = tail.startOffset + (chance % (log.end - tail.startOffset))
            const { records } = tail.read({ offset, upTo: log.end, ...everything })!
            for (const bytes of records) lent.push({ bytes, copy: Buffer.from(bytes) })
          } else if (kind === 'give back' && lent.length > 0) {
            cache.giveBack(lent.splice(chance % lent.length, 1)[0]!.bytes)
          } else if (kind === 'forget') tail.forgetBelow(log.end - (chance % 3))
          else if (kind === 'clear') {
            queue.length = 0
            tail.clear()
          }
          for (const { bytes, copy } of [...lent, ...[...unwritten.values()].flat()])
            expect(bytes.equals(copy)).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })
})

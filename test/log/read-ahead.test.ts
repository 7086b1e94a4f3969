import type { FoundBatches } from '../../src/log/log-read'
import { type CuttableLog, ReadAhead } from '../../src/log/read-ahead'

const BATCH_BYTES = 100

/** A log of batches of one record, of which every read returns the next one; `reads` tells where the disk was read. */
const setUp = () => {
  const log = { truncations: 0 } as CuttableLog
  const reads: number[] = []
  const ahead = new ReadAhead()
  const read = async (offset: number, limits: { upTo?: number; maxBytes?: number; of?: CuttableLog } = {}) => {
    const { upTo = 1000, maxBytes = 10_000, of = log } = limits
    const options = { offset, upTo, maxBytes, minOneBatch: true }
    const found = await ahead.read(of, options, async wanted => {
      reads.push(wanted.offset)
      const records = [Buffer.from(`at ${wanted.offset}`)]
      return {
        records,
        sizeInBytes: BATCH_BYTES,
        firstOffset: wanted.offset,
        nextOffset: wanted.offset + 1,
      } as FoundBatches
    })
    return String(found.records[0])
  }
  return { log, reads, read }
}

test('a reader that goes on where it left off finds its next records read already', async () => {
  const { reads, read } = setUp()
  expect(await read(5)).toBe('at 5')
  expect(reads).toEqual([5])
  expect(await read(6)).toBe('at 6')
  expect(reads).toEqual([5, 6, 7])
  expect(await read(7)).toBe('at 7')
  expect(reads).toEqual([5, 6, 7, 8])
})

test('a reader that jumps costs no read but its own', async () => {
  const { reads, read } = setUp()
  for (const offset of [5, 50, 20, 90]) expect(await read(offset)).toBe(`at ${offset}`)
  expect(reads).toEqual([5, 50, 20, 90])
})

test('two readers of one log do not take the place of each other', async () => {
  const { reads, read } = setUp()
  for (const step of [0, 1, 2, 3])
    for (const start of [100, 500]) expect(await read(start + step)).toBe(`at ${start + step}`)
  expect(new Set(reads).size).toBe(reads.length)
})

test('what was read ahead of a truncation is not handed out', async () => {
  const { log, reads, read } = setUp()
  await read(5)
  await read(6)
  Object.assign(log, { truncations: 1 })
  await read(7)
  expect(reads.filter(offset => offset === 7)).toHaveLength(2)
})

test('what was read ahead is kept from a reader that may not see that far', async () => {
  const { reads, read } = setUp()
  await read(5)
  await read(6)
  await read(7, { upTo: 7 })
  expect(reads.filter(offset => offset === 7)).toHaveLength(2)
})

test('what was read ahead is kept from a reader that wants less', async () => {
  const { reads, read } = setUp()
  await read(5)
  await read(6)
  await read(7, { maxBytes: BATCH_BYTES - 1 })
  expect(reads.filter(offset => offset === 7)).toHaveLength(2)
})

test('the end of what may be seen is not read beyond', async () => {
  const { reads, read } = setUp()
  await read(5, { upTo: 7 })
  await read(6, { upTo: 7 })
  expect(reads).toEqual([5, 6])
})

test('many readers share a bounded number of places', async () => {
  const { reads, read } = setUp()
  const logs = Array.from({ length: 40 }, () => ({ truncations: 0 }) as CuttableLog)
  for (const offset of [1, 2]) for (const of of logs) await read(offset, { of })
  expect(reads).toHaveLength(80)
})

import fc from 'fast-check'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { IndexMemory } from '../../src/log/index-memory'
import { type AbortedTransactionEntry, TransactionIndex } from '../../src/log/transaction-index'

const PATH = 'txnindex'

const indexOn = (disk: MemoryDisk, isNew = false): TransactionIndex =>
  new TransactionIndex({ disk, path: PATH, memory: new IndexMemory(1e6), isNew, baseOffset: 0 })

const aborted = (firstOffset: number, lastOffset: number, lastStableOffset = firstOffset): AbortedTransactionEntry => ({
  producerId: 7,
  firstOffset,
  lastOffset,
  lastStableOffset,
})

const filled = (disk: MemoryDisk, transactions: readonly AbortedTransactionEntry[]): TransactionIndex => {
  const index = indexOn(disk, true)
  for (const transaction of transactions) index.append(transaction)
  return index
}

test('an entry is 34 bytes: version 0, producer id, first, last and last stable offset', () => {
  const disk = new MemoryDisk()
  filled(disk, [{ producerId: 1, firstOffset: 2, lastOffset: 0x1_0000_0003, lastStableOffset: 4 }]).save()
  expect(disk.readFile(PATH)).toEqual(
    Buffer.from('0000' + '0000000000000001' + '0000000000000002' + '0000000100000003' + '0000000000000004', 'hex'),
  )
  expect(indexOn(disk).all()).toEqual([
    { producerId: 1, firstOffset: 2, lastOffset: 0x1_0000_0003, lastStableOffset: 4 },
  ])
})

test('there is no file while there are no entries, and none is left when they are cut off', () => {
  const disk = new MemoryDisk()
  indexOn(disk, true).save()
  expect(disk.readFile(PATH)).toBeNull()
  const index = filled(disk, [aborted(1, 5)])
  index.save()
  index.truncateTo(0)
  index.save()
  expect(disk.readFile(PATH)).toBeNull()
})

test('half an entry at the end is passed over', () => {
  const disk = new MemoryDisk()
  filled(disk, [aborted(1, 5), aborted(7, 9)]).save()
  disk.open(PATH, 'write').truncate(60)
  expect(indexOn(disk).all()).toEqual([aborted(1, 5)])
})

test('markers must come in the order of their offsets', () => {
  const index = filled(new MemoryDisk(), [aborted(1, 5)])
  expect(() => index.append(aborted(2, 5))).toThrow('not above the last one')
})

test('a search is complete when a transaction was followed by a last stable offset behind the range', () => {
  const index = filled(new MemoryDisk(), [aborted(0, 10, 3), aborted(3, 12, 13), aborted(14, 20, 21)])
  expect(index.collect(0, 8)).toEqual({ transactions: [aborted(0, 10, 3), aborted(3, 12, 13)], isComplete: true })
  expect(index.collect(11, 15)).toEqual({
    transactions: [aborted(3, 12, 13), aborted(14, 20, 21)],
    isComplete: true,
  })
  expect(index.collect(15, 30)).toEqual({ transactions: [aborted(14, 20, 21)], isComplete: false })
  expect(index.collect(21, 30)).toEqual({ transactions: [], isComplete: false })
})

test('an entry of a later version is reported', () => {
  const disk = new MemoryDisk()
  filled(disk, [aborted(1, 5)]).save()
  disk.open(PATH, 'write').writeSync([Buffer.from([0, 1])], 0)
  expect(() => indexOn(disk).all()).toThrow('entry 0 has version 1')
})

test('markers before the segment or out of order are found by the sanity check', () => {
  const disk = new MemoryDisk()
  filled(disk, [aborted(1, 5), aborted(6, 9)]).save()
  expect(indexOn(disk).sanityCheck()).toBeNull()
  const later = new TransactionIndex({ disk, path: PATH, memory: new IndexMemory(0), isNew: false, baseOffset: 6 })
  expect(later.sanityCheck()).toBe('a marker at 5 comes after 5')
})

test('any search and truncation finds what a plain list would give', () => {
  const lengths = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 5 }), length: fc.integer({ min: 1, max: 30 }) }))
  fc.assert(
    fc.property(lengths, fc.nat(100), fc.nat(40), fc.nat(150), (sequence, from, width, cut) => {
      let marker = 0
      const model = sequence.map(({ gap, length }) => {
        marker += gap
        return aborted(Math.max(0, marker - length), marker, marker + 1)
      })
      const index = filled(new MemoryDisk(), model)
      const found = index.collect(from, from + width).transactions
      const overlapping = model.filter(entry => entry.lastOffset >= from && entry.firstOffset < from + width)
      const behind = model.findIndex(entry => entry.lastOffset >= from && entry.lastStableOffset >= from + width)
      const seen = behind < 0 ? model : model.slice(0, behind + 1)
      expect(found).toEqual(overlapping.filter(entry => seen.includes(entry)))
      index.truncateTo(cut)
      expect(index.all()).toEqual(model.filter(entry => entry.lastOffset < cut))
    }),
  )
})

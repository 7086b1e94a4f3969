import fc from 'fast-check'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { IndexMemory } from '../../src/log/index-memory'
import { TimeIndex, type TimestampEntry } from '../../src/log/time-index'

const PATH = 'timeindex'
const BASE = 500

const indexOn = (disk: MemoryDisk, isNew = false, maxBytes = 1200): TimeIndex =>
  new TimeIndex({ disk, path: PATH, memory: new IndexMemory(1e6), isNew, baseOffset: BASE, maxBytes })

const fileWith = (bytes: Buffer): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.open(PATH, 'create').writeSync([bytes], 0)
  return disk
}

const entriesOf = (index: TimeIndex): TimestampEntry[] =>
  Array.from({ length: index.entryCount }, (_, n) => index.entry(n))

test('an empty index knows no timestamp', () => {
  const index = indexOn(new MemoryDisk(), true)
  expect(index.lastEntry).toEqual({ timestamp: -1, offset: BASE })
  expect(index.lookup(123)).toEqual({ timestamp: -1, offset: BASE })
})

test('only a timestamp above the last one is added', () => {
  const index = indexOn(new MemoryDisk(), true)
  index.maybeAppend(1_700_000_000_000, 510)
  index.maybeAppend(1_700_000_000_000, 520)
  index.maybeAppend(1_699_999_999_999, 530)
  index.maybeAppend(1_700_000_000_001, 540)
  expect(entriesOf(index)).toEqual([
    { timestamp: 1_700_000_000_000, offset: 510 },
    { timestamp: 1_700_000_000_001, offset: 540 },
  ])
})

test('batches without timestamps leave it empty', () => {
  const index = indexOn(new MemoryDisk(), true)
  index.maybeAppend(-1, 510)
  expect(index.entryCount).toBe(0)
})

test('an offset below the last one is refused', () => {
  const index = indexOn(new MemoryDisk(), true)
  index.maybeAppend(10, 510)
  expect(() => index.maybeAppend(11, 509)).toThrow('below the last one')
})

test('the last entry is kept free for the sealing of the segment', () => {
  const index = indexOn(new MemoryDisk(), true, 36)
  index.maybeAppend(10, 510)
  expect(index.isFull).toBe(false)
  index.maybeAppend(11, 511)
  expect(index.isFull).toBe(true)
})

test('entries are 12 bytes: timestamp and relative offset, big-endian', () => {
  const disk = new MemoryDisk()
  const index = indexOn(disk, true)
  index.maybeAppend(0x18bcfe56800, 510)
  index.save()
  expect(disk.readFile(PATH)).toEqual(Buffer.from('0000018bcfe56800' + '0000000a', 'hex'))
})

test('one entry of zeros is timestamp 0 at the base offset, in a file that is no longer than that', () => {
  expect(indexOn(fileWith(Buffer.alloc(12))).lastEntry).toEqual({ timestamp: 0, offset: BASE })
})

test('a longer file of nothing but zeros is preallocated and has no entries', () => {
  expect(indexOn(fileWith(Buffer.alloc(1200))).entryCount).toBe(0)
})

test('the zeros behind the entries of a running Kafka are left out', () => {
  const entry = Buffer.from('0000018bcfe56800' + '00000100', 'hex')
  expect(entriesOf(indexOn(fileWith(Buffer.concat([entry, Buffer.alloc(1188)]))))).toEqual([
    { timestamp: 0x18bcfe56800, offset: BASE + 256 },
  ])
})

test('entries that do not go up are found by the sanity check', () => {
  const index = indexOn(fileWith(Buffer.from('000000000000000a00000005' + '000000000000000900000006', 'hex')))
  expect(index.sanityCheck()).toBe('entry 1 is not above the one before')
})

test('after any appends and a truncation it holds what a plain list would hold', () => {
  const steps = fc.array(fc.record({ time: fc.integer({ min: -5, max: 20 }), offset: fc.integer({ min: 1, max: 9 }) }))
  fc.assert(
    fc.property(steps, fc.nat(300), fc.integer({ min: -2, max: 700 }), (sequence, cut, probe) => {
      const disk = new MemoryDisk()
      const index = indexOn(disk, true, 1e6)
      let model: TimestampEntry[] = []
      let [timestamp, offset] = [0, BASE]
      for (const step of sequence) {
        timestamp += step.time
        offset += step.offset
        if (timestamp > (model.at(-1)?.timestamp ?? -1)) model.push({ timestamp, offset })
        index.maybeAppend(timestamp, offset)
      }
      index.truncateTo(BASE + cut)
      model = model.filter(entry => entry.offset < BASE + cut)
      index.save()
      for (const seen of [index, indexOn(disk)]) {
        expect(entriesOf(seen)).toEqual(model)
        expect(seen.lastEntry).toEqual(model.at(-1) ?? { timestamp: -1, offset: BASE })
        expect(seen.lookup(probe)).toEqual(
          model.findLast(entry => entry.timestamp <= probe) ?? { timestamp: -1, offset: BASE },
        )
        expect(seen.sanityCheck()).toBeNull()
      }
    }),
  )
})

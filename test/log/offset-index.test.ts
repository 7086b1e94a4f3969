import fc from 'fast-check'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { IndexMemory } from '../../src/log/index-memory'
import { OffsetIndex, type OffsetPosition } from '../../src/log/offset-index'

const PATH = 'index'
const BASE = 1000

interface Options {
  readonly isNew?: boolean
  readonly maxBytes?: number
  readonly memory?: IndexMemory
}

const indexOn = (disk: MemoryDisk, { isNew = false, maxBytes = 1024, memory }: Options = {}): OffsetIndex =>
  new OffsetIndex({ disk, path: PATH, memory: memory ?? new IndexMemory(1e6), isNew, baseOffset: BASE, maxBytes })

const filled = (disk: MemoryDisk, entries: readonly (readonly [number, number])[], options: Options = {}) => {
  const index = indexOn(disk, { isNew: true, ...options })
  for (const [offset, position] of entries) index.append(offset, position)
  return index
}

const fileWith = (bytes: Buffer): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.open(PATH, 'create').writeSync([bytes], 0)
  return disk
}

const entriesOf = (index: OffsetIndex): OffsetPosition[] =>
  Array.from({ length: index.entryCount }, (_, n) => index.entry(n))

test('an empty index points to the beginning of the segment', () => {
  const index = indexOn(new MemoryDisk(), { isNew: true })
  expect(index.entryCount).toBe(0)
  expect(index.lastOffset).toBe(BASE)
  expect(index.lookup(BASE + 5)).toEqual({ offset: BASE, position: 0 })
})

test('a lookup finds the last entry at or below the offset', () => {
  const index = filled(new MemoryDisk(), [
    [1010, 100],
    [1020, 200],
    [1030, 300],
  ])
  expect([1000, 1009, 1010, 1019, 1020, 1035, 9999].map(offset => index.lookup(offset).position)).toEqual([
    0, 0, 100, 100, 200, 300, 300,
  ])
})

test('a lookup by position finds the last entry before it', () => {
  const index = filled(new MemoryDisk(), [
    [1010, 100],
    [1020, 200],
  ])
  expect([0, 100, 101, 200, 201].map(position => index.lookupBefore(position).offset)).toEqual([
    1000, 1000, 1010, 1010, 1020,
  ])
})

test('offsets must go up and stay within 2^31 of the base offset', () => {
  const index = filled(new MemoryDisk(), [[1010, 100]])
  expect(() => index.append(1010, 200)).toThrow('not above the last one')
  expect(() => index.append(BASE + 2 ** 31, 200)).toThrow('out of reach')
  index.append(BASE + 2 ** 31 - 1, 200)
  expect(index.lastOffset).toBe(BASE + 2 ** 31 - 1)
})

test('the index is full when segment.index.bytes has no room for another entry', () => {
  const index = filled(new MemoryDisk(), [[1010, 100]], { maxBytes: 20 })
  expect(index.isFull).toBe(false)
  index.append(1020, 200)
  expect(index.isFull).toBe(true)
})

test('entries are 8 bytes: relative offset and position, big-endian, nothing else in the file', () => {
  const disk = new MemoryDisk()
  filled(disk, [
    [1010, 0x1234],
    [1020, 0x56789],
  ]).save()
  expect(disk.readFile(PATH)).toEqual(Buffer.from('0000000a00001234' + '0000001400056789', 'hex'))
})

test('saving an index without entries makes an empty file', () => {
  const disk = new MemoryDisk()
  indexOn(disk, { isNew: true }).save()
  expect(disk.readFile(PATH)).toEqual(Buffer.alloc(0))
})

test('an index that nobody looked at is not touched by saving', () => {
  const disk = fileWith(Buffer.from('0000000a000000', 'hex'))
  indexOn(disk).save()
  expect(disk.readFile(PATH)).toHaveLength(7)
})

test('zeros at the end, which a running Kafka preallocates, are no entries and go when the index is saved', () => {
  const disk = fileWith(Buffer.concat([Buffer.from('0000000a00000100', 'hex'), Buffer.alloc(80)]))
  const index = indexOn(disk)
  expect(entriesOf(index)).toEqual([{ offset: 1010, position: 256 }])
  index.save()
  expect(disk.readFile(PATH)).toHaveLength(8)
})

test('a file of nothing but zeros has no entries', () => {
  expect(indexOn(fileWith(Buffer.alloc(1024))).entryCount).toBe(0)
})

test('a reset index forgets what the file has and replaces it', () => {
  const disk = new MemoryDisk()
  filled(disk, [
    [1010, 100],
    [1020, 200],
  ]).save()
  const index = indexOn(disk)
  index.reset()
  index.append(1015, 150)
  index.save()
  expect(entriesOf(indexOn(disk))).toEqual([{ offset: 1015, position: 150 }])
})

test('what is saved is released when memory is short, and read again', () => {
  const memory = new IndexMemory(1)
  const disk = new MemoryDisk()
  const index = filled(disk, [[1010, 100]], { memory })
  const other = filled(new MemoryDisk(), [[1020, 200]])
  index.save()
  memory.touch(other, 1)
  expect(memory.sizeInBytes).toBe(1)
  expect(index.lookup(1010)).toEqual({ offset: 1010, position: 100 })
  expect(memory.sizeInBytes).toBeGreaterThan(1)
})

test('entries that are not saved are never released', () => {
  const memory = new IndexMemory(1)
  const index = filled(new MemoryDisk(), [[1010, 100]], { memory })
  expect(memory.sizeInBytes).toBe(0)
  index.lookup(1010)
  expect(memory.sizeInBytes).toBe(0)
})

test('a file that shrank after it was read is reported', () => {
  const memory = new IndexMemory(1)
  const disk = new MemoryDisk()
  const index = filled(disk, [[1010, 100]], { memory })
  index.save()
  memory.touch({ release() {} }, 1)
  disk.open(PATH, 'write').truncate(4)
  expect(() => index.entry(0)).toThrow('has 4 bytes where 1 entries were saved')
})

test('entries that do not go up are found by the sanity check', () => {
  expect(filled(new MemoryDisk(), [[1010, 100]]).sanityCheck()).toBeNull()
  expect(indexOn(fileWith(Buffer.from('0000000a00000100' + '0000000900000200', 'hex'))).sanityCheck()).toBe(
    'entry 1 is not above the one before',
  )
})

/** The same operations on an index and on a plain array of entries. */
test('any sequence of appends, truncations, saves and reopenings leaves what a plain list would hold', () => {
  const commands = fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('append' as const), step: fc.integer({ min: 1, max: 40 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('truncate' as const),
          share: fc.double({ min: 0, max: 1.2, noNaN: true }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'save' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'evict' as const }) },
    ),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(commands, fc.integer({ min: -5, max: 2000 }), (sequence, probe) => {
      const disk = new MemoryDisk()
      const memory = new IndexMemory(1)
      let index = indexOn(disk, { isNew: true, memory, maxBytes: 1e6 })
      let model: OffsetPosition[] = []
      for (const command of sequence) {
        if (command.kind === 'append') {
          const last = model.at(-1) ?? { offset: BASE, position: 0 }
          model.push({ offset: last.offset + command.step, position: last.position + command.step * 7 })
          index.append(model.at(-1)!.offset, model.at(-1)!.position)
        } else if (command.kind === 'truncate') {
          const offset = BASE + Math.floor(command.share * (index.lastOffset - BASE))
          model = model.filter(entry => entry.offset < offset)
          index.truncateTo(offset)
        } else if (command.kind === 'save') {
          index.save()
        } else if (command.kind === 'reopen') {
          index.save()
          index = indexOn(disk, { memory, maxBytes: 1e6 })
        } else {
          memory.touch({ release() {} }, 1)
        }
      }
      expect(entriesOf(index)).toEqual(model)
      expect(index.lastOffset).toBe(model.at(-1)?.offset ?? BASE)
      expect(index.lookup(BASE + probe)).toEqual(
        model.findLast(entry => entry.offset <= BASE + probe) ?? { offset: BASE, position: 0 },
      )
    }),
  )
})

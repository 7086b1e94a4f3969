import fc from 'fast-check'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { LeaderEpochCache } from '../../src/log/leader-epoch-cache'

const FOLDER = '/data/topic-0'
const FILE = `${FOLDER}/leader-epoch-checkpoint`

const cacheOf = (entries: readonly (readonly [epoch: number, startOffset: number])[], disk = diskWithFolder()) => {
  const cache = new LeaderEpochCache(disk, FOLDER)
  for (const [epoch, startOffset] of entries) cache.assign(epoch, startOffset)
  return cache
}

const diskWithFolder = (): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.makeDirectory(FOLDER)
  return disk
}

const pairs = (cache: LeaderEpochCache) => cache.entries.map(({ epoch, startOffset }) => [epoch, startOffset])

describe('assigning', () => {
  test('keeps where each epoch began', () => {
    const cache = cacheOf([
      [0, 0],
      [2, 10],
      [2, 15],
      [5, 20],
    ])
    expect(pairs(cache)).toEqual([
      [0, 0],
      [2, 10],
      [5, 20],
    ])
    expect(cache.latestEpoch).toBe(5)
  })

  test('says whether anything changed', () => {
    const cache = cacheOf([[3, 10]])
    expect([cache.assign(3, 12), cache.assign(3, 10), cache.assign(3, 9), cache.assign(4, 20)]).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  test('an epoch without records gives way to the one that begins at the same offset', () => {
    expect(
      pairs(
        cacheOf([
          [1, 0],
          [2, 10],
          [3, 10],
        ]),
      ),
    ).toEqual([
      [1, 0],
      [3, 10],
    ])
  })

  test('entries that contradict the new one are dropped', () => {
    const entries = [
      [1, 0],
      [3, 10],
      [5, 20],
    ] as const
    expect(pairs(cacheOf([...entries, [6, 5]]))).toEqual([
      [1, 0],
      [6, 5],
    ])
    expect(pairs(cacheOf([...entries, [3, 30]]))).toEqual([
      [1, 0],
      [3, 30],
    ])
  })
})

describe('the end of an epoch', () => {
  const cache = cacheOf([
    [2, 10],
    [4, 20],
    [7, 30],
  ])

  test.each([
    ['the latest one ends where the log ends', 7, 7, 99],
    ['an earlier one ends where the next begins', 2, 2, 20],
    ['of an unknown one, that of the largest one below', 5, 4, 30],
    ['of one before all known ones, where the first of those begins', 1, 1, 10],
    ['of one above all known ones is undefined', 8, -1, -1],
    ['of no epoch is undefined', -1, -1, -1],
  ])('%s', (_, epoch, leaderEpoch, endOffset) => {
    expect(cache.endOffsetFor(epoch, 99)).toEqual({ leaderEpoch, endOffset })
  })

  test('is undefined in a log without epochs', () => {
    expect(cacheOf([]).endOffsetFor(0, 99)).toEqual({ leaderEpoch: -1, endOffset: -1 })
  })
})

test('the epoch of an offset is the last one that begins at or before it', () => {
  const cache = cacheOf([
    [2, 10],
    [4, 20],
  ])
  expect([9, 10, 19, 20, 500].map(offset => cache.epochForOffset(offset))).toEqual([-1, 2, 2, 4, 4])
})

test('the epoch before another one is found', () => {
  const cache = cacheOf([
    [2, 10],
    [4, 20],
  ])
  expect([2, 3, 4, 9].map(epoch => cache.previousEpoch(epoch))).toEqual([-1, 2, 2, 4])
})

test('truncation from the end drops epochs that begin there or later', () => {
  const cache = cacheOf([
    [2, 10],
    [4, 20],
    [6, 30],
  ])
  cache.truncateFromEnd(21)
  expect(pairs(cache)).toEqual([
    [2, 10],
    [4, 20],
  ])
  cache.truncateFromEnd(20)
  expect(pairs(cache)).toEqual([[2, 10]])
})

test('truncation from the start lets the epoch of the first offset begin there', () => {
  const cache = cacheOf([
    [2, 10],
    [4, 20],
    [6, 30],
  ])
  cache.truncateFromStart(25)
  expect(pairs(cache)).toEqual([
    [4, 25],
    [6, 30],
  ])
  cache.truncateFromStart(30)
  expect(pairs(cache)).toEqual([[6, 30]])
  cache.truncateFromStart(5)
  expect(pairs(cache)).toEqual([[6, 30]])
})

describe('the file', () => {
  test('is as Kafka writes it', () => {
    const disk = diskWithFolder()
    cacheOf(
      [
        [0, 0],
        [2, 119],
      ],
      disk,
    ).save(120)
    expect(disk.readFile(FILE)?.toString()).toBe('0\n2\n0 0\n2 119\n')
    expect(pairs(LeaderEpochCache.load(disk, FOLDER))).toEqual([
      [0, 0],
      [2, 119],
    ])
  })

  test('is written only when something changed', () => {
    const disk = diskWithFolder()
    const cache = cacheOf([[1, 5]], disk)
    cache.save(10)
    disk.remove(FILE)
    cache.assign(1, 9)
    cache.truncateFromEnd(100)
    cache.truncateFromStart(5)
    cache.save(100)
    expect(disk.readFile(FILE)).toBeNull()
    cache.clear()
    cache.save(100)
    expect(disk.readFile(FILE)?.toString()).toBe('0\n0\n')
  })

  test('is not written again when it says the same after a restart', () => {
    const disk = diskWithFolder()
    cacheOf([[1, 5]], disk).save(10)
    const cache = LeaderEpochCache.load(disk, FOLDER)
    disk.remove(FILE)
    cache.save(10)
    expect(disk.readFile(FILE)).toBeNull()
  })

  test('does not name an epoch under which nothing was written yet', () => {
    const disk = diskWithFolder()
    const cache = cacheOf([[1, 0]], disk)
    cache.save(0)
    expect(disk.readFile(FILE)).toBeNull()
    cache.assign(3, 7)
    cache.save(7)
    expect(pairs(LeaderEpochCache.load(disk, FOLDER))).toEqual([[1, 0]])
    cache.save(8)
    expect(pairs(LeaderEpochCache.load(disk, FOLDER))).toEqual([
      [1, 0],
      [3, 7],
    ])
  })

  test('may be absent', () => {
    const cache = LeaderEpochCache.load(diskWithFolder(), FOLDER)
    expect([cache.entries, cache.latestEpoch]).toEqual([[], -1])
  })

  test.each(['0\n1\n3\n', '0\n1\n3 4 5\n', '0\n1\nx 4\n'])('that is damaged is reported: %j', content => {
    const disk = diskWithFolder()
    disk.replaceFile(FILE, content)
    expect(() => LeaderEpochCache.load(disk, FOLDER)).toThrow(
      expect.objectContaining({ name: 'DamagedFile', path: FILE }),
    )
  })

  test('follows the folder', () => {
    const disk = diskWithFolder()
    const cache = cacheOf([[1, 5]], disk)
    disk.rename(FOLDER, '/data/other-0')
    cache.moveTo('/data/other-0')
    cache.save(10)
    expect(disk.list('/data/other-0')).toEqual(['leader-epoch-checkpoint'])
  })
})

test('epochs and start offsets ascend, whatever happens', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('assign', 'fromEnd', 'fromStart'), fc.nat(8), fc.nat(50)))
  fc.assert(
    fc.property(steps, sequence => {
      const disk = diskWithFolder()
      const cache = new LeaderEpochCache(disk, FOLDER)
      for (const [kind, epoch, offset] of sequence) {
        if (kind === 'assign') cache.assign(epoch, offset)
        else if (kind === 'fromEnd') cache.truncateFromEnd(offset)
        else cache.truncateFromStart(offset)
      }
      cache.save(1000)
      const { entries } = cache
      for (const [n, entry] of entries.slice(1).entries()) {
        expect(entry.epoch).toBeGreaterThan(entries[n]!.epoch)
        expect(entry.startOffset).toBeGreaterThan(entries[n]!.startOffset)
      }
      expect(LeaderEpochCache.load(disk, FOLDER).entries).toEqual(entries)
      for (const { epoch, startOffset } of entries) {
        expect(cache.epochForOffset(startOffset)).toBe(epoch)
        expect(cache.epochForOffset(cache.endOffsetFor(epoch, 1000).endOffset - 1)).toBe(epoch)
      }
    }),
  )
})

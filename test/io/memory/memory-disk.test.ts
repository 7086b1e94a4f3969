import type { DiskFile } from '../../../src/io/disk'
import { MemoryDisk, type MemoryDiskOptions } from '../../../src/io/memory/memory-disk'
import { SeededRandom } from '../../../src/io/memory/seeded-random'
import { VirtualClock } from '../../../src/io/memory/virtual-clock'

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed)

function write(file: DiskFile, text: string, position = file.size()): void {
  file.writeSync([Buffer.from(text)], position)
}

/** A disk with the directory /d, everything in it durable after `prepare`; then `act`, and the power fails. */
function afterPowerFailure(
  seed: number,
  act: (disk: MemoryDisk) => void,
  prepare = (_disk: MemoryDisk) => {},
): MemoryDisk {
  const disk = new MemoryDisk({ crashable: true })
  disk.makeDirectory('/d')
  disk.syncDirectory('/')
  prepare(disk)
  disk.syncDirectory('/d')
  act(disk)
  disk.crash({ keepPageCache: false, random: new SeededRandom(seed) })
  return disk
}

/** The different results over all seeds, sorted. */
function outcomes<Result>(of: (seed: number) => Result): Result[] {
  return [...new Set(SEEDS.map(of))].sort()
}

const text = (disk: MemoryDisk, path: string) => disk.readFile(path)?.toString() ?? null

function durableFile(disk: MemoryDisk, path: string, content: string): DiskFile {
  const file = disk.open(path, 'create')
  write(file, content)
  file.syncSync()
  return file
}

describe('a power failure', () => {
  test('spares what was synced', () => {
    const long = 'abc'.repeat(1000)
    const results = outcomes(seed =>
      text(
        afterPowerFailure(
          seed,
          disk => disk.open('/d/a', 'write').close(),
          disk => durableFile(disk, '/d/a', long).close(),
        ),
        '/d/a',
      ),
    )
    expect(results).toEqual([long])
  })

  test('loses all, some or none of the unsynced writes', () => {
    const appended = ['-one', '-two', '-three']
    const results = outcomes(seed =>
      text(
        afterPowerFailure(
          seed,
          disk => {
            const file = disk.open('/d/a', 'write')
            for (const part of appended) write(file, part)
          },
          disk => durableFile(disk, '/d/a', 'kept'),
        ),
        '/d/a',
      ),
    )
    expect(results).toEqual(expect.arrayContaining(['kept', 'kept-one', 'kept-one-two', 'kept-one-two-three']))
    // The size without the bytes, and a write torn in the middle.
    expect(results).toEqual(expect.arrayContaining(['kept\0\0\0\0', 'kept-on\0']))
    for (const result of results) expect('kept-one-two-three').toMatch(new RegExp(`^${result!.replaceAll('\0', '.')}`))
  })

  test('may keep a later sector and lose an earlier one', () => {
    const results = outcomes(seed => {
      const disk = afterPowerFailure(
        seed,
        d => write(d.open('/d/a', 'create'), 'x'.repeat(512) + 'y'.repeat(512)),
        d => durableFile(d, '/d/a', ''),
      )
      const content = text(disk, '/d/a')!
      return content.length === 1024 ? `${content[0]}${content[512]}` : 'short'
    })
    expect(results).toEqual(['\0\0', '\0y', 'short', 'x\0', 'xy'])
  })

  test('may undo a truncation, or keep it without what was written afterwards', () => {
    const results = outcomes(seed =>
      text(
        afterPowerFailure(
          seed,
          disk => {
            const file = disk.open('/d/a', 'write')
            file.truncate(2)
            write(file, 'new')
          },
          disk => durableFile(disk, '/d/a', 'old content'),
        ),
        '/d/a',
      ),
    )
    expect(results).toEqual(expect.arrayContaining(['old content', 'ol', 'olnew', 'ol\0\0\0']))
    for (const result of results) expect(result).toMatch(/^ol(d content|[\0new]*| ?[a-z\0 ]*)$/)
  })

  test('may lose a new file whose directory was not synced, synced as it may be itself', () => {
    const create = (disk: MemoryDisk) => durableFile(disk, '/d/a', 'x')
    expect(outcomes(seed => text(afterPowerFailure(seed, create), '/d/a'))).toEqual([null, 'x'].sort())
    expect(
      outcomes(seed =>
        text(
          afterPowerFailure(seed, () => {}, create),
          '/d/a',
        ),
      ),
    ).toEqual(['x'])
  })

  test('leaves a renamed file under one of its names', () => {
    const rename = (disk: MemoryDisk) => disk.rename('/d/a', '/d/b')
    const prepare = (disk: MemoryDisk) => durableFile(disk, '/d/a', 'x')
    expect(outcomes(seed => afterPowerFailure(seed, rename, prepare).list('/d').join())).toEqual(['a', 'b'])
  })

  test('may bring a removed file back with its content, until the directory is synced', () => {
    const prepare = (disk: MemoryDisk) => durableFile(disk, '/d/a', 'x')
    const remove = (disk: MemoryDisk) => disk.remove('/d/a')
    expect(outcomes(seed => text(afterPowerFailure(seed, remove, prepare), '/d/a'))).toEqual([null, 'x'].sort())
    const removeForGood = (disk: MemoryDisk) => {
      disk.remove('/d/a')
      disk.syncDirectory('/d')
    }
    expect(outcomes(seed => text(afterPowerFailure(seed, removeForGood, prepare), '/d/a'))).toEqual([null])
  })

  test('keeps the changes of one directory in order, those of two directories independently', () => {
    const results = outcomes(seed => {
      const disk = afterPowerFailure(
        seed,
        d => {
          for (const path of ['/d/1', '/e/1', '/d/2']) d.open(path, 'create')
        },
        d => {
          d.makeDirectory('/e')
          d.syncDirectory('/')
        },
      )
      return `${disk.list('/d').join('')}|${disk.list('/e').join('')}`
    })
    expect(results).toEqual(['12|', '12|1', '1|', '1|1', '|', '|1'])
  })

  test('leaves the old or the new content of a replaced file, and after replaceFile has returned the new one', () => {
    const prepare = (disk: MemoryDisk) => disk.replaceFile('/d/a', 'old')
    expect(
      outcomes(seed =>
        text(
          afterPowerFailure(seed, d => d.replaceFile('/d/a', 'new'), prepare),
          '/d/a',
        ),
      ),
    ).toEqual(['new'])
    const interrupted = (disk: MemoryDisk) => {
      disk.faults.failNext('syncDirectory', 'EIO')
      expect(() => disk.replaceFile('/d/a', 'new')).toThrow('EIO')
    }
    expect(outcomes(seed => text(afterPowerFailure(seed, interrupted, prepare), '/d/a'))).toEqual(['new', 'old'])
  })

  test('takes a directory with all in it, if its parent was not synced', () => {
    const act = (disk: MemoryDisk) => {
      disk.makeDirectory('/d/new')
      durableFile(disk, '/d/new/a', 'x')
      disk.syncDirectory('/d/new')
    }
    const results = outcomes(seed => text(afterPowerFailure(seed, act), '/d/new/a'))
    expect(results).toEqual([null, 'x'].sort())
  })

  test('can strike again, and the second one loses nothing that the first one left', () => {
    for (const seed of SEEDS) {
      const disk = afterPowerFailure(
        seed,
        d => write(durableFile(d, '/d/a', 'kept'), '-more'),
        d => d.open('/d/a', 'create'),
      )
      const first = text(disk, '/d/a')
      disk.crash({ keepPageCache: false, random: new SeededRandom(seed + 1) })
      expect(text(disk, '/d/a')).toBe(first)
    }
  })

  test('is repeated by the same seed', () => {
    const act = (disk: MemoryDisk) => write(disk.open('/d/a', 'create'), 'x'.repeat(5000))
    for (const seed of SEEDS.slice(0, 20)) {
      expect(text(afterPowerFailure(seed, act), '/d/a')).toBe(text(afterPowerFailure(seed, act), '/d/a'))
    }
  })

  test('needs a disk that keeps track', () => {
    const disk = new MemoryDisk()
    expect(() => disk.crash({ keepPageCache: false, random: new SeededRandom(1) })).toThrow('not crashable')
  })
})

describe('a crash of the process', () => {
  const random = new SeededRandom(1)

  test('loses nothing, but ends all handles and locks', async () => {
    const disk = new MemoryDisk()
    const file = disk.open('/a', 'create')
    const lock = disk.lock('/.lock')
    write(file, 'unsynced')
    disk.crash({ keepPageCache: true, random })
    expect(text(disk, '/a')).toBe('unsynced')
    expect(() => file.size()).toThrow('ENOENT')
    await expect(file.sync()).rejects.toMatchObject({ code: 'ENOENT' })
    const next = disk.lock('/.lock')
    lock.release()
    expect(() => disk.lock('/.lock')).toThrow('ELOCKED')
    next.release()
  })

  test('leaves what was unsynced to be lost by a later power failure', () => {
    const results = outcomes(seed =>
      text(
        afterPowerFailure(seed, disk => {
          durableFile(disk, '/d/a', 'kept')
          disk.syncDirectory('/d')
          write(disk.open('/d/a', 'write'), '-more')
          disk.crash({ keepPageCache: true, random })
        }),
        '/d/a',
      ),
    )
    expect(results).toContain('kept')
    expect(results).toContain('kept-more')
  })

  test('leaves calls in flight without an answer', async () => {
    const pending: (() => void)[] = []
    const disk = new MemoryDisk({ schedule: complete => pending.push(complete) })
    const file = disk.open('/a', 'create')
    let isAnswered = false
    const answered = () => {
      isAnswered = true
    }
    file.write([Buffer.from('x')], 0).then(answered, answered)
    disk.crash({ keepPageCache: true, random })
    for (const complete of pending) complete()
    await null
    expect(isAnswered).toBe(false)
    expect(text(disk, '/a')).toBe('')
  })
})

describe('ordered failures', () => {
  test.each([
    ['open', (disk: MemoryDisk) => disk.open('/d/a', 'read')],
    ['stat', (disk: MemoryDisk) => disk.stat('/d')],
    ['list', (disk: MemoryDisk) => disk.list('/d')],
    ['makeDirectory', (disk: MemoryDisk) => disk.makeDirectory('/e')],
    ['rename', (disk: MemoryDisk) => disk.rename('/d/a', '/d/b')],
    ['remove', (disk: MemoryDisk) => disk.remove('/d/a')],
    ['removeTree', (disk: MemoryDisk) => disk.removeTree('/d')],
    ['readFile', (disk: MemoryDisk) => disk.readFile('/d/a')],
    ['syncDirectory', (disk: MemoryDisk) => disk.syncDirectory('/d')],
    ['lock', (disk: MemoryDisk) => disk.lock('/d/.lock')],
    ['space', (disk: MemoryDisk) => disk.space('/d')],
    ['read', (disk: MemoryDisk) => disk.open('/d/a', 'read').readSync(Buffer.alloc(1), 0)],
    ['write', (disk: MemoryDisk) => disk.open('/d/a', 'write').writeSync([Buffer.from('x')], 0)],
    ['truncate', (disk: MemoryDisk) => disk.open('/d/a', 'write').truncate(0)],
    ['sync', (disk: MemoryDisk) => disk.open('/d/a', 'write').syncSync()],
    ['write', (disk: MemoryDisk) => disk.replaceFile('/d/a', 'x')],
  ] as const)('of %s happen once and change nothing', (operation, call) => {
    const disk = new MemoryDisk()
    disk.makeDirectory('/d')
    write(disk.open('/d/a', 'create'), 'old')
    disk.faults.failNext(operation, 'EIO')
    expect(() => call(disk)).toThrow(expect.objectContaining({ name: 'DiskError', code: 'EIO' }))
    expect(text(disk, '/d/a')).toBe('old')
    expect(() => call(disk)).not.toThrow()
  })

  test('reach the asynchronous calls too, and as often as asked', async () => {
    const disk = new MemoryDisk()
    const file = disk.open('/a', 'create')
    disk.faults.failNext('write', 'ENOSPC', 2)
    await expect(file.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'ENOSPC', path: '/a' })
    expect(() => write(file, 'x')).toThrow('ENOSPC')
    await file.write([Buffer.from('x')], 0)
    disk.faults.failNext('sync', 'EIO')
    await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' })
    await file.sync()
  })

  test('go by what they are told to look at, until they are taken back', () => {
    const disk = new MemoryDisk()
    disk.makeDirectory('/bad')
    disk.makeDirectory('/good')
    const restore = disk.faults.failWhen(call => call.path.startsWith('/bad/'), 'EIO')
    expect(() => disk.open('/bad/a', 'create')).toThrow('EIO')
    const file = disk.open('/good/a', 'create')
    write(file, 'x')
    file.rename('/bad/a')
    expect(() => write(file, 'x')).toThrow('EIO')
    restore()
    write(file, 'x')
    disk.faults.failWhen(() => true, 'EROFS')
    expect(() => disk.list('/')).toThrow('EROFS')
    disk.faults.clear()
    expect(disk.list('/')).toEqual(['bad', 'good'])
  })

  test('of sync lose the unsynced writes for good, though reads see them and later syncs succeed', () => {
    const results = outcomes(seed =>
      text(
        afterPowerFailure(
          seed,
          disk => {
            const file = disk.open('/d/a', 'write')
            write(file, '-lost')
            disk.faults.failNext('sync', 'EIO')
            expect(() => file.syncSync()).toThrow('EIO')
            expect(text(disk, '/d/a')).toBe('kept-lost')
            write(file, '-later')
            file.syncSync()
          },
          disk => durableFile(disk, '/d/a', 'kept'),
        ),
        '/d/a',
      ),
    )
    expect(results).toEqual(['kept\0\0\0\0\0-later'])
  })
})

describe('asynchronous calls', () => {
  function scheduled(options: MemoryDiskOptions = {}) {
    const pending: (() => void)[] = []
    const disk = new MemoryDisk({ ...options, schedule: complete => pending.push(complete) })
    disk.makeDirectory('/d')
    disk.syncDirectory('/')
    return { disk, pending }
  }

  test('complete when the schedule says so, in its order', async () => {
    const { disk, pending } = scheduled()
    const file = disk.open('/d/a', 'create')
    const answers: string[] = []
    const first = file.write([Buffer.from('first')], 0).then(() => answers.push('first'))
    const second = file.write([Buffer.from('2nd')], 0).then(() => answers.push('second'))
    expect(text(disk, '/d/a')).toBe('')
    pending[1]!()
    await second
    expect(text(disk, '/d/a')).toBe('2nd')
    pending[0]!()
    await first
    expect(text(disk, '/d/a')).toBe('first')
    expect(answers).toEqual(['second', 'first'])
  })

  test('a sync covers what was written before it began, and syncs may overlap', async () => {
    const { disk, pending } = scheduled({ crashable: true })
    const file = disk.open('/d/a', 'create')
    disk.syncDirectory('/d')
    write(file, 'one-')
    const first = file.sync()
    write(file, 'two-')
    const second = file.sync()
    write(file, 'three')
    pending[0]!()
    pending[1]!()
    await Promise.all([first, second])
    disk.crash({ keepPageCache: false, random: { below: bound => (bound === 5 ? 4 : 0), bytes: Buffer.alloc } })
    expect(text(disk, '/d/a')).toBe('one-two-')
  })
})

describe('space', () => {
  test('is counted, and given back', () => {
    const disk = new MemoryDisk({ capacityBytes: 100 })
    const usable = () => disk.space('/').usableBytes
    disk.makeDirectory('/d')
    const file = disk.open('/d/a', 'create')
    write(file, 'x'.repeat(60))
    write(file, 'y'.repeat(10), 0)
    expect(usable()).toBe(40)
    file.truncate(30)
    expect(usable()).toBe(70)
    write(disk.open('/d/b', 'create'), 'x'.repeat(50))
    disk.rename('/d/b', '/d/a')
    expect(usable()).toBe(50)
    disk.removeTree('/d')
    expect(usable()).toBe(100)
    write(disk.open('/c', 'create'), 'x'.repeat(20))
    disk.remove('/c')
    expect(disk.space('/')).toEqual({ totalBytes: 100, usableBytes: 100 })
  })

  test('that runs out fails the write after what still fitted', () => {
    const disk = new MemoryDisk({ capacityBytes: 10 })
    const file = disk.open('/a', 'create')
    expect(() => file.writeSync([Buffer.from('01234567'), Buffer.from('89ab'), Buffer.from('c')], 0)).toThrow(
      expect.objectContaining({ code: 'ENOSPC', path: '/a' }),
    )
    expect(text(disk, '/a')).toBe('0123456789')
    write(file, 'X', 0)
    expect(() => write(file, 'x')).toThrow('ENOSPC')
  })
})

test('files and directories carry the time of their last change', () => {
  const clock = new VirtualClock(1000)
  const disk = new MemoryDisk({ clock })
  const file = disk.open('/a', 'create')
  clock.advance(5)
  write(file, 'x')
  expect(disk.stat('/a')?.modifiedMs).toBe(1005)
  clock.advance(5)
  file.truncate(0)
  expect(disk.stat('/a')?.modifiedMs).toBe(1010)
  expect(disk.stat('/')?.modifiedMs).toBe(1000)
})

test('paths may have the separators of Windows', () => {
  const disk = new MemoryDisk()
  disk.makeDirectory('C:\\data\\logs')
  disk.open('C:\\data\\logs\\a', 'create')
  expect(disk.list('C:/data/logs')).toEqual(['a'])
})

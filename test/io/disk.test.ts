import { join } from 'node:path'
import { type Disk, DiskError } from '../../src/io/disk'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { NodeDisk } from '../../src/io/node/node-disk'
import { temporaryDirectory } from '../support/temporary-directory'

const adapters: [string, () => { disk: Disk; root: string }][] = [
  ['NodeDisk', () => ({ disk: new NodeDisk(), root: temporaryDirectory() })],
  ['NodeDisk with one descriptor', () => ({ disk: new NodeDisk({ descriptorsMax: 1 }), root: temporaryDirectory() })],
  ['MemoryDisk', () => memoryDisk(false)],
  ['MemoryDisk that can crash', () => memoryDisk(true)],
]

function memoryDisk(crashable: boolean): { disk: Disk; root: string } {
  const disk = new MemoryDisk({ crashable })
  disk.makeDirectory('/root')
  return { disk, root: '/root' }
}

function codeOf(call: () => unknown): string | null {
  try {
    call()
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(DiskError)
    return (error as DiskError).code
  }
}

describe.each(adapters)('%s', (_name, make) => {
  let disk: Disk
  let root: string
  const at = (...names: string[]) => join(root, ...names)
  const store = (path: string, content: string) => {
    const file = disk.open(path, 'create')
    file.truncate(0)
    file.writeSync([Buffer.from(content)], 0)
    file.close()
  }
  const content = (path: string) => disk.readFile(path)?.toString() ?? null

  beforeEach(() => {
    const made = make()
    disk = made.disk
    root = made.root
  })

  describe('files', () => {
    test('keep what was written, where it was written', () => {
      const file = disk.open(at('a'), 'create')
      file.writeSync([Buffer.from('hello '), Buffer.alloc(0), Buffer.from('world')], 0)
      file.writeSync([Buffer.from('W')], 6)
      expect(file.size()).toBe(11)
      expect(content(at('a'))).toBe('hello World')
      const into = Buffer.alloc(5)
      expect(file.readSync(into, 6)).toBe(5)
      expect(into.toString()).toBe('World')
      file.close()
    })

    test('read less than asked only at the end', () => {
      store(at('a'), '0123456789')
      const file = disk.open(at('a'), 'read')
      expect(file.readSync(Buffer.alloc(4), 3)).toBe(4)
      expect(file.readSync(Buffer.alloc(4), 8)).toBe(2)
      expect(file.readSync(Buffer.alloc(4), 10)).toBe(0)
      expect(file.readSync(Buffer.alloc(4), 1000)).toBe(0)
      expect(file.readSync(Buffer.alloc(0), 0)).toBe(0)
      file.close()
    })

    test('have asynchronous calls that do the same', async () => {
      const file = disk.open(at('a'), 'create')
      await file.write([Buffer.from('abc'), Buffer.from('def')], 0)
      await file.write([], 0)
      await file.sync()
      const into = Buffer.alloc(10)
      expect(await file.read(into, 1)).toBe(5)
      expect(into.subarray(0, 5).toString()).toBe('bcdef')
      file.close()
    })

    test('take more buffers in one write than the system takes in one call', async () => {
      const buffers = Array.from({ length: 3000 }, (_, index) => Buffer.from(`${index},`))
      const expected = Buffer.concat(buffers).toString()
      const file = disk.open(at('a'), 'create')
      file.writeSync(buffers, 0)
      await file.write(buffers, expected.length)
      expect(content(at('a'))).toBe(expected + expected)
      file.close()
    })

    test('do not share memory with the buffers that were written', () => {
      const bytes = Buffer.from('abc')
      const file = disk.open(at('a'), 'create')
      file.writeSync([bytes], 0)
      bytes.fill('x')
      expect(content(at('a'))).toBe('abc')
      file.close()
    })

    test('read as zeros where nothing was written', () => {
      const file = disk.open(at('a'), 'create')
      file.writeSync([Buffer.from('end')], 5000)
      expect(disk.readFile(at('a'))?.equals(Buffer.concat([Buffer.alloc(5000), Buffer.from('end')]))).toBe(true)
      file.close()
    })

    test('do not grow by a write of nothing', async () => {
      const file = disk.open(at('a'), 'create')
      file.writeSync([], 5)
      file.writeSync([Buffer.alloc(0)], 5)
      await file.write([Buffer.alloc(0)], 5)
      expect(file.size()).toBe(0)
      file.close()
    })

    test('are cut and grown by truncate, and what was cut does not come back', () => {
      const file = disk.open(at('a'), 'create')
      file.writeSync([Buffer.alloc(3000, 'x')], 0)
      file.truncate(10)
      expect(file.size()).toBe(10)
      file.truncate(20)
      expect(content(at('a'))).toBe(`${'x'.repeat(10)}${'\0'.repeat(10)}`)
      file.truncate(0)
      file.writeSync([Buffer.from('yy')], 1)
      expect(content(at('a'))).toBe('\0yy')
      file.close()
    })

    test('hold megabytes, read across all internal borders', () => {
      const bytes = Buffer.alloc(5_000_000)
      for (let index = 0; index < bytes.length; index += 4) bytes.writeUInt32LE(index, index)
      const file = disk.open(at('a'), 'create')
      for (let position = 0; position < bytes.length; position += 77_777) {
        file.writeSync([bytes.subarray(position, Math.min(bytes.length, position + 77_777))], position)
      }
      const into = Buffer.alloc(3_000_000)
      expect(file.readSync(into, 1_234_567)).toBe(into.length)
      expect(into.equals(bytes.subarray(1_234_567, 1_234_567 + into.length))).toBe(true)
      file.close()
    })

    test('must exist unless they are to be created', () => {
      expect(codeOf(() => disk.open(at('a'), 'read'))).toBe('ENOENT')
      expect(codeOf(() => disk.open(at('a'), 'write'))).toBe('ENOENT')
      expect(codeOf(() => disk.open(at('no', 'a'), 'create'))).toBe('ENOENT')
      disk.open(at('a'), 'create').close()
      expect(disk.stat(at('a'))).toMatchObject({ size: 0, isDirectory: false })
    })

    test('are not emptied by create', () => {
      store(at('a'), 'abc')
      disk.open(at('a'), 'create').close()
      expect(content(at('a'))).toBe('abc')
    })

    test('opened for reading refuse writes', async () => {
      store(at('a'), 'abc')
      const file = disk.open(at('a'), 'read')
      expect(codeOf(() => file.writeSync([Buffer.from('x')], 0))).toBe('EBADF')
      await expect(file.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'EBADF' })
      file.close()
    })

    test('refuse every call after close, which may be repeated', async () => {
      const file = disk.open(at('a'), 'create')
      file.close()
      file.close()
      expect(codeOf(() => file.size())).toBe('EBADF')
      expect(codeOf(() => file.writeSync([Buffer.from('x')], 0))).toBe('EBADF')
      expect(codeOf(() => file.syncSync())).toBe('EBADF')
      await expect(file.read(Buffer.alloc(1), 0)).rejects.toMatchObject({ code: 'EBADF' })
      await expect(file.sync()).rejects.toMatchObject({ code: 'EBADF' })
    })
  })

  describe('handles', () => {
    test('follow their file when it is renamed through the handle, through the disk, and with its directory', () => {
      disk.makeDirectory(at('d'))
      const file = disk.open(at('d', 'a'), 'create')
      const other = disk.open(at('other'), 'create')
      file.writeSync([Buffer.from('1')], 0)
      file.rename(at('d', 'b'))
      other.size()
      file.writeSync([Buffer.from('2')], 1)
      expect(file.path).toBe(at('d', 'b'))
      disk.rename(at('d', 'b'), at('d', 'c'))
      other.size()
      file.writeSync([Buffer.from('3')], 2)
      disk.rename(at('d'), at('e'))
      other.size()
      file.writeSync([Buffer.from('4')], 3)
      expect(file.path).toBe(at('e', 'c'))
      expect(content(at('e', 'c'))).toBe('1234')
      expect(disk.list(root)).toEqual(['e', 'other'])
      file.close()
      other.close()
    })

    test.each([
      ['removed', () => disk.remove(at('d', 'a'))],
      ['removed with its directory', () => disk.removeTree(at('d'))],
      ['replaced', () => disk.rename(at('b'), at('d', 'a'))],
      ['replaced as a whole', () => disk.replaceFile(at('d', 'a'), 'new')],
    ])('of a file that was %s fail with ENOENT', async (_what, act) => {
      disk.makeDirectory(at('d'))
      store(at('b'), 'b')
      const file = disk.open(at('d', 'a'), 'create')
      file.writeSync([Buffer.from('old')], 0)
      act()
      expect(codeOf(() => file.readSync(Buffer.alloc(1), 0))).toBe('ENOENT')
      expect(codeOf(() => file.writeSync([Buffer.from('x')], 0))).toBe('ENOENT')
      await expect(file.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'ENOENT' })
      await expect(file.sync()).rejects.toMatchObject({ code: 'ENOENT' })
      file.close()
    })

    test('of one file see each other’s writes', () => {
      const writer = disk.open(at('a'), 'create')
      const reader = disk.open(at('a'), 'read')
      writer.writeSync([Buffer.from('abc')], 0)
      expect(reader.size()).toBe(3)
      const into = Buffer.alloc(3)
      reader.readSync(into, 0)
      expect(into.toString()).toBe('abc')
      writer.close()
      reader.close()
    })
  })

  describe('directories', () => {
    test('are made with their parents, listed in order, and may be made twice', () => {
      disk.makeDirectory(at('x', 'y'))
      disk.makeDirectory(at('x', 'y'))
      store(at('x', 'b'), '')
      store(at('x', 'a'), '')
      store(at('x', 'B'), '')
      expect(disk.list(at('x'))).toEqual(['B', 'a', 'b', 'y'])
      expect(disk.stat(at('x'))).toMatchObject({ isDirectory: true, size: 0 })
    })

    test('are told from files', () => {
      store(at('a'), 'abc')
      disk.makeDirectory(at('d'))
      expect(codeOf(() => disk.list(at('a')))).toBe('ENOTDIR')
      expect(codeOf(() => disk.list(at('no')))).toBe('ENOENT')
      expect(codeOf(() => disk.makeDirectory(at('a')))).toBe('EEXIST')
      expect(codeOf(() => disk.remove(at('d')))).toMatch(/EISDIR|EPERM/)
      expect(codeOf(() => disk.readFile(at('d')))).toBe('EISDIR')
    })

    test('are renamed with all in them, but not over one that has entries', () => {
      disk.makeDirectory(at('d', 'inner'))
      store(at('d', 'inner', 'a'), 'abc')
      disk.makeDirectory(at('full'))
      store(at('full', 'a'), 'kept')
      expect(codeOf(() => disk.rename(at('d'), at('full')))).toBe('ENOTEMPTY')
      expect(codeOf(() => disk.rename(at('d'), at('d', 'inner', 'd')))).toBe('EINVAL')
      disk.rename(at('d'), at('e'))
      expect(content(at('e', 'inner', 'a'))).toBe('abc')
      expect(disk.stat(at('d'))).toBeNull()
    })

    test('are removed with all in them; removing what is not there is nothing', () => {
      disk.makeDirectory(at('d', 'inner'))
      store(at('d', 'inner', 'a'), 'abc')
      disk.removeTree(at('d'))
      disk.removeTree(at('d'))
      disk.remove(at('d', 'inner', 'a'))
      expect(disk.list(root)).toEqual([])
    })
  })

  describe('names', () => {
    test('that lead nowhere have no stat and no content', () => {
      store(at('a'), 'abc')
      expect(disk.stat(at('b'))).toBeNull()
      expect(disk.stat(at('a', 'below-a-file'))).toBeNull()
      expect(disk.readFile(at('b'))).toBeNull()
      expect(codeOf(() => disk.rename(at('b'), at('c')))).toBe('ENOENT')
      expect(codeOf(() => disk.rename(at('a'), at('no', 'c')))).toBe('ENOENT')
    })

    test('are replaced by rename', () => {
      store(at('a'), 'new')
      store(at('b'), 'old')
      disk.rename(at('a'), at('b'))
      disk.rename(at('b'), at('b'))
      expect(content(at('b'))).toBe('new')
      expect(disk.list(root)).toEqual(['b'])
    })

    test('are replaced by replaceFile, which leaves nothing else behind', () => {
      disk.replaceFile(at('a'), 'one')
      disk.replaceFile(at('a'), Buffer.from('other'))
      expect(content(at('a'))).toBe('other')
      expect(disk.list(root)).toEqual(['a'])
      disk.syncDirectory(root)
      expect(codeOf(() => disk.syncDirectory(at('no')))).toBe('ENOENT')
    })
  })

  describe('a lock', () => {
    test('can be looked for without taking it', () => {
      expect([disk.isLocked(at('.lock')), disk.isLocked(at('no', '.lock'))]).toEqual([false, false])
      expect(disk.list(root)).toEqual([])
      const lock = disk.lock(at('.lock'))
      expect(disk.isLocked(at('.lock'))).toBe(true)
      lock.release()
      expect(disk.isLocked(at('.lock'))).toBe(false)
    })

    test('has one owner at a time', () => {
      const lock = disk.lock(at('.lock'))
      expect(codeOf(() => disk.lock(at('.lock')))).toBe('ELOCKED')
      disk.lock(at('.other')).release()
      lock.release()
      lock.release()
      const next = disk.lock(at('.lock'))
      lock.release()
      expect(codeOf(() => disk.lock(at('.lock')))).toBe('ELOCKED')
      next.release()
      expect(disk.list(root)).toEqual([])
    })

    test('needs its directory', () => {
      expect(codeOf(() => disk.lock(at('no', '.lock')))).toBe('ENOENT')
    })
  })

  test('the volume says how large and how full it is', () => {
    const { totalBytes, usableBytes } = disk.space(root)
    expect(totalBytes).toBeGreaterThan(0)
    expect(usableBytes).toBeGreaterThan(0)
    expect(usableBytes).toBeLessThanOrEqual(totalBytes)
  })
})

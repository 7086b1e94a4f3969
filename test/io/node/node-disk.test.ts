import fs from 'node:fs'
import { join } from 'node:path'
import { DiskError, type DiskFile } from '../../../src/io/disk'
import { NodeDisk } from '../../../src/io/node/node-disk'
import { temporaryDirectory } from '../../support/temporary-directory'

let root: string
const at = (name: string | number) => join(root, String(name))

beforeEach(() => {
  root = temporaryDirectory()
})

/** Descriptors of this process that lead below the directory of the test; macOS does not tell where they lead. */
function openDescriptors(): string[] {
  const targets = fs.readdirSync('/proc/self/fd').map(fd => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return targets.filter(target => target.startsWith(root)).sort()
}

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('a directory that cannot be made is an error, not a wait', () => {
  expect(() => new NodeDisk().makeDirectory('/proc/none/inner')).toThrow(DiskError)
})

describe('descriptors', () => {
  onLinux('are bounded, however many files are open, and every file stays usable', async () => {
    const disk = new NodeDisk({ descriptorsMax: 10 })
    const files = Array.from({ length: 200 }, (_, index) => disk.open(at(index), 'create'))
    for (const round of [0, 1, 2]) {
      for (const [index, file] of files.entries()) file.writeSync([Buffer.from(`${index} ${round};`)], file.size())
      expect(openDescriptors().length).toBeLessThanOrEqual(10)
    }
    for (const file of files) await file.sync()
    for (const [index, file] of files.entries()) {
      const into = Buffer.alloc(file.size())
      await file.read(into, 0)
      expect(into.toString()).toBe(`${index} 0;${index} 1;${index} 2;`)
    }
    expect(openDescriptors().length).toBeLessThanOrEqual(10)
    for (const file of files) file.close()
    expect(openDescriptors()).toEqual([])
  })

  onLinux('of files in use stay, also of those with unsynced writes, when others have been idle', () => {
    const disk = new NodeDisk({ descriptorsMax: 4 })
    const hot = disk.open(at('hot'), 'create')
    const dirty = disk.open(at('dirty'), 'create')
    dirty.writeSync([Buffer.from('x')], 0)
    for (let index = 0; index < 6; index++) {
      disk.open(at(index), 'create')
      hot.size()
    }
    expect(openDescriptors()).toEqual(expect.arrayContaining([at('dirty'), at('hot')]))
    dirty.syncSync()
    for (let index = 6; index < 20; index++) {
      disk.open(at(index), 'create')
      hot.size()
    }
    expect(openDescriptors()).toContain(at('hot'))
    expect(openDescriptors()).not.toContain(at('dirty'))
  })

  onLinux('below calls in flight are neither given up nor closed', async () => {
    const disk = new NodeDisk({ descriptorsMax: 1 })
    const bytes = Buffer.alloc(4 * 1024 * 1024, 'x')
    const files = Array.from({ length: 8 }, (_, index) => disk.open(at(index), 'create'))
    const writes = files.map(file => file.write([bytes], 0))
    for (const file of files) file.close()
    await Promise.all(writes)
    expect(openDescriptors()).toEqual([])
    for (const index of files.keys()) expect(fs.statSync(at(index)).size).toBe(bytes.length)
  })

  test('calls in flight end well when their file is removed or renamed', async () => {
    const disk = new NodeDisk()
    const bytes = Buffer.alloc(4 * 1024 * 1024, 'x')
    const removed = disk.open(at('removed'), 'create')
    const renamed = disk.open(at('renamed'), 'create')
    const writes = [removed.write([bytes], 0), renamed.write([bytes], 0)]
    disk.remove(at('removed'))
    renamed.rename(at('other'))
    await Promise.all(writes)
    expect(fs.statSync(at('other')).size).toBe(bytes.length)
    expect(fs.readdirSync(root)).toEqual(['other'])
    renamed.close()
  })
})

test('a file that vanished behind our back is not made anew', () => {
  const disk = new NodeDisk({ descriptorsMax: 1 })
  const file = disk.open(at('a'), 'create')
  const other = disk.open(at('b'), 'create')
  fs.unlinkSync(at('a'))
  expect(() => file.size()).toThrow(expect.objectContaining({ name: 'DiskError', code: 'ENOENT', path: at('a') }))
  expect(fs.readdirSync(root)).toEqual(['b'])
  file.close()
  other.close()
})

test('what the system refuses becomes a DiskError with its code, path and cause', async () => {
  const disk = new NodeDisk()
  expect(() => disk.list(at('no'))).toThrow(
    expect.objectContaining({
      name: 'DiskError',
      code: 'ENOENT',
      path: at('no'),
      cause: expect.objectContaining({ syscall: 'scandir' }),
    }),
  )
  const full = disk.open('/dev/full', 'write')
  expect(() => full.writeSync([Buffer.from('x')], 0)).toThrow(expect.objectContaining({ code: 'ENOSPC' }))
  await expect(full.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'ENOSPC', path: '/dev/full' })
  full.close()
})

test('a wrong argument is no failure of the disk', () => {
  const file = new NodeDisk().open(at('a'), 'create')
  expect(() => file.truncate(1.5)).toThrow(expect.objectContaining({ name: 'RangeError' }))
  file.close()
})

describe('a write or read that the system cuts short', () => {
  let file: DiskFile

  beforeEach(() => {
    file = new NodeDisk().open(at('a'), 'create')
  })

  afterEach(() => {
    jest.restoreAllMocks()
    file.close()
  })

  test('is a failed write', async () => {
    jest.spyOn(fs, 'writevSync').mockReturnValue(5)
    expect(() => file.writeSync([Buffer.from('0123456789')], 0)).toThrow(expect.objectContaining({ code: 'ESHORT' }))
    const short = (_fd: number, _buffers: unknown, _position: unknown, callback: unknown) =>
      (callback as (error: null, count: number) => void)(null, 5)
    jest.spyOn(fs, 'writev').mockImplementation(short as never)
    await expect(file.write([Buffer.from('0123456789')], 0)).rejects.toMatchObject({ code: 'ESHORT' })
  })

  test('is continued when it is a read', async () => {
    file.writeSync([Buffer.from('0123456789')], 0)
    const { read, readSync } = fs
    jest
      .spyOn(fs, 'readSync')
      .mockImplementation(((fd: number, into: Buffer, offset: number, length: number, position: number) =>
        readSync(fd, into, offset, Math.min(3, length), position)) as never)
    jest
      .spyOn(fs, 'read')
      .mockImplementation(((
        fd: number,
        into: Buffer,
        offset: number,
        length: number,
        position: number,
        done: () => void,
      ) => read(fd, into, offset, Math.min(3, length), position, done)) as never)
    const into = Buffer.alloc(8)
    expect(file.readSync(into, 1)).toBe(8)
    expect(into.toString()).toBe('12345678')
    expect(await file.read(into, 5)).toBe(5)
    expect(into.toString()).toBe('56789678')
  })
})

test('a failed sync is reported, in both forms', async () => {
  const file = new NodeDisk().open(at('a'), 'create')
  const failure = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' })
  jest.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {
    throw failure
  })
  jest.spyOn(fs, 'fdatasync').mockImplementation((_fd, callback) => callback(failure))
  expect(() => file.syncSync()).toThrow(expect.objectContaining({ name: 'DiskError', code: 'EIO' }))
  await expect(file.sync()).rejects.toMatchObject({ name: 'DiskError', code: 'EIO' })
  jest.restoreAllMocks()
  file.close()
})

import fs from 'node:fs'
import { join } from 'node:path'
import { removeFile, removeTree } from '../../../src/io/node/file-removal'
import { eventually } from '../../support/eventually'
import { temporaryDirectory } from '../../support/temporary-directory'

const MEBIBYTE = 1024 * 1024

let directory: string

beforeEach(() => {
  directory = temporaryDirectory()
})

const fileOf = (name: string, bytes: number): string => {
  const path = join(directory, name)
  fs.mkdirSync(join(path, '..'), { recursive: true })
  fs.writeFileSync(path, Buffer.alloc(bytes))
  return path
}

/** Descriptors of this process that lead to removed files of the test. */
const descriptors = (): string[] =>
  fs.readdirSync('/proc/self/fd').flatMap(fd => {
    const target = targetOf(fd)
    return target.startsWith(directory) ? [target] : []
  })

const targetOf = (fd: string): string => {
  try {
    return fs.readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    // The one by which the directory was read.
    return ''
  }
}

const onLinux = process.platform === 'linux' ? test : test.skip

test.each([0, 10, 5 * MEBIBYTE])('a file of %d bytes is gone at once', bytes => {
  const path = fileOf('a', bytes)
  removeFile(path)
  expect(fs.existsSync(path)).toBe(false)
  removeFile(path)
})

test('a link is removed, not what it leads to', () => {
  const target = fileOf('target', 5 * MEBIBYTE)
  const link = join(directory, 'link')
  fs.symlinkSync(target, link)
  removeFile(link)
  expect(fs.readdirSync(directory)).toEqual(['target'])
})

test('a tree is gone at once, whatever the size of its files', () => {
  const names = ['tree/a', 'tree/inner/large', 'tree/large', 'tree/inner/deeper/b']
  for (const name of names) fileOf(name, name.endsWith('large') ? 5 * MEBIBYTE : 10)
  removeTree(join(directory, 'tree'))
  expect(fs.readdirSync(directory)).toEqual([])
  removeTree(join(directory, 'tree'))
})

test('what is no directory is removed as well', () => {
  removeTree(fileOf('a', 10))
  expect(fs.readdirSync(directory)).toEqual([])
})

onLinux('no descriptor stays open', async () => {
  removeFile(fileOf('a', 5 * MEBIBYTE))
  fileOf('tree/large', 5 * MEBIBYTE)
  removeTree(join(directory, 'tree'))
  await eventually(() => descriptors().length === 0)
})

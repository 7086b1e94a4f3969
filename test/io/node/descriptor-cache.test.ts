import fs from 'node:fs'
import { join } from 'node:path'
import { DescriptorCache, type Slot } from '../../../src/io/node/descriptor-cache'
import { temporaryDirectory } from '../../support/temporary-directory'

const root = () => directory
let directory: string

beforeEach(() => {
  directory = temporaryDirectory()
})

afterEach(() => jest.restoreAllMocks())

function slot(name: string): Slot {
  const path = join(root(), name)
  fs.writeFileSync(path, '')
  return { path, fd: -1, users: 0, dirty: false, chances: 0, failure: null }
}

test('a descriptor that was not used since the last search goes first', () => {
  const cache = new DescriptorCache(3)
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(slot) as [Slot, Slot, Slot, Slot, Slot]
  for (const each of [a, b, c, d]) cache.descriptorOf(each, 'r')
  expect(cache.openCount).toBe(3)
  const survivors = [a, b, c].filter(each => each.fd >= 0)
  cache.descriptorOf(survivors[0]!, 'r')
  cache.descriptorOf(e, 'r')
  expect(survivors[0]!.fd).toBeGreaterThanOrEqual(0)
  expect(survivors[1]!.fd).toBe(-1)
  for (const each of [a, b, c, d, e]) cache.close(each)
  expect(cache.openCount).toBe(0)
})

test('when all are in use, one more is opened all the same', () => {
  const cache = new DescriptorCache(1)
  const [a, b] = [slot('a'), slot('b')]
  cache.descriptorOf(a, 'r')
  a.users = 1
  cache.descriptorOf(b, 'r')
  expect(cache.openCount).toBe(2)
  a.users = 0
  cache.close(a)
  cache.close(b)
})

test('when the process has no descriptors left, the cache gives its own up', () => {
  const cache = new DescriptorCache(100)
  const [a, b] = [slot('a'), slot('b')]
  cache.descriptorOf(a, 'r')
  const { openSync } = fs
  let refusals = 1
  jest.spyOn(fs, 'openSync').mockImplementation((path, flags) => {
    if (refusals-- > 0) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
    return openSync(path, flags)
  })
  cache.descriptorOf(b, 'r')
  expect(a.fd).toBe(-1)
  cache.close(b)
  refusals = Number.POSITIVE_INFINITY
  expect(() => cache.descriptorOf(a, 'r')).toThrow('EMFILE')
})

test('a failure to close is told to the file that it concerns', () => {
  const cache = new DescriptorCache(1)
  const [a, b] = [slot('a'), slot('b')]
  const { closeSync } = fs
  cache.descriptorOf(a, 'r')
  jest.spyOn(fs, 'closeSync').mockImplementationOnce(fd => {
    closeSync(fd)
    throw Object.assign(new Error('EIO'), { code: 'EIO' })
  })
  cache.descriptorOf(b, 'r')
  expect(() => cache.descriptorOf(a, 'r')).toThrow('EIO')
  cache.close(b)
})

import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { FileWindow } from '../../src/log/file-window'

const fileOf = (bytes: Buffer) => {
  const file = new MemoryDisk().open('file', 'create')
  file.writeSync([bytes], 0)
  return file
}

const COUNTING = Buffer.from(Array.from({ length: 100 }, (_, n) => n))

test('a gulp is read from the position, and what it holds is covered', async () => {
  const window = new FileWindow(fileOf(COUNTING), 100, 30)
  window.loadSync(10, 5)
  expect([window.covers(10, 30), window.covers(10, 31), window.covers(9, 2)]).toEqual([true, false, false])
  expect(window.bytes[window.indexOf(25)]).toBe(25)
  await window.load(60, 5)
  expect(window.covers(60, 30)).toBe(true)
  expect(window.bytes[window.indexOf(89)]).toBe(89)
})

test('more than a gulp is read when it is asked for, and nothing behind the end', async () => {
  const window = new FileWindow(fileOf(COUNTING), 80, 30)
  await window.load(5, 50)
  expect(window.covers(5, 50)).toBe(true)
  await window.load(70, 10)
  expect([window.covers(70, 10), window.covers(70, 11)]).toEqual([true, false])
})

test('a file that ends early is reported', () => {
  const window = new FileWindow(fileOf(COUNTING), 200, 30)
  expect(() => window.loadSync(90, 20)).toThrow('ends at 100, before 110')
  expect(window.covers(90, 1)).toBe(false)
})

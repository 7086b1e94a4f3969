import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { readCheckpoint, wholeNumber, writeCheckpoint } from '../../src/log/checkpoint-file'

const PATH = '/checkpoint'

const fileWith = (content: string): MemoryDisk => {
  const disk = new MemoryDisk()
  disk.replaceFile(PATH, content)
  return disk
}

test('version, number of entries and entries have a line each', () => {
  const disk = new MemoryDisk()
  writeCheckpoint(disk, PATH, ['a 0 5', 'b 1 7'])
  expect(disk.readFile(PATH)?.toString()).toBe('0\n2\na 0 5\nb 1 7\n')
  expect(readCheckpoint(disk, PATH)).toEqual([
    ['a', '0', '5'],
    ['b', '1', '7'],
  ])
})

test('a file that is absent, empty or only a version has no entries', () => {
  expect(readCheckpoint(new MemoryDisk(), PATH)).toEqual([])
  expect(readCheckpoint(fileWith(''), PATH)).toEqual([])
  expect(readCheckpoint(fileWith('0\n'), PATH)).toEqual([])
})

test('the last line may lack its end, and lines may end as on Windows', () => {
  expect(readCheckpoint(fileWith('0\r\n1\r\na 0 5'), PATH)).toEqual([['a', '0', '5']])
})

test.each([
  ['1\n0\n', 'has version 1 instead of 0'],
  ['zero\n0\n', 'has "zero" where a number belongs'],
  ['0\n2\na 0 5\n', 'announces 2 entries and has 1'],
  ['0\n1\na 0 5\nb 0 5\n', 'announces 1 entries and has 2'],
  ['\0\0\0\0', 'has "\\u0000\\u0000\\u0000\\u0000" where a number belongs'],
])('%j is damaged', (content, reason) => {
  expect(() => readCheckpoint(fileWith(content), PATH)).toThrow(`${PATH}: ${reason}`)
})

test('a number must be whole and at most 2^53', () => {
  expect([wholeNumber(PATH, '42'), wholeNumber(PATH, '-1')]).toEqual([42, -1])
  for (const field of ['', '1.5', '0x10', '9007199254740993', undefined]) {
    expect(() => wholeNumber(PATH, field)).toThrow('where a number belongs')
  }
})

import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { segmentFileName } from '../../src/log/log-file-names'
import { finishSwaps } from '../../src/log/segment-swaps'

const FOLDER = '/data/topic-0'

/** What is left of files like `5.log.swap` once interrupted work was ended; swaps end at the given offsets. */
const finish = (names: readonly string[], swapEnds: Readonly<Record<number, number>> = {}): string[] => {
  const disk = new MemoryDisk()
  disk.makeDirectory(FOLDER)
  for (const name of names) {
    const file = disk.open(`${FOLDER}/${fullName(name)}`, 'create')
    file.writeSync([Buffer.from(name)], 0)
    file.close()
  }
  finishSwaps(disk, FOLDER, baseOffset => swapEnds[baseOffset]!)
  return disk.list(FOLDER).map(name => `${shortName(name)} = ${disk.readFile(`${FOLDER}/${name}`)}`)
}

const fullName = (name: string): string => {
  const [offset, kind, suffix] = name.split('.')
  return segmentFileName(Number(offset), kind as 'log', suffix ? (`.${suffix}` as '.swap') : '')
}

const shortName = (name: string): string => name.replace(/^0+(?=\d)/, '')

test('a log in order stays as it is', () => {
  expect(finish(['0.log', '0.index', '5.log'])).toEqual(['0.index = 0.index', '0.log = 0.log', '5.log = 5.log'])
})

test('what was to be deleted goes, and so does compaction that did not end', () => {
  expect(finish(['0.log', '0.log.cleaned', '0.index.cleaned', '5.log.deleted'])).toEqual(['0.log = 0.log'])
})

test('a complete swap takes the place of the segments that it was made of', () => {
  const names = ['0.log', '0.index', '5.log', '5.index', '9.log', '0.log.swap', '0.index.swap']
  expect(finish(names, { 0: 9 })).toEqual(['0.index = 0.index.swap', '0.log = 0.log.swap', '9.log = 9.log'])
})

test('a swap of which the log was renamed already is ended', () => {
  expect(finish(['0.log', '0.index.swap', '0.timeindex.swap'])).toEqual([
    '0.index = 0.index.swap',
    '0.log = 0.log',
    '0.timeindex = 0.timeindex.swap',
  ])
})

test('swaps above output that is not complete belong to it and go, too', () => {
  const names = ['0.log', '5.log', '5.log.cleaned', '7.log.swap', '2.log.swap']
  expect(finish(names, { 2: 5 })).toEqual(['0.log = 0.log', '2.log = 2.log.swap', '5.log = 5.log'])
})

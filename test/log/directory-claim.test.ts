import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { SeededRandom } from '../../src/io/memory/seeded-random'
import { ensureDirectory } from '../../src/log/directory-claim'

test('a directory that was made with those above it is there after every crash of the machine', () => {
  for (let seed = 0; seed < 20; seed++) {
    const disk = new MemoryDisk({ crashable: true })
    ensureDirectory(disk, '/var/data/kafka')
    disk.crash({ keepPageCache: false, random: new SeededRandom(seed) })
    expect(disk.stat('/var/data/kafka')).toMatchObject({ isDirectory: true })
  }
})

test('a directory that is there is left alone', () => {
  const disk = new MemoryDisk()
  ensureDirectory(disk, '/data')
  disk.faults.failWhen(({ operation }) => operation !== 'stat', 'EROFS')
  ensureDirectory(disk, '/data')
  expect(disk.stat('/data')).toMatchObject({ isDirectory: true })
})

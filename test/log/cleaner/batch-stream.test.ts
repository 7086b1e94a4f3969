import { batchSizeAt } from '../../../protocol/records/batch-header'
import { MemoryDisk } from '../../../src/io/memory/memory-disk'
import { BatchStream } from '../../../src/log/cleaner/batch-stream'
import { batchOf } from '../../support/batches'

const SMALL = batchOf(['a'])
const LARGE = batchOf(['b'.repeat(5000)])
const GULP_BYTES = SMALL.length * 10

const setUp = (batches: readonly Buffer[]) => {
  const file = new MemoryDisk().open('/a.log', 'create')
  file.writeSync(batches, 0)
  const reads: number[] = []
  const read = file.read.bind(file)
  file.read = (into, position) => {
    reads.push(position)
    return read(into, position)
  }
  return { file, reads, stream: new BatchStream(file, file.size(), GULP_BYTES) }
}

const readAll = async (stream: BatchStream, end: number): Promise<Buffer> => {
  const found: Buffer[] = []
  for (let position = 0; position < end; ) {
    if (!stream.covers(position, 61)) await stream.load(position, 61)
    const size = batchSizeAt(stream.bytes, stream.indexOf(position))
    if (!stream.covers(position, size)) await stream.load(position, size)
    const at = stream.indexOf(position)
    found.push(Buffer.from(stream.bytes.subarray(at, at + size)))
    position += size
  }
  return Buffer.concat(found)
}

test.each([
  ['small batches', Array(95).fill(SMALL)],
  ['one batch', [SMALL]],
  ['batches that are larger than a window', [LARGE, LARGE, LARGE]],
  ['batches of all sizes', [SMALL, LARGE, SMALL, SMALL, LARGE, ...Array(20).fill(SMALL), LARGE]],
])('%s come one after the other', async (_name, batches) => {
  const { file, stream } = setUp(batches)
  expect((await readAll(stream, file.size())).equals(Buffer.concat(batches))).toBe(true)
})

test('the next window is being read while one is looked at, and each only once', async () => {
  const { file, reads, stream } = setUp(Array(30).fill(SMALL))
  await stream.load(0, 61)
  expect(reads).toEqual([0, GULP_BYTES])
  await readAll(stream, file.size())
  expect(reads).toEqual([0, GULP_BYTES, 2 * GULP_BYTES])
})

test('a jump goes where it is wanted', async () => {
  const { stream } = setUp([...Array(30).fill(SMALL), LARGE, ...Array(30).fill(SMALL)])
  await stream.load(0, 61)
  const position = 30 * SMALL.length
  await stream.load(position, LARGE.length)
  const at = stream.indexOf(position)
  expect(stream.bytes.subarray(at, at + LARGE.length).equals(LARGE)).toBe(true)
})

test('a file that has become shorter is said to be damaged by the one who comes there', async () => {
  const { file, stream } = setUp(Array(30).fill(SMALL))
  file.truncate(15 * SMALL.length)
  await stream.load(0, 61)
  await stream.load(GULP_BYTES, 61)
  await expect(stream.load(2 * GULP_BYTES, 61)).rejects.toThrow(/ends at/)
})

import { baseOffsetAt } from '../../protocol/records/batch-header'
import { InvalidBatch } from '../../protocol/records/invalid-batch'
import { MemoryDisk } from '../../src/io/memory/memory-disk'
import { walkBatches, walkHeaders } from '../../src/log/batch-walk'
import { batchOf, singles } from '../support/log-segments'

const fileOf = (bytes: Buffer) => {
  const file = new MemoryDisk().open('/log', 'create')
  file.writeSync([bytes], 0)
  return { file, range: { from: 0, end: bytes.length } }
}

test('headers are visited one after the other until the visitor has enough', () => {
  const { file, range } = fileOf(Buffer.concat(singles(0, 9, { valueBytes: 3000 }).map(batchOf)))
  const seen: number[] = []
  walkHeaders(file, range, (bytes, at) => seen.push(baseOffsetAt(bytes, at)) === 6)
  expect(seen).toEqual([0, 1, 2, 3, 4, 5])
})

test('a batch larger than the gulp of a walk over headers is passed over, not read', () => {
  const { file, range } = fileOf(Buffer.concat(singles(0, 3, { valueBytes: 50_000 }).map(batchOf)))
  const readBytes: number[] = []
  const { readSync } = file
  file.readSync = (into, position) => {
    readBytes.push(into.length)
    return readSync.call(file, into, position)
  }
  walkHeaders(file, range, () => false)
  expect(readBytes).toEqual([8192, 8192, 8192])
})

test('a walk over headers trusts the file and says where it is damaged', () => {
  const first = batchOf({ baseOffset: 0 })
  const { file, range } = fileOf(Buffer.concat([first, batchOf({ baseOffset: 1 }).subarray(0, 70)]))
  expect(() => walkHeaders(file, range, () => false)).toThrow(
    `/log: at byte ${first.length}: a batch of ${first.length} bytes begins 70 bytes before the end`,
  )
  expect(() =>
    walkHeaders(file, range, () => {
      throw new InvalidBatch('header', 'out of range')
    }),
  ).toThrow('/log: at byte 0: out of range')
})

test('whole batches are visited until a reason not to go on', async () => {
  const { file, range } = fileOf(Buffer.concat(singles(0, 5).map(batchOf)))
  const size = range.end / 5
  const walk = (visit: (bytes: Buffer, at: number, position: number) => string | null) =>
    walkBatches(file, range, visit)
  expect(await walk(() => null)).toEqual({ position: range.end, reason: null })
  expect(await walk((_, __, position) => (position === size * 3 ? 'enough' : null))).toEqual({
    position: size * 3,
    reason: 'enough',
  })
  const invalid = walk(() => {
    throw new InvalidBatch('records', 'no good')
  })
  expect(await invalid).toEqual({ position: 0, reason: 'no good' })
})

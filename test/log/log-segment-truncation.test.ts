import fc from 'fast-check'
import type { LogSegment } from '../../src/log/log-segment'
import {
  appendBatches,
  type BatchShape,
  batchOf,
  createSegment,
  diskWithFolder,
  singles,
} from '../support/log-segments'

const FROM_THE_START = { offset: 0, maxBytes: 1e6, upTo: Number.MAX_SAFE_INTEGER, minOneBatch: true }

const positionsOf = (segment: LogSegment): number[] =>
  Array.from({ length: segment.offsetIndex.entryCount }, (_, n) => segment.offsetIndex.entry(n).position)

test('the batch that holds the offset goes, with all above it', () => {
  const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 100 })
  const bytes = appendBatches(
    segment,
    singles(0, 10, { records: 5 }).map((shape, n) => ({ ...shape, baseOffset: n * 5 })),
  )
  const size = bytes.length / 10
  expect(segment.truncateTo(23, 0)).toBe(size * 6)
  expect([segment.sizeInBytes, segment.readNextOffset()]).toEqual([size * 4, 20])
  expect(Math.max(...positionsOf(segment))).toBeLessThan(size * 4)
  expect(segment.truncateTo(20, 0)).toBe(0)
})

test('what is not written yet goes, too', () => {
  const segment = createSegment(diskWithFolder())
  appendBatches(segment, singles(0, 3))
  segment.append(batchOf({ baseOffset: 3 }))
  segment.append(batchOf({ baseOffset: 4 }))
  segment.truncateTo(4, 0)
  expect(segment.readNextOffset()).toBe(4)
  expect(segment.sizeInBytes).toBe(segment.writtenBytes)
})

test('the largest timestamp is that of what is left', () => {
  const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 100 })
  appendBatches(
    segment,
    [10, 80, 20, 90, 30].map((timestamp, baseOffset) => ({ baseOffset, timestamp })),
  )
  segment.truncateTo(3, 0)
  expect([segment.largestTimestamp, segment.offsetOfLargestTimestamp]).toEqual([80, 1])
  segment.truncateTo(0, 0)
  expect([segment.largestTimestamp, segment.firstBatchTimestamp]).toEqual([-1, null])
})

test('aborted transactions whose marker is cut off are forgotten', () => {
  const segment = createSegment(diskWithFolder())
  appendBatches(segment, singles(0, 10))
  segment.transactionIndex.append({ producerId: 1, firstOffset: 0, lastOffset: 3, lastStableOffset: 4 })
  segment.transactionIndex.append({ producerId: 2, firstOffset: 1, lastOffset: 6, lastStableOffset: 7 })
  segment.truncateTo(6, 0)
  expect(segment.transactionIndex.all().map(({ lastOffset }) => lastOffset)).toEqual([3])
})

test('a segment left empty ages from then on', () => {
  const segment = createSegment(diskWithFolder(), { createdMs: 0 })
  appendBatches(segment, [{ baseOffset: 0, timestamp: 50 }])
  segment.truncateTo(0, 1000)
  appendBatches(segment, [{ baseOffset: 0, timestamp: -1 }])
  const roll = { segmentBytes: 1e9, segmentMs: 100, incomingBytes: 1, incomingLastOffset: 1, incomingMaxTimestamp: -1 }
  expect(segment.shouldRoll({ ...roll, now: 1100 })).toBe(false)
  expect(segment.shouldRoll({ ...roll, now: 1101 })).toBe(true)
})

test('any sequence of appends, truncations, sealings and reopenings reads like a plain list of batches', async () => {
  const steps = fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('append' as const),
          records: fc.integer({ min: 1, max: 5 }),
          gap: fc.integer({ min: 0, max: 3 }),
          timestamp: fc.integer({ min: -1, max: 50 }),
          written: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), offset: fc.nat(60) }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'seal' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'recover' as const }) },
    ),
    { maxLength: 30 },
  )
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(80), async (sequence, probe) => {
      const segment = createSegment(diskWithFolder(), { indexIntervalBytes: 150 })
      let model: (Required<Pick<BatchShape, 'baseOffset' | 'records' | 'timestamp'>> & { readonly bytes: Buffer })[] =
        []
      let nextOffset = 0
      for (const step of sequence) {
        if (step.kind === 'append') {
          const shape = { baseOffset: nextOffset + step.gap, records: step.records, timestamp: step.timestamp }
          const bytes = batchOf(shape)
          model.push({ ...shape, bytes })
          segment.append(Buffer.from(bytes))
          if (step.written) segment.writeSync()
          nextOffset = shape.baseOffset + shape.records
        } else if (step.kind === 'truncate') {
          model = model.filter(batch => batch.baseOffset + batch.records <= step.offset)
          segment.truncateTo(step.offset, 0)
          nextOffset = Math.min(nextOffset, Math.max(step.offset, endOf(model)))
        } else {
          segment.writeSync()
          if (step.kind === 'seal') segment.seal()
          else await segment.recover({ visit: () => {} })
        }
      }
      segment.writeSync()
      const read = await segment.read(FROM_THE_START)
      expect(read?.records ?? Buffer.alloc(0)).toEqual(Buffer.concat(model.map(batch => batch.bytes)))
      expect(segment.readNextOffset()).toBe(endOf(model))
      expect(segment.largestTimestamp).toBe(Math.max(-1, ...model.map(batch => batch.timestamp + batch.records - 1)))
      const found = model.find(batch => batch.baseOffset + batch.records > probe)
      expect(segment.translate(probe)?.baseOffset).toBe(found?.baseOffset)
      expect([segment.offsetIndex.sanityCheck(), segment.timeIndex.sanityCheck()]).toEqual([null, null])
    }),
  )
})

const endOf = (model: readonly { readonly baseOffset: number; readonly records: number }[]): number => {
  const last = model.at(-1)
  return last ? last.baseOffset + last.records : 0
}

import fc from 'fast-check'
import { CompressionType } from '../../../protocol/compression/codec'
import { hasDeleteHorizon, isBatchCrcValid, readBatchHeader } from '../../../protocol/records/batch-header'
import { decodeRecords, encodeBatch } from '../../../protocol/records/record-batch'
import { openRecords } from '../../../protocol/records/record-cursor'
import { emptiedBatch, RetainedRecords } from '../../../src/log/cleaner/retained-records'

const MAX_BYTES = 1_000_000
const bytes = fc.uint8Array({ maxLength: 20 }).map(array => Buffer.from(array))
const record = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestamp: fc.integer({ min: 0, max: 2 ** 45 }),
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 5 }), value: fc.option(bytes) }), { maxLength: 2 }),
})
const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 10 }),
  compression: fc.constantFrom(...Object.values(CompressionType)),
  baseOffset: fc.nat(),
  partitionLeaderEpoch: fc.nat(),
  producerId: fc.nat(),
  producerEpoch: fc.nat(1000),
  baseSequence: fc.nat(),
  isTransactional: fc.boolean(),
})

test('a batch of some of its records is the one before without the others', () => {
  const horizon = fc.option(fc.integer({ min: 0, max: 2 ** 45 }))
  fc.assert(
    fc.property(batch, fc.integer(), horizon, (input, chosen, deleteHorizonMs) => {
      const before = encodeBatch(input)
      const header = readBatchHeader(before, 0)
      const cursor = openRecords(before, 0, { maxBytes: MAX_BYTES })
      const isChosen = (n: number) => n === 0 || ((chosen >> n) & 1) === 1
      const retained = new RetainedRecords(cursor.buffer)
      for (let n = 0; cursor.next(); n++) if (isChosen(n)) retained.add(cursor)
      const after = retained.intoBatch(header, deleteHorizonMs)
      const expected = decodeRecords(before, 0, { maxBytes: MAX_BYTES }).filter((_, n) => isChosen(n))
      expect(decodeRecords(after, 0, { maxBytes: MAX_BYTES })).toEqual(expected)
      expect(isBatchCrcValid(after, 0)).toBe(true)
      const { attributes, ...fields } = readBatchHeader(after, 0)
      expect(hasDeleteHorizon(attributes)).toBe(deleteHorizonMs !== null)
      expect(fields).toEqual({
        ...header,
        attributes: undefined,
        crc: fields.crc,
        sizeInBytes: after.length,
        recordCount: expected.length,
        baseTimestamp: deleteHorizonMs ?? header.baseTimestamp,
        maxTimestamp: Math.max(...expected.map(({ timestamp }) => timestamp)),
      })
    }),
  )
})

test('with LogAppendTime the time of the batch stays', () => {
  const before = encodeBatch({ timestampType: 'LogAppendTime', maxTimestamp: 77, records: [{ timestamp: 5 }, {}] })
  const cursor = openRecords(before, 0, { maxBytes: MAX_BYTES })
  cursor.next()
  const retained = new RetainedRecords(cursor.buffer)
  retained.add(cursor)
  const after = retained.intoBatch(readBatchHeader(before, 0), null)
  expect(decodeRecords(after, 0, { maxBytes: MAX_BYTES }).map(({ timestamp }) => timestamp)).toEqual([77])
})

test('an emptied batch still tells of its offsets and its producer', () => {
  fc.assert(
    fc.property(batch, input => {
      const header = readBatchHeader(encodeBatch(input), 0)
      const after = emptiedBatch(header)
      const { baseOffset, lastOffsetDelta, maxTimestamp, producerId, producerEpoch, baseSequence } = header
      expect(decodeRecords(after, 0, { maxBytes: 0 })).toEqual([])
      expect(isBatchCrcValid(after, 0)).toBe(true)
      expect(readBatchHeader(after, 0)).toMatchObject({
        baseOffset,
        lastOffsetDelta,
        maxTimestamp,
        producerId,
        producerEpoch,
        baseSequence,
        partitionLeaderEpoch: header.partitionLeaderEpoch,
      })
    }),
  )
})

import * as fc from 'fast-check'
import {
  BATCH_HEADER_SIZE,
  LOG_OVERHEAD,
  readBatchHeader,
  writeBatchHeader,
} from '../../../protocol/records/batch-header'
import {
  batchHeaderLayout,
  offsetIndexEntryLayout,
  producerSnapshotLayout,
  timeIndexEntryLayout,
  transactionIndexEntryLayout,
} from '../../../protocol/records/layouts'
import { encodeBatch } from '../../../protocol/records/record-batch'
import { crc32c } from '../../../protocol/wire/crc32c'
import { goldenBatches, goldenProducerSnapshots } from '../../support/golden-batches'
import { anyRecord } from '../../support/record-arbitraries'

/** The header as binary-parser sees it, in the terms of `readBatchHeader`. */
const parsedHeader = (bytes: Buffer) => {
  const { batchLength, ...fields } = batchHeaderLayout.parse(bytes) as Record<string, number | bigint>
  const numbers = Object.entries(fields).map(([name, value]) => [name, Number(value)])
  return { ...Object.fromEntries(numbers), sizeInBytes: Number(batchLength) + LOG_OVERHEAD }
}

describe('binary-parser and the reader written by hand agree on the header', () => {
  test.each(goldenBatches)('of $name', ({ bytes }) => {
    expect(parsedHeader(bytes)).toEqual(readBatchHeader(bytes, 0))
  })

  test('of batches of any records', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 5 }), fc.maxSafeNat(), fc.integer(), (records, id, sequence) => {
        const batch = encodeBatch({ records, producerId: id, producerEpoch: 3, baseSequence: sequence })
        expect(parsedHeader(batch)).toEqual(readBatchHeader(batch, 0))
      }),
    )
  })

  test('of any bytes that can be a header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: BATCH_HEADER_SIZE, maxLength: BATCH_HEADER_SIZE }), content => {
        const bytes = Buffer.from(content)
        bytes[16] = 2
        bytes[8]! &= 0x7f
        bytes[10]! |= 1
        // The upper 11 bits of an int64 all alike make a number.
        for (const at of [0, 27, 35, 43]) {
          bytes[at] = bytes[at]! < 0x80 ? 0 : 0xff
          bytes[at + 1] = bytes[at] === 0 ? bytes[at + 1]! & 0x1f : bytes[at + 1]! | 0xe0
          bytes[at + 7]! |= 1
        }
        expect(parsedHeader(bytes)).toEqual(readBatchHeader(bytes, 0))
      }),
    )
  })
})

test('a header written by hand reads with binary-parser', () => {
  const bytes = Buffer.alloc(BATCH_HEADER_SIZE)
  const header = {
    baseOffset: 1,
    sizeInBytes: BATCH_HEADER_SIZE,
    partitionLeaderEpoch: 2,
    magic: 2,
    attributes: -3,
    lastOffsetDelta: 4,
    baseTimestamp: -5,
    maxTimestamp: 6,
    producerId: 7,
    producerEpoch: -8,
    baseSequence: 9,
    recordCount: -10,
  }
  writeBatchHeader(bytes, 0, header)
  expect(parsedHeader(bytes)).toMatchObject(header)
})

test('entries of the indexes have the fields of the protocol, one behind the other', () => {
  expect(offsetIndexEntryLayout.parse(Buffer.from('00000007fffffffe', 'hex'))).toEqual({
    relativeOffset: 7,
    position: -2,
  })
  expect(timeIndexEntryLayout.parse(Buffer.from('0000018bcfe5680000000009', 'hex'))).toEqual({
    timestamp: 1_700_000_000_000n,
    relativeOffset: 9,
  })
  const entry = '0000' + '0000000000001092' + '0000000000000064' + '0000000000000069' + '7fffffffffffffff'
  expect(transactionIndexEntryLayout.parse(Buffer.from(entry, 'hex'))).toEqual({
    version: 0,
    producerId: 4242n,
    firstOffset: 100n,
    lastOffset: 105n,
    lastStableOffset: 2n ** 63n - 1n,
  })
})

test.each(goldenProducerSnapshots)('a producer snapshot of Kafka ($crc) reads entry by entry', snapshot => {
  const parsed = producerSnapshotLayout.parse(snapshot.bytes)
  expect(parsed).toMatchObject({
    version: snapshot.version,
    crc: snapshot.crc,
    entryCount: snapshot.producerEntries.length,
  })
  const entries = (parsed.producerEntries as Record<string, number | bigint>[]).map(entry =>
    Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, Number(value)])),
  )
  expect(entries).toEqual(snapshot.producerEntries)
  expect(crc32c(snapshot.bytes.subarray(6))).toBe(snapshot.crc)
})

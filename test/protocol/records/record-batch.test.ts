import * as fc from 'fast-check'
import { CompressionType } from '../../../protocol/compression/codec'
import { isBatchCrcValid, readBatchHeader } from '../../../protocol/records/batch-header'
import { BatchStage, InvalidBatch } from '../../../protocol/records/invalid-batch'
import {
  type BatchInput,
  batchEndAt,
  type DecodedRecord,
  decodeRecords,
  encodeBatch,
  ensureValidBatch,
  iterateBatches,
  type RecordInput,
  validBytesOf,
} from '../../../protocol/records/record-batch'
import { crc32c } from '../../../protocol/wire/crc32c'
import {
  asGolden,
  essential,
  type GoldenBatch,
  goldenBatches,
  goldenInvalidVectors,
  goldenLargeVectors,
  goldenLegacyVectors,
  goldenVector,
  goldenVectors,
} from '../../support/golden-batches'
import { anyRecord } from '../../support/record-arbitraries'

const AMPLE = { maxBytes: 1_000_000 }
const anyCompression = fc.constantFrom(...Object.values(CompressionType))

const inputOf = (expected: GoldenBatch, records: readonly RecordInput[], compression: number): BatchInput => ({
  records,
  baseOffset: expected.baseOffset,
  partitionLeaderEpoch: expected.partitionLeaderEpoch,
  compression,
  timestampType: expected.timestampType === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
  isTransactional: expected.isTransactional,
  isControl: expected.isControl,
  hasDeleteHorizon: expected.deleteHorizonMs !== undefined,
  baseTimestamp: expected.baseTimestamp,
  maxTimestamp: expected.maxTimestamp,
  lastOffsetDelta: expected.lastOffsetDelta,
  producerId: expected.producerId,
  producerEpoch: expected.producerEpoch,
  baseSequence: expected.baseSequence,
})

/** What came of reading a batch to its end: the records, or the stage at which it was refused. Other errors pass. */
const outcomeOf = (buffer: Buffer): DecodedRecord[] | BatchStage => {
  try {
    validBytesOf(buffer)
    ensureValidBatch(buffer, 0)
    return decodeRecords(buffer, 0, AMPLE)
  } catch (error) {
    if (error instanceof InvalidBatch) return error.stage
    throw error
  }
}

describe('batches of the Java client', () => {
  test.each(goldenBatches)('$name decodes to the records that the client put in', ({ bytes, expected }) => {
    expect(decodeRecords(bytes, 0, AMPLE).map(asGolden)).toEqual(expected.records.map(essential))
  })

  test.each(goldenBatches.filter(({ expected }) => expected.compression === 'none'))(
    '$name is written again byte for byte',
    ({ bytes, expected }) => {
      const records = decodeRecords(bytes, 0, AMPLE)
      const isLogAppendTime = expected.timestampType === 'LogAppendTime'
      // The records' own timestamps cannot be read under LogAppendTime; there the fields around them are compared.
      const again = encodeBatch(inputOf(expected, records, CompressionType.none))
      if (!isLogAppendTime) expect(again).toEqual(bytes)
      expect({ ...readBatchHeader(again, 0), crc: 0, sizeInBytes: 0 }).toEqual({
        ...readBatchHeader(bytes, 0),
        crc: 0,
        sizeInBytes: 0,
      })
    },
  )

  test.each(goldenBatches.filter(({ expected }) => expected.compression !== 'none'))(
    '$name, compressed again, decodes to the same',
    ({ bytes, expected }) => {
      const records = decodeRecords(bytes, 0, AMPLE)
      const again = encodeBatch(inputOf(expected, records, CompressionType[expected.compression]))
      expect(isBatchCrcValid(again, 0)).toBe(true)
      expect(decodeRecords(again, 0, AMPLE)).toEqual(records)
    },
  )

  test.each(goldenLargeVectors)('$name decodes over several compressed blocks', ({ bytes, values }) => {
    const records = decodeRecords(bytes, 0, AMPLE)
    expect(
      records.map(({ offset, timestamp, value }) => ({
        offset,
        timestamp,
        length: value!.length,
        crc32c: crc32c(value!),
      })),
    ).toEqual(values)
  })
})

describe('several batches in a buffer', () => {
  test.each(goldenVectors)('$name: the complete ones are found, an incomplete end is left out', vector => {
    const found = [...iterateBatches(vector.bytes)]
    expect(found.map(({ header }) => header.baseOffset)).toEqual(vector.batches.map(({ baseOffset }) => baseOffset))
    expect(found.map(({ header }) => header.crc)).toEqual(vector.batches.map(({ crc }) => crc))
    expect(validBytesOf(vector.bytes)).toBe(vector.validBytes)
    const last = found.at(-1)
    expect(last === undefined ? 0 : last.position + last.header.sizeInBytes).toBe(vector.validBytes)
  })

  test.each(goldenLegacyVectors)(
    '$name: old messages count as batches, but are no batches',
    ({ bytes, validBytes }) => {
      expect(validBytesOf(bytes)).toBe(validBytes)
      expect(() => [...iterateBatches(bytes)]).toThrow(InvalidBatch)
    },
  )

  test('cut off at any byte, the batches before the cut remain', () => {
    const { bytes, batches } = goldenVector('several')
    const ends = batches.map((_, n) => batches.slice(0, n + 1).reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0))
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.subarray(0, length)
      const complete = ends.filter(end => end <= length)
      expect([...iterateBatches(cut)]).toHaveLength(complete.length)
      expect(validBytesOf(cut)).toBe(complete.at(-1) ?? 0)
    }
  })

  test('a batch ends where its length says, and nowhere while it is incomplete', () => {
    const { bytes } = goldenVector('single')
    const buffer = Buffer.concat([bytes, bytes])
    expect(batchEndAt(buffer, 0)).toBe(bytes.length)
    expect(batchEndAt(buffer, bytes.length)).toBe(buffer.length)
    expect(batchEndAt(buffer, buffer.length)).toBe(-1)
    expect(batchEndAt(buffer.subarray(0, -1), bytes.length)).toBe(-1)
  })
})

describe('what the Java client refuses', () => {
  // `length-too-small` is found by the client when it looks into the batch; the walk here goes on to the next one first.
  const stages: Record<string, BatchStage> = {
    'crc-last-byte': BatchStage.CRC,
    'crc-attributes': BatchStage.CRC,
    'crc-field': BatchStage.CRC,
    'length-too-small': BatchStage.HEADER,
    'length-negative': BatchStage.HEADER,
    'magic-3': BatchStage.HEADER,
    'magic-negative': BatchStage.HEADER,
    'count-too-large': BatchStage.RECORDS,
    'count-too-small': BatchStage.RECORDS,
    'count-negative': BatchStage.RECORDS,
    'count-huge': BatchStage.RECORDS,
    'codec-5': BatchStage.DECOMPRESSION,
    'codec-wrong': BatchStage.DECOMPRESSION,
    'gzip-corrupt': BatchStage.DECOMPRESSION,
    'record-length': BatchStage.RECORDS,
  }

  test.each(goldenInvalidVectors)('$name is refused where it shows', ({ name, bytes }) => {
    expect(outcomeOf(bytes)).toBe(stages[name])
  })

  test.each(goldenInvalidVectors)('$name passes the stages that it passes there', ({ bytes, failsAt }) => {
    if (failsAt === 'iterate') expect(() => batchEndAt(bytes, 0)).toThrow(InvalidBatch)
    else expect(batchEndAt(bytes, 0)).toBeGreaterThan(0)
    if (failsAt === 'ensureValid') expect(() => ensureValidBatch(bytes, 0)).toThrow(InvalidBatch)
    if (failsAt === 'records') expect(ensureValidBatch(bytes, 0).sizeInBytes).toBe(bytes.length)
  })

  test('every vector has its stage', () => {
    expect(goldenInvalidVectors.map(({ name }) => name).sort()).toEqual(Object.keys(stages).sort())
  })
})

describe('damage', () => {
  const samples = [
    'magic2-none-CreateTime',
    'magic2-gzip-CreateTime',
    'magic2-snappy-CreateTime',
    'magic2-lz4-CreateTime',
    'magic2-zstd-CreateTime',
    'control-commit',
    'compacted-empty',
  ]

  /** The batch with its length and checksum put right, so that what is wrong must be noticed by reading it. */
  const repaired = (bytes: Buffer): Buffer => {
    bytes.writeInt32BE(bytes.length - 12, 8)
    bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17)
    return bytes
  }

  test.each(samples)('%s, cut off at any byte, is refused at the header', name => {
    const { bytes } = goldenVector(name)
    for (let length = 0; length < bytes.length; length++) {
      expect(outcomeOf(bytes.subarray(0, length))).toBe(BatchStage.HEADER)
    }
  })

  test.each(samples)('%s, cut off at any byte and repaired, is refused by its content', name => {
    const { bytes } = goldenVector(name)
    for (let length = 61; length < bytes.length; length++) {
      const outcome = outcomeOf(repaired(Buffer.from(bytes.subarray(0, length))))
      expect([BatchStage.DECOMPRESSION, BatchStage.RECORDS]).toContain(outcome)
    }
  })

  test.each(samples)('%s with any byte changed and repaired gives records or a refusal', name => {
    const { bytes } = goldenVector(name)
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= change
        const outcome = outcomeOf(repaired(changed))
        if (typeof outcome !== 'string') expect(outcome).toHaveLength(readBatchHeader(changed, 0).recordCount)
      }
    }
  })

  test('random bytes behind a header give records or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), anyCompression, fc.integer(), (content, compression, count) => {
        const bytes = Buffer.concat([encodeBatch({ records: [] }), content])
        bytes.writeInt16BE(compression, 21)
        bytes.writeInt32BE(count, 57)
        const outcome = outcomeOf(repaired(bytes))
        if (typeof outcome !== 'string') expect(outcome).toHaveLength(count)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a batch of any records', () => {
  test('decodes to what was written, with every codec', () => {
    const options = fc.record({
      baseOffset: fc.integer({ min: 0, max: 2 ** 52 }),
      compression: anyCompression,
      isTransactional: fc.boolean(),
      producerId: fc.maxSafeNat(),
      baseSequence: fc.nat(),
    })
    fc.assert(
      fc.property(options, fc.array(anyRecord, { maxLength: 20 }), (fields, records) => {
        const batch = encodeBatch({ ...fields, records })
        expect(ensureValidBatch(batch, 0)).toMatchObject({
          baseOffset: fields.baseOffset,
          sizeInBytes: batch.length,
          producerId: fields.producerId,
          baseSequence: fields.baseSequence,
          recordCount: records.length,
        })
        expect(decodeRecords(batch, 0, AMPLE)).toEqual(
          records.map((record, n) => ({ ...record, offset: fields.baseOffset + n })),
        )
      }),
    )
  })

  test('may have gaps between its offsets, and an end beyond its last record', () => {
    const records = [{ offset: 12 }, { offset: 17 }, {}]
    const batch = encodeBatch({ baseOffset: 10, lastOffsetDelta: 30, records })
    expect(decodeRecords(batch, 0, AMPLE).map(({ offset }) => offset)).toEqual([12, 17, 18])
    expect(readBatchHeader(batch, 0).lastOffsetDelta).toBe(30)
    expect(readBatchHeader(encodeBatch({ baseOffset: 10, records }), 0).lastOffsetDelta).toBe(8)
  })

  test('takes base and greatest timestamp from its records', () => {
    const records = [{ timestamp: 50 }, { timestamp: 90 }, { timestamp: 40 }, {}]
    const batch = encodeBatch({ records })
    expect(readBatchHeader(batch, 0)).toMatchObject({ baseTimestamp: 50, maxTimestamp: 90 })
    expect(decodeRecords(batch, 0, AMPLE).map(({ timestamp }) => timestamp)).toEqual([50, 90, 40, 50])
    expect(readBatchHeader(encodeBatch({ records: [{}] }), 0)).toMatchObject({ baseTimestamp: -1, maxTimestamp: -1 })
  })

  test('with LogAppendTime reads the greatest timestamp for every record', () => {
    const records = [{ timestamp: 50 }, { timestamp: 90 }]
    const batch = encodeBatch({ timestampType: 'LogAppendTime', maxTimestamp: 777, records })
    expect(decodeRecords(batch, 0, AMPLE).map(({ timestamp }) => timestamp)).toEqual([777, 777])
  })

  test('holds records and headers of 100,000 bytes and of none', () => {
    const large = Buffer.alloc(100_000, 'abc')
    const empty = Buffer.alloc(0)
    const records = [
      { key: large, value: empty, timestamp: 1, headers: [{ key: 'h'.repeat(70_000), value: large }] },
      { key: empty, value: large, timestamp: 1, headers: [{ key: '', value: empty }] },
    ]
    const decoded = decodeRecords(encodeBatch({ records }), 0, AMPLE)
    expect(decoded).toEqual(records.map((record, offset) => ({ ...record, offset })))
  })

  test('is never decompressed beyond what the reader allows', () => {
    const records = [{ value: Buffer.alloc(1000) }]
    const content = encodeBatch({ records }).length - 61
    for (const compression of [1, 2, 3, 4]) {
      const batch = encodeBatch({ records, compression })
      expect(decodeRecords(batch, 0, { maxBytes: content })).toHaveLength(1)
      expect(() => decodeRecords(batch, 0, { maxBytes: content - 1 })).toThrow(InvalidBatch)
    }
  })
})

import * as fc from 'fast-check'
import {
  attributesAt,
  attributesFrom,
  BATCH_HEADER_SIZE,
  type BatchHeader,
  baseOffsetAt,
  baseSequenceAt,
  baseTimestampAt,
  batchSizeAt,
  compressionOf,
  crcAt,
  hasDeleteHorizon,
  incrementSequence,
  isBatchCrcValid,
  isControl,
  isTransactional,
  lastOffsetAt,
  lastOffsetDeltaAt,
  lastSequenceOf,
  magicAt,
  maxTimestampAt,
  partitionLeaderEpochAt,
  patchBaseOffset,
  patchLeaderEpoch,
  patchLogAppendTime,
  producerEpochAt,
  producerIdAt,
  readBatchHeader,
  recordCountAt,
  timestampTypeOf,
  writeBatchHeader,
} from '../../../protocol/records/batch-header'
import { InvalidBatch } from '../../../protocol/records/invalid-batch'
import { decodeRecords } from '../../../protocol/records/record-batch'
import { goldenBatches, goldenVector } from '../../support/golden-batches'

const ATTRIBUTES = 21
const plain = () => Buffer.from(goldenVector('magic2-none-CreateTime').bytes)

const fieldsOf = ({
  baseOffset,
  sizeInBytes,
  partitionLeaderEpoch,
  magic,
  crc,
  attributes,
  lastOffsetDelta,
  baseTimestamp,
  maxTimestamp,
  producerId,
  producerEpoch,
  baseSequence,
  recordCount,
}: BatchHeader): BatchHeader => ({
  baseOffset,
  sizeInBytes,
  partitionLeaderEpoch,
  magic,
  crc,
  attributes,
  lastOffsetDelta,
  baseTimestamp,
  maxTimestamp,
  producerId,
  producerEpoch,
  baseSequence,
  recordCount,
})

describe('the header of a batch that the Java client wrote', () => {
  test.each(goldenBatches)('$name: every field reads as the client meant it', ({ bytes, expected }) => {
    const header = readBatchHeader(bytes, 0)
    expect(header).toEqual(fieldsOf(expected))
    expect(isBatchCrcValid(bytes, 0)).toBe(true)
    expect(lastSequenceOf(header)).toBe(expected.lastSequence)
    expect(timestampTypeOf(header.attributes)).toBe(expected.timestampType)
    expect(isTransactional(header.attributes)).toBe(expected.isTransactional)
    expect(isControl(header.attributes)).toBe(expected.isControl)
    expect(hasDeleteHorizon(header.attributes)).toBe(expected.deleteHorizonMs !== undefined)
    expect(['none', 'gzip', 'snappy', 'lz4', 'zstd'][compressionOf(header.attributes)]).toBe(expected.compression)
  })

  test.each(goldenBatches)('$name: single fields read the same anywhere in a buffer', ({ bytes, expected }) => {
    const at = 7
    const buffer = Buffer.concat([Buffer.alloc(at, 0xff), bytes])
    expect({
      baseOffset: baseOffsetAt(buffer, at),
      sizeInBytes: batchSizeAt(buffer, at),
      partitionLeaderEpoch: partitionLeaderEpochAt(buffer, at),
      magic: magicAt(buffer, at),
      crc: crcAt(buffer, at),
      attributes: attributesAt(buffer, at),
      lastOffsetDelta: lastOffsetDeltaAt(buffer, at),
      baseTimestamp: baseTimestampAt(buffer, at),
      maxTimestamp: maxTimestampAt(buffer, at),
      producerId: producerIdAt(buffer, at),
      producerEpoch: producerEpochAt(buffer, at),
      baseSequence: baseSequenceAt(buffer, at),
      recordCount: recordCountAt(buffer, at),
    }).toEqual(fieldsOf(expected))
    expect(lastOffsetAt(buffer, at)).toBe(expected.lastOffset)
  })
})

describe('reading a header', () => {
  test('of any values gives back what was written', () => {
    const safe = fc.maxSafeInteger()
    const int32 = fc.integer()
    const int16 = fc.integer({ min: -0x8000, max: 0x7fff })
    const anyHeader = fc.record({
      baseOffset: safe,
      partitionLeaderEpoch: int32,
      attributes: int16,
      lastOffsetDelta: int32,
      baseTimestamp: safe,
      maxTimestamp: safe,
      producerId: safe,
      producerEpoch: int16,
      baseSequence: int32,
      recordCount: int32,
    })
    fc.assert(
      fc.property(anyHeader, fc.integer({ min: 0, max: 9 }), (fields, at) => {
        const buffer = Buffer.alloc(at + BATCH_HEADER_SIZE)
        const header = { ...fields, magic: 2, sizeInBytes: BATCH_HEADER_SIZE }
        writeBatchHeader(buffer, at, header)
        expect(readBatchHeader(buffer, at)).toEqual({ ...header, crc: crcAt(buffer, at) })
        expect(isBatchCrcValid(buffer, at)).toBe(true)
      }),
    )
  })

  test.each([
    ['baseOffset', 0],
    ['baseTimestamp', 27],
    ['maxTimestamp', 35],
    ['producerId', 43],
  ] as const)('refuses a %s that no number holds exactly', (field, at) => {
    const buffer = plain()
    for (const value of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      buffer.writeBigInt64BE(BigInt(value), at)
      expect(readBatchHeader(buffer, 0)[field]).toBe(value)
    }
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]) {
      buffer.writeBigInt64BE(value, at)
      expect(() => readBatchHeader(buffer, 0)).toThrow(InvalidBatch)
    }
  })

  test('refuses a buffer that ends within the header', () => {
    for (let length = 0; length < BATCH_HEADER_SIZE; length++) {
      expect(() => readBatchHeader(plain().subarray(0, length), 0)).toThrow(InvalidBatch)
    }
    expect(() => readBatchHeader(plain(), plain().length - 60)).toThrow(InvalidBatch)
    expect(() => readBatchHeader(plain(), -1)).toThrow(InvalidBatch)
  })

  test.each([-1, 0, 1, 3])('refuses magic %i', magic => {
    const buffer = plain()
    buffer.writeInt8(magic, 16)
    expect(() => readBatchHeader(buffer, 0)).toThrow(`magic ${magic} instead of 2`)
  })

  test('refuses a length that leaves no room for the header', () => {
    const buffer = plain()
    for (const length of [-(2 ** 31), -1, 0, 48]) {
      buffer.writeInt32BE(length, 8)
      expect(() => readBatchHeader(buffer, 0)).toThrow('smaller than its header')
    }
    buffer.writeInt32BE(49, 8)
    expect(readBatchHeader(buffer, 0).sizeInBytes).toBe(BATCH_HEADER_SIZE)
  })
})

describe('the checksum', () => {
  test('notices a change of any byte that it covers, and of itself', () => {
    const buffer = plain()
    for (let at = 17; at < buffer.length; at++) {
      buffer[at]! ^= 1
      expect(isBatchCrcValid(buffer, 0)).toBe(false)
      buffer[at]! ^= 1
    }
    expect(isBatchCrcValid(buffer, 0)).toBe(true)
  })

  test('is not concerned with base offset and leader epoch, which brokers set', () => {
    const buffer = plain()
    patchBaseOffset(buffer, 0, Number.MAX_SAFE_INTEGER - 100)
    patchLeaderEpoch(buffer, 0, 77)
    expect(isBatchCrcValid(buffer, 0)).toBe(true)
    expect(readBatchHeader(buffer, 0)).toEqual({
      ...readBatchHeader(plain(), 0),
      baseOffset: Number.MAX_SAFE_INTEGER - 100,
      partitionLeaderEpoch: 77,
    })
  })
})

test('patching LogAppendTime changes type, greatest timestamp and checksum, and what every record reads', () => {
  const at = 3
  const buffer = Buffer.concat([Buffer.alloc(at), plain(), Buffer.alloc(5)])
  const before = readBatchHeader(buffer, at)
  patchLogAppendTime(buffer, at, 1_800_000_000_123)
  const after = readBatchHeader(buffer, at)
  expect(after).toEqual({
    ...before,
    crc: after.crc,
    attributes: before.attributes | 8,
    maxTimestamp: 1_800_000_000_123,
  })
  expect(after.crc).not.toBe(before.crc)
  expect(isBatchCrcValid(buffer, at)).toBe(true)
  const timestamps = decodeRecords(buffer, at, { maxBytes: 0 }).map(({ timestamp }) => timestamp)
  expect(new Set(timestamps)).toEqual(new Set([1_800_000_000_123]))
})

test('attributes give back the parts that they are made of', () => {
  const anyParts = fc.record({
    compression: fc.integer({ min: 0, max: 7 }),
    timestampType: fc.constantFrom('CreateTime' as const, 'LogAppendTime' as const),
    isTransactional: fc.boolean(),
    isControl: fc.boolean(),
    hasDeleteHorizon: fc.boolean(),
  })
  fc.assert(
    fc.property(anyParts, parts => {
      const attributes = attributesFrom(parts)
      expect({
        compression: compressionOf(attributes),
        timestampType: timestampTypeOf(attributes),
        isTransactional: isTransactional(attributes),
        isControl: isControl(attributes),
        hasDeleteHorizon: hasDeleteHorizon(attributes),
      }).toEqual(parts)
    }),
  )
})

describe('sequences', () => {
  test.each([
    [0, 0, 0],
    [5, 10, 15],
    [2 ** 31 - 1, 0, 2 ** 31 - 1],
    [2 ** 31 - 1, 1, 0],
    [2 ** 31 - 3, 10, 7],
    [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 2],
  ])('%i and %i more make %i', (sequence, increment, expected) => {
    expect(incrementSequence(sequence, increment)).toBe(expected)
  })

  test('a batch without sequence has no last sequence', () => {
    expect(lastSequenceOf({ baseSequence: -1, lastOffsetDelta: 4 })).toBe(-1)
  })
})

test('patches lie where the header says', () => {
  const buffer = plain()
  patchLogAppendTime(buffer, 0, -1)
  expect(buffer.readInt16BE(ATTRIBUTES) & 8).toBe(8)
  expect(buffer.readBigInt64BE(35)).toBe(-1n)
  patchBaseOffset(buffer, 0, 2 ** 33 + 5)
  expect(buffer.readBigInt64BE(0)).toBe(2n ** 33n + 5n)
})

import { CompressionType } from '../../protocol/compression/codec'
import { ErrorCode } from '../../protocol/errors'
import { isControl, writeBatchHeader } from '../../protocol/records/batch-header'
import { type BatchInput, encodeBatch } from '../../protocol/records/record-batch'
import type { TopicConfig } from '../../src/config/topic-config'
import { validateBatch } from '../../src/log/batch-validation'
import { AppendRefusal } from '../../src/log/log-append'
import { topicConfig } from '../support/log-directories'

const NOW = 1_000_000

interface Options {
  readonly isClient?: boolean
  readonly config?: Partial<TopicConfig>
}

const validate = (bytes: Buffer, { isClient = true, config }: Options = {}) =>
  validateBatch(bytes, { isClient, config: topicConfig(config), now: NOW })

/** The name of the refusal and the indexes of the records it names; 'fine' when there is none. */
const outcome = (bytes: Buffer, options?: Options): string => {
  const result = validate(bytes, options)
  if (!(result instanceof AppendRefusal)) return 'fine'
  const name = Object.entries(ErrorCode).find(([, code]) => code === result.errorCode)![0]
  return [name, ...result.recordErrors.map(({ batchIndex }) => batchIndex)].join(' ')
}

const batchWith = (changes: Partial<BatchInput> = {}): Buffer =>
  encodeBatch({ records: [{ key: Buffer.from('k'), value: Buffer.from('v'), timestamp: NOW }], ...changes })

/** A good batch whose header says something else, with the checksum that fits. */
const batchSaying = (changes: {
  recordCount?: number
  lastOffsetDelta?: number
  attributes?: number
  baseTimestamp?: number
  maxTimestamp?: number
}): Buffer => {
  const bytes = batchWith()
  const header = validate(bytes)
  if (header instanceof AppendRefusal) throw new Error('the batch was good')
  writeBatchHeader(bytes, 0, { ...header, ...changes })
  return bytes
}

test('a good batch is accepted, and bytes of a next one that is not complete are passed over', () => {
  const bytes = batchWith()
  expect(outcome(bytes)).toBe('fine')
  expect(outcome(Buffer.concat([bytes, bytes.subarray(0, 60)]))).toBe('fine')
})

test('there must be one batch, all of it, of magic 2', () => {
  const bytes = batchWith()
  expect(outcome(Buffer.alloc(0))).toBe('INVALID_RECORD')
  expect(outcome(bytes.subarray(0, -1))).toBe('INVALID_RECORD')
  expect(outcome(Buffer.concat([bytes, bytes]))).toBe('INVALID_RECORD')
  for (const [magic, expected] of [
    [0, 'INVALID_RECORD'],
    [1, 'INVALID_RECORD'],
    [3, 'CORRUPT_MESSAGE'],
  ] as const) {
    const other = Buffer.from(bytes)
    other[16] = magic
    expect(outcome(other)).toBe(expected)
  }
})

test('a changed byte under the checksum, a length that cannot be and a foreign base offset are noticed', () => {
  for (let at = 17; at < batchWith().length; at++) {
    const damaged = batchWith()
    damaged[at]! ^= 0x01
    expect(outcome(damaged)).toBe('CORRUPT_MESSAGE')
  }
  const short = batchWith()
  short.writeInt32BE(30, 8)
  expect(outcome(short)).toBe('CORRUPT_MESSAGE')
  expect(outcome(batchWith({ baseOffset: 5 }))).toBe('INVALID_RECORD')
})

test('the size is limited by max.message.bytes', () => {
  const bytes = batchWith()
  expect(outcome(bytes, { config: { maxMessageBytes: bytes.length } })).toBe('fine')
  expect(outcome(bytes, { config: { maxMessageBytes: bytes.length - 1 } })).toBe('MESSAGE_TOO_LARGE')
})

test('the record count must fit the offsets', () => {
  expect(outcome(batchSaying({ recordCount: 0, lastOffsetDelta: -1 }))).toBe('INVALID_RECORD')
  expect(outcome(batchSaying({ recordCount: 2 }))).toBe('INVALID_RECORD')
  expect(outcome(batchSaying({ recordCount: 2_147_483_647 }))).toBe('INVALID_RECORD')
})

test('clients may not write control batches, coordinators may', () => {
  const bytes = batchWith({ isControl: true })
  expect(outcome(bytes)).toBe('INVALID_RECORD')
  const accepted = validate(bytes, { isClient: false })
  expect(accepted instanceof AppendRefusal || isControl(accepted.attributes)).toBe(true)
  expect(outcome(bytes, { isClient: false })).toBe('fine')
})

test('a producer id comes with a sequence', () => {
  expect(outcome(batchWith({ producerId: 1, producerEpoch: 0 }))).toBe('INVALID_RECORD')
  expect(outcome(batchWith({ producerId: 1, producerEpoch: 0, baseSequence: 0 }))).toBe('fine')
})

test('a codec that does not exist is refused', () => {
  expect(outcome(batchSaying({ attributes: 5 }))).toBe('UNSUPPORTED_COMPRESSION_TYPE')
})

describe('timestamps', () => {
  const config = { messageTimestampBeforeMaxMs: 1000, messageTimestampAfterMaxMs: 500 }

  test('within the bounds are fine, and so is none', () => {
    for (const timestamp of [NOW - 1000, NOW + 500, -1]) {
      expect(outcome(batchWith({ records: [{ timestamp }] }), { config })).toBe('fine')
    }
  })

  test('out of bounds are refused, and the records named', () => {
    const records = [NOW, NOW - 1001, NOW, NOW + 501].map(timestamp => ({ timestamp }))
    expect(outcome(batchWith({ records }), { config })).toBe('INVALID_TIMESTAMP 1 3')
    expect(outcome(batchWith({ records, compression: CompressionType.gzip }), { config })).toBe('INVALID_TIMESTAMP 1 3')
  })

  test('out of bounds in the header alone are refused, since retention would believe them', () => {
    expect(outcome(batchSaying({ maxTimestamp: NOW + 501 }), { config })).toBe('INVALID_TIMESTAMP')
  })

  test('do not matter when the log sets them, nor to coordinators', () => {
    const bytes = batchWith({ records: [{ timestamp: 1 }] })
    expect(outcome(bytes, { config: { ...config, messageTimestampType: 'LogAppendTime' } })).toBe('fine')
    expect(outcome(bytes, { config, isClient: false })).toBe('fine')
  })

  test('are not the log append time, which is for the log to set', () => {
    expect(outcome(batchWith({ timestampType: 'LogAppendTime', maxTimestamp: NOW }))).toBe('INVALID_TIMESTAMP')
  })
})

describe('compacted topics', () => {
  const config = { cleanupPolicy: { compact: true, delete: false } }

  test.each(['none', 'gzip', 'snappy', 'lz4'] as const)('take no record without a key (%s)', codec => {
    const records = ['a', null, 'b', null].map(key => ({ key: key === null ? null : Buffer.from(key), timestamp: NOW }))
    const bytes = batchWith({ records, compression: CompressionType[codec] })
    expect(outcome(bytes, { config })).toBe('INVALID_RECORD 1 3')
    expect(outcome(bytes)).toBe('fine')
  })

  test('take an empty key for a key', () => {
    expect(outcome(batchWith({ records: [{ key: Buffer.alloc(0), timestamp: NOW }] }), { config })).toBe('fine')
  })

  test('refuse what they cannot look into', () => {
    expect(outcome(batchSaying({ attributes: CompressionType.gzip }), { config })).toBe('INVALID_RECORD')
    expect(outcome(batchSaying({ recordCount: 2, lastOffsetDelta: 1 }), { config })).toBe('INVALID_RECORD')
  })
})

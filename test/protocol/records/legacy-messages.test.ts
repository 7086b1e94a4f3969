import { codecOf } from '../../../protocol/compression/codec'
import { BatchStage, InvalidBatch } from '../../../protocol/records/invalid-batch'
import { decodeLegacyMessage, type LegacyMessage } from '../../../protocol/records/legacy-messages'
import { encodeBatch } from '../../../protocol/records/record-batch'
import { crc32 } from '../../../protocol/wire/crc32c'
import { asGolden, type GoldenBatch, goldenLegacyVectors, goldenVector } from '../../support/golden-batches'

const AMPLE = { maxBytes: 100_000 }

const decodeAll = (bytes: Buffer, count: number): LegacyMessage[] => {
  const messages: LegacyMessage[] = []
  let at = 0
  for (let n = 0; n < count; n++) {
    const message = decodeLegacyMessage(bytes, at, AMPLE)
    messages.push(message)
    at += message.sizeInBytes
  }
  return messages
}

interface MessageParts {
  readonly magic: number
  readonly offset?: number
  readonly attributes?: number
  readonly value: Buffer | null
}

/** A message without key, with timestamp 5 where there is one. */
const message = ({ magic, offset = 0, attributes = 0, value }: MessageParts): Buffer => {
  const parts = [Buffer.from([magic, attributes])]
  if (magic === 1) parts.push(Buffer.from('0000000000000005', 'hex'))
  const length = Buffer.alloc(8)
  length.writeInt32BE(-1, 0)
  length.writeInt32BE(value?.length ?? -1, 4)
  const body = Buffer.concat([...parts, length, value ?? Buffer.alloc(0)])
  const head = Buffer.alloc(16)
  head.writeBigInt64BE(BigInt(offset), 0)
  head.writeInt32BE(body.length + 4, 8)
  head.writeUInt32BE(crc32(body), 12)
  return Buffer.concat([head, body])
}

const gzipped = (magic: number, offset: number, inner: Buffer): Buffer =>
  message({ magic, offset, attributes: 1, value: codecOf(1).compress(inner) })

const stageOf = (bytes: Buffer): string | null => {
  try {
    decodeLegacyMessage(bytes, 0, AMPLE)
    return null
  } catch (error) {
    if (error instanceof InvalidBatch) return error.stage
    throw error
  }
}

test.each(goldenLegacyVectors)('$name of the Java client reads as it was meant', ({ bytes, batches }) => {
  const expected = batches.filter(({ magic }) => magic < 2)
  const messages = decodeAll(bytes, expected.length)
  const asExpected = ({ lastOffset, sizeInBytes, magic, crc, records }: GoldenBatch) => ({
    offset: lastOffset,
    sizeInBytes,
    magic,
    crc,
    records,
  })
  expect(messages.map(({ records, ...rest }) => ({ ...rest, records: records.map(asGolden) }))).toMatchObject(
    expected.map(asExpected),
  )
})

test('offsets inside a compressed message of magic 1 are relative to the last one', () => {
  const inner = [0, 1, 5].map(offset => message({ magic: 1, offset, value: Buffer.from('v') }))
  const { records } = decodeLegacyMessage(gzipped(1, 105, Buffer.concat(inner)), 0, AMPLE)
  expect(records.map(({ offset }) => offset)).toEqual([100, 101, 105])
})

test('cut off anywhere, a message is refused', () => {
  const { bytes } = goldenVector('magic1-gzip-CreateTime')
  for (let length = 0; length < bytes.length; length++) {
    expect(stageOf(bytes.subarray(0, length))).toBe(BatchStage.HEADER)
  }
})

test('a change of any byte that the checksum covers is noticed', () => {
  const bytes = Buffer.from(goldenVector('magic1-gzip-CreateTime').bytes)
  for (let at = 17; at < bytes.length; at++) {
    bytes[at]! ^= 1
    expect(stageOf(bytes)).toBe(BatchStage.CRC)
    bytes[at]! ^= 1
  }
})

const PLAIN = message({ magic: 1, value: Buffer.from('v') })

test.each([
  ['a batch of magic 2', encodeBatch({ records: [{}] }), BatchStage.HEADER],
  ['a compressed null', message({ magic: 1, attributes: 1, value: null }), BatchStage.RECORDS],
  ['a compressed nothing', gzipped(1, 0, Buffer.alloc(0)), BatchStage.RECORDS],
  ['no compressed data', message({ magic: 1, attributes: 1, value: Buffer.from('v') }), BatchStage.DECOMPRESSION],
  ['an unknown codec', message({ magic: 1, attributes: 5, value: Buffer.from('v') }), BatchStage.DECOMPRESSION],
  ['more than allowed', gzipped(1, 0, Buffer.alloc(AMPLE.maxBytes + 1)), BatchStage.DECOMPRESSION],
  ['another magic inside', gzipped(0, 0, PLAIN), BatchStage.RECORDS],
  ['compression inside compression', gzipped(1, 0, gzipped(1, 0, PLAIN)), BatchStage.RECORDS],
  ['half a message inside', gzipped(1, 0, PLAIN.subarray(0, -1)), BatchStage.HEADER],
])('%s is refused', (_, bytes, stage) => {
  expect(stageOf(bytes)).toBe(stage)
})

test('a field that does not fit, or leaves bytes over, is refused though the checksum fits', () => {
  for (const length of [2, 0, -1, 2 ** 31 - 1]) {
    const bytes = Buffer.from(PLAIN)
    bytes.writeInt32BE(length, bytes.length - 5)
    bytes.writeUInt32BE(crc32(bytes.subarray(16)), 12)
    expect(stageOf(bytes)).toBe(BatchStage.RECORDS)
  }
})

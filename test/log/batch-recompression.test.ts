import { CompressionType } from '../../protocol/compression/codec'
import { compressionOf, isBatchCrcValid, readBatchHeader } from '../../protocol/records/batch-header'
import { decodeRecords, encodeBatch } from '../../protocol/records/record-batch'
import type { TopicConfig } from '../../src/config/topic-config'
import { recompress, targetCompression } from '../../src/log/batch-recompression'
import { topicConfig } from '../support/log-directories'

const batchIn = (codec: keyof typeof CompressionType): Buffer =>
  encodeBatch({
    compression: CompressionType[codec],
    producerId: 4,
    producerEpoch: 2,
    baseSequence: 10,
    isTransactional: true,
    records: Array.from({ length: 20 }, (_, n) => ({ value: Buffer.from(`value ${n}`), timestamp: 1000 + n })),
  })

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

test.each(codecs.flatMap(from => codecs.map(to => [from, to] as const)))(
  'a batch in %s becomes one in %s',
  (from, to) => {
    const batch = batchIn(from)
    const header = readBatchHeader(batch, 0)
    const other = recompress(batch, header, CompressionType[to], topicConfig())
    const { crc, sizeInBytes, attributes, ...rest } = readBatchHeader(other, 0)
    expect(isBatchCrcValid(other, 0)).toBe(true)
    expect(sizeInBytes).toBe(other.length)
    expect(compressionOf(attributes)).toBe(CompressionType[to])
    expect(attributes & ~7).toBe(header.attributes & ~7)
    expect(header).toMatchObject(rest)
    expect(decodeRecords(other, 0, { maxBytes: 10_000 })).toEqual(decodeRecords(batch, 0, { maxBytes: 10_000 }))
  },
)

test('the target is what compression.type says, and the own codec with producer', () => {
  const header = readBatchHeader(batchIn('gzip'), 0)
  expect(targetCompression(header, topicConfig())).toBe(CompressionType.gzip)
  expect(targetCompression(header, topicConfig({ compressionType: 'uncompressed' }))).toBe(CompressionType.none)
  expect(targetCompression(header, topicConfig({ compressionType: 'zstd' }))).toBe(CompressionType.zstd)
})

test.each([
  ['gzip', { compressionGzipLevel: 1 }, { compressionGzipLevel: 9 }],
  ['zstd', { compressionZstdLevel: -50 }, { compressionZstdLevel: 19 }],
] as const)('the level that the topic has for %s counts', (codec, low, high) => {
  const words = Array.from({ length: 2000 }, (_, n) => `${(n * n) % 97} ${(n * 7) % 31}`)
  const batch = encodeBatch({ records: words.map(word => ({ value: Buffer.from(word) })) })
  const size = (config: Partial<TopicConfig>) =>
    recompress(batch, readBatchHeader(batch, 0), CompressionType[codec], topicConfig(config)).length
  expect(size(high)).toBeLessThan(size(low))
})

test('control batches are left as they are', () => {
  const header = readBatchHeader(encodeBatch({ isControl: true, records: [{}] }), 0)
  expect(targetCompression(header, topicConfig({ compressionType: 'zstd' }))).toBe(CompressionType.none)
})

test('damaged data is refused', () => {
  const batch = batchIn('gzip')
  batch.fill(0x55, 70)
  expect(() => recompress(batch, readBatchHeader(batch, 0), CompressionType.lz4, topicConfig())).toThrow(
    expect.objectContaining({ stage: 'decompression' }),
  )
})

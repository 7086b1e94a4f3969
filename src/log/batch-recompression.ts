/** Changes the codec of a batch for topics whose `compression.type` is not `producer`. The records themselves stay as they are. */
import { CompressionType, codecOf } from '../../protocol/compression/codec'
import {
  BATCH_HEADER_SIZE,
  type BatchHeader,
  compressionOf,
  isControl,
  writeBatchHeader,
} from '../../protocol/records/batch-header'
import { BatchStage, InvalidBatch } from '../../protocol/records/invalid-batch'
import { MalformedMessage } from '../../protocol/wire/malformed-message'
import type { TopicConfig } from '../config/topic-config'
import { DECOMPRESSED_BYTES_MAX } from './batch-validation'

const COMPRESSION_MASK = 0x07

/** The codec that the topic wants for this batch, which may be the one it has. Control batches are left alone. */
export const targetCompression = (header: BatchHeader, config: TopicConfig): number => {
  const source = compressionOf(header.attributes)
  if (config.compressionType === 'producer' || isControl(header.attributes)) return source
  return config.compressionType === 'uncompressed' ? CompressionType.none : CompressionType[config.compressionType]
}

/** The batch at the start of `records` in the codec `target`. Throws `InvalidBatch` when its data is damaged. */
export const recompress = (records: Buffer, header: BatchHeader, target: number, config: TopicConfig): Buffer => {
  const source = records.subarray(BATCH_HEADER_SIZE, header.sizeInBytes)
  const payload = codecOf(target).compress(decompress(source, header), levelOf(target, config))
  const batch = Buffer.allocUnsafeSlow(BATCH_HEADER_SIZE + payload.length)
  payload.copy(batch, BATCH_HEADER_SIZE)
  writeBatchHeader(batch, 0, {
    ...header,
    sizeInBytes: batch.length,
    attributes: (header.attributes & ~COMPRESSION_MASK) | target,
  })
  return batch
}

const decompress = (source: Buffer, header: BatchHeader): Buffer => {
  try {
    return codecOf(compressionOf(header.attributes)).decompress(source, DECOMPRESSED_BYTES_MAX)
  } catch (error) {
    if (error instanceof MalformedMessage) throw new InvalidBatch(BatchStage.DECOMPRESSION, error.message)
    throw error
  }
}

const levelOf = (codec: number, config: TopicConfig): number | undefined => {
  switch (codec) {
    case CompressionType.gzip:
      return config.compressionGzipLevel
    case CompressionType.zstd:
      return config.compressionZstdLevel
    default:
      return undefined
  }
}

import { MalformedMessage } from '../wire/malformed-message'

/**
 * Where the reading of a record batch stopped, in the order in which a batch is looked at.
 * `HEADER`: length, magic or a field of the header; `CRC`: the checksum; `DECOMPRESSION`: codec unknown, data damaged
 * or larger than allowed; `RECORDS`: the records and the header's count disagree, or a record is damaged.
 */
export const BatchStage = {
  HEADER: 'header',
  CRC: 'crc',
  DECOMPRESSION: 'decompression',
  RECORDS: 'records',
} as const

export type BatchStage = (typeof BatchStage)[keyof typeof BatchStage]

/**
 * A record batch that cannot be read. To Produce, Kafka answers `CORRUPT_MESSAGE` for the stages `HEADER` and `CRC`,
 * `UNKNOWN_SERVER_ERROR` for `DECOMPRESSION` and `INVALID_RECORD` for `RECORDS`; also `INVALID_RECORD` for magic 0 or 1.
 */
export class InvalidBatch extends MalformedMessage {
  readonly stage: BatchStage

  constructor(stage: BatchStage, message: string) {
    super(message)
    this.stage = stage
  }
}

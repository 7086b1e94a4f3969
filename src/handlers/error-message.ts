import { ErrorCode } from '../../protocol/errors'

const MESSAGES: ReadonlyMap<number, string> = new Map([
  [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.'],
  [ErrorCode.INVALID_TOPIC_EXCEPTION, 'The request attempted to perform an operation on an invalid topic.'],
  [ErrorCode.UNKNOWN_TOPIC_ID, 'This server does not host this topic ID.'],
])

/** What Kafka says of an error of which nothing more is known than its code; null: nothing. */
export const errorMessageOf = (errorCode: number): string | null => MESSAGES.get(errorCode) ?? null

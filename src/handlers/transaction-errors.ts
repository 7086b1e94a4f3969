import { ErrorCode } from '../../protocol/errors'

/** Clients of versions below `version` do not know PRODUCER_FENCED, which is INVALID_PRODUCER_EPOCH to them (KIP-588). */
export const fencedBefore = (version: number, apiVersion: number, errorCode: number): number =>
  errorCode === ErrorCode.PRODUCER_FENCED && apiVersion < version ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode

/** What a client of some version makes of a refusal by the transaction coordinator. */
export interface RefusalVersions {
  /** The first version that knows TRANSACTION_ABORTABLE (KIP-890); INVALID_TXN_STATE before. */
  readonly abortable: number
  /** The first version that retries CONCURRENT_TRANSACTIONS. */
  readonly concurrent: number
  /** What earlier ones retry. */
  readonly retriable: number
}

/** The transaction coordinator's refusal, as a client that appends knows it: older ones retry only what they know (Kafka: ReplicaManager). */
export const appendRefusal = (
  errorCode: number,
  apiVersion: number,
  { abortable, concurrent, retriable }: RefusalVersions,
): number => {
  switch (errorCode) {
    case ErrorCode.PRODUCER_FENCED:
      return ErrorCode.INVALID_PRODUCER_EPOCH
    case ErrorCode.TRANSACTION_ABORTABLE:
      return apiVersion >= abortable ? errorCode : ErrorCode.INVALID_TXN_STATE
    case ErrorCode.CONCURRENT_TRANSACTIONS:
      return apiVersion >= concurrent ? errorCode : retriable
    default:
      return errorCode
  }
}

import { ErrorCode } from '../../protocol/errors'

/** Clients of versions below `version` do not know PRODUCER_FENCED, which is INVALID_PRODUCER_EPOCH to them (KIP-588). */
export const fencedBefore = (version: number, apiVersion: number, errorCode: number): number =>
  errorCode === ErrorCode.PRODUCER_FENCED && apiVersion < version ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode

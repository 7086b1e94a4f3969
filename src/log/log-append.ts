/**
 * Who appends. A `client` may not write control batches and is bound by timestamp limits and sequences; a `coordinator` is not. Both have
 * offsets, the leader epoch and (LogAppendTime) the timestamp given to their batch. By `replication` batches come as the leader wrote them.
 */
export type AppendOrigin = 'client' | 'coordinator' | 'replication'

export interface AppendOptions {
  /** Leader epoch under which is appended; of no meaning for `replication`, whose batches carry theirs. */
  readonly leaderEpoch: number
  readonly origin: AppendOrigin
  /** Wall-clock time in milliseconds, for LogAppendTime and timestamp limits. */
  readonly now: number
  /**
   * The guard under which the coordinator was asked about the transaction that the batch begins in this log, `UNVERIFIED` when it was not:
   * then such a batch is refused (INVALID_TXN_STATE). Not given: nobody has to ask.
   */
  readonly verification?: number | undefined
}

export interface RecordError {
  /** Index of the refused record within its batch. */
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string | null
}

export interface AppendResult {
  readonly errorCode: number
  /** null: the text of the code says all. */
  readonly errorMessage: string | null
  /** Offset of the first record, -1 on error; of a duplicate: what it was given the first time. */
  readonly baseOffset: number
  /** The records are written when `logEndOffset` is above it, and committed when `highWatermark` is. */
  readonly lastOffset: number
  /** -1 unless the topic has LogAppendTime. */
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
  readonly recordErrors: readonly RecordError[]
}

const NO_RECORD_ERRORS: readonly RecordError[] = []

/** Why something may not be appended. A class so that it is told from what may by `instanceof`. */
export class AppendRefusal {
  readonly errorCode: number
  readonly message: string | null
  readonly recordErrors: readonly RecordError[]

  constructor(errorCode: number, message: string | null, recordErrors = NO_RECORD_ERRORS) {
    this.errorCode = errorCode
    this.message = message
    this.recordErrors = recordErrors
  }

  result(logStartOffset: number): AppendResult {
    return refusedAppend(this.errorCode, this.message, logStartOffset, this.recordErrors)
  }
}

/** The result of an append of which nothing is written. */
export const refusedAppend = (
  errorCode: number,
  errorMessage: string | null = null,
  logStartOffset = -1,
  recordErrors = NO_RECORD_ERRORS,
): AppendResult => ({
  errorCode,
  errorMessage,
  baseOffset: -1,
  lastOffset: -1,
  logAppendTimeMs: -1,
  logStartOffset,
  recordErrors,
})

/** The result of an append by which `baseOffset` to `lastOffset` were given out. */
export const acceptedAppend = (
  baseOffset: number,
  lastOffset: number,
  logAppendTimeMs: number,
  logStartOffset: number,
): AppendResult => ({
  errorCode: 0,
  errorMessage: null,
  baseOffset,
  lastOffset,
  logAppendTimeMs,
  logStartOffset,
  recordErrors: NO_RECORD_ERRORS,
})

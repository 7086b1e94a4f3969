/**
 * Who appends. A `client` may not write control batches and gets offsets, a leader epoch and (LogAppendTime) a timestamp; a `coordinator`
 * may write control batches too and is not bound by timestamp limits; by `replication` batches come as the leader wrote them.
 */
export type AppendOrigin = 'client' | 'coordinator' | 'replication'

export interface AppendOptions {
  /** Leader epoch under which is appended; of no meaning for `replication`, whose batches carry theirs. */
  readonly leaderEpoch: number
  readonly origin: AppendOrigin
  /** Wall-clock time in milliseconds, for LogAppendTime, timestamp limits and the expiry of producers. */
  readonly now: number
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

/** The result of an append of which nothing was written. */
export const refusedAppend = (
  errorCode: number,
  errorMessage: string | null = null,
  logStartOffset = -1,
  recordErrors: readonly RecordError[] = NO_RECORD_ERRORS,
): AppendResult => ({
  errorCode,
  errorMessage,
  baseOffset: -1,
  lastOffset: -1,
  logAppendTimeMs: -1,
  logStartOffset,
  recordErrors,
})
